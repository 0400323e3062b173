"""summarize_day: the one place that counts orders and money.

The e-mail, the page, the CSV and the JSON all show what is counted here. Sums are made in SQL over
covering indexes; no order is loaded.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Min, Sum

from cafe_site.orders.models import Order, OrderLine, Status
from cafe_site.shop.money import ZERO, Currency
from cafe_site.shop.opening import next_open_day, opening_day, shop_calendar, shop_currency


@dataclass(frozen=True, slots=True)
class SalesTotals:
    """A day's sums. Amounts exclude tax, but for tax itself; cancelled orders are left out."""

    gross_amount: Decimal = ZERO
    discount_amount: Decimal = ZERO
    refund_amount: Decimal = ZERO
    net_amount: Decimal = ZERO
    tax_amount: Decimal = ZERO
    orders: int = 0
    items: int = 0
    # Net sales per order, rounded; None on a day without orders.
    average_order_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ProductSales:
    product_id: int
    name: str
    category: str
    quantity: int
    net_amount: Decimal


@dataclass(frozen=True, slots=True)
class CategorySales:
    name: str
    quantity: int
    net_amount: Decimal


@dataclass(frozen=True, slots=True)
class HourSales:
    """An hour of the shop's clock, 0 to 23; the one that comes twice in autumn is one row."""

    hour: int
    orders: int
    net_amount: Decimal


@dataclass(frozen=True, slots=True)
class Unsold:
    """Orders that did not end at the counter, and their gross sales."""

    orders: int = 0
    gross_amount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class AheadProduct:
    name: str
    quantity: int


@dataclass(frozen=True, slots=True)
class OrderedAhead:
    """What was placed before this business day ended for the next open day."""

    business_day: datetime.date
    orders: int
    items: int
    products: tuple[AheadProduct, ...]


@dataclass(frozen=True, slots=True)
class DailySummary:
    """The figures of one business day; `start` and `end` are UTC, the end excluded."""

    day: datetime.date
    start: datetime.datetime
    end: datetime.datetime
    currency: Currency
    is_closed: bool
    sentence: str
    totals: SalesTotals
    categories: tuple[CategorySales, ...]
    products: tuple[ProductSales, ...]
    hours: tuple[HourSales, ...]
    cancelled: Unsold
    not_collected: Unsold
    # What customers had paid for cancelled orders and did not get back, tax included.
    kept_amount: Decimal
    # None when no open day is in sight.
    ordered_ahead: OrderedAhead | None


def summarize_day(day: datetime.date) -> DailySummary:
    """Return the figures of a business day as the database has them now.

    Call it inside one REPEATABLE READ transaction where orders may change meanwhile.
    """
    currency = shop_currency()
    start, end = shop_calendar().interval_of(day)
    opening = opening_day(day)
    products = _products_of(day, currency)
    unsold, kept_amount = _unsold_on(day, currency)
    return DailySummary(
        day=day,
        start=start,
        end=end,
        currency=currency,
        is_closed=opening.is_closed,
        sentence=opening.sentence,
        totals=totals_of_days([day])[day],
        categories=_categories_of(products),
        products=products,
        hours=_hours_of(day, currency),
        cancelled=unsold[Status.CANCELLED],
        not_collected=unsold[Status.NOT_COLLECTED],
        kept_amount=kept_amount,
        ordered_ahead=_ordered_ahead_of(day, placed_before=end),
    )


def first_business_day() -> datetime.date | None:
    """Return the business day of the shop's first sale, or None before there was one."""
    first: datetime.date | None = Order.objects.aggregate(first=Min("business_day"))["first"]
    return first


def totals_of_days(days: Iterable[datetime.date]) -> dict[datetime.date, SalesTotals]:
    """Return the totals of each day asked for, in two queries; a day without orders is all zero."""
    days = list(days)
    currency = shop_currency()
    orders = (
        Order.objects.filter(business_day__in=days)
        .counted()
        .values("business_day")
        .annotate(
            orders=Count("pk"),
            gross=Sum("gross_amount"),
            discount=Sum("discount_amount"),
            refund=Sum("refund_amount"),
            net=Sum("net_amount"),
            tax=Sum("tax_amount"),
        )
    )
    items = dict(
        OrderLine.objects.filter(business_day__in=days, counted=True)
        .values_list("business_day")
        .annotate(Sum("quantity"))
    )
    zero = currency.round(ZERO)
    totals = dict.fromkeys(days, SalesTotals(zero, zero, zero, zero, zero))
    for row in orders:
        net = currency.round(row["net"])
        totals[row["business_day"]] = SalesTotals(
            gross_amount=currency.round(row["gross"]),
            discount_amount=currency.round(row["discount"]),
            refund_amount=currency.round(row["refund"]),
            net_amount=net,
            tax_amount=currency.round(row["tax"]),
            orders=row["orders"],
            items=items.get(row["business_day"], 0),
            average_order_amount=currency.round(net / row["orders"]),
        )
    return totals


def _products_of(day: datetime.date, currency: Currency) -> tuple[ProductSales, ...]:
    """Return a row per product sold, the menu's order kept: category, then most sold first."""
    rows = (
        OrderLine.objects.filter(business_day=day, counted=True)
        .values("product_id", "product__name", "product__category__name")
        .annotate(quantity_sum=Sum("quantity"), net_sum=Sum("net_amount"))
        .order_by("product__category__position", "product__category__name", "product__name")
    )
    sales = [
        ProductSales(
            product_id=row["product_id"],
            name=row["product__name"],
            category=row["product__category__name"],
            quantity=row["quantity_sum"],
            net_amount=currency.round(row["net_sum"]),
        )
        for row in rows
    ]
    places = {name: place for place, name in enumerate(dict.fromkeys(s.category for s in sales))}
    return tuple(sorted(sales, key=lambda sale: (places[sale.category], -sale.quantity, sale.name)))


def _categories_of(products: tuple[ProductSales, ...]) -> tuple[CategorySales, ...]:
    names = dict.fromkeys(product.category for product in products)
    return tuple(
        CategorySales(
            name=name,
            quantity=sum(product.quantity for product in products if product.category == name),
            net_amount=sum(
                (product.net_amount for product in products if product.category == name), ZERO
            ),
        )
        for name in names
    )


def _hours_of(day: datetime.date, currency: Currency) -> tuple[HourSales, ...]:
    """Return a row per hour with orders, in the order the business day has them."""
    rows = (
        Order.objects.filter(business_day=day)
        .counted()
        .values("pickup_hour")
        .annotate(orders=Count("pk"), net=Sum("net_amount"))
    )
    starts_at = shop_calendar().day_starts_at.hour
    hours = [
        HourSales(row["pickup_hour"], row["orders"], currency.round(row["net"])) for row in rows
    ]
    return tuple(sorted(hours, key=lambda hour: (hour.hour - starts_at) % 24))


def _unsold_on(day: datetime.date, currency: Currency) -> tuple[dict[Status, Unsold], Decimal]:
    """Return a day's unsold orders by their status, and what was kept of the cancelled ones."""
    rows = (
        Order.objects.filter(business_day=day, status__in=(Status.CANCELLED, Status.NOT_COLLECTED))
        .values("status")
        .annotate(orders=Count("pk"), gross=Sum("gross_amount"), kept=Sum("kept_amount"))
    )
    kept_amount = currency.round(ZERO)
    unsold = dict.fromkeys(
        (Status.CANCELLED, Status.NOT_COLLECTED), Unsold(0, currency.round(ZERO))
    )
    for row in rows:
        unsold[Status(row["status"])] = Unsold(row["orders"], currency.round(row["gross"]))
        kept_amount += currency.round(row["kept"])
    return unsold, kept_amount


def _ordered_ahead_of(
    day: datetime.date, *, placed_before: datetime.datetime
) -> OrderedAhead | None:
    next_day = next_open_day(day)
    if next_day is None:
        return None
    ahead = Order.objects.counted().filter(business_day=next_day, placed_at__lt=placed_before)
    rows = (
        OrderLine.objects.filter(business_day=next_day, counted=True, order__in=ahead)
        .values("product_id", "product__name")
        .annotate(quantity_sum=Sum("quantity"))
        .order_by("-quantity_sum", "product__name")
    )
    products = tuple(AheadProduct(row["product__name"], row["quantity_sum"]) for row in rows)
    return OrderedAhead(
        business_day=next_day,
        orders=ahead.count(),
        items=sum(product.quantity for product in products),
        products=products,
    )
