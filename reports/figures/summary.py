"""Sales figures of days and periods: the only code that adds up orders and money.

The e-mail, the page, the CSV and the JSON all show these figures. Sums are computed in SQL over
covering indexes; no order is loaded.
"""

import datetime
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models import Count, Sum

from cafe_site.menu.models import menu_order
from cafe_site.orders.models import Order, OrderLine, Status
from cafe_site.shop.money import ZERO, Currency
from cafe_site.shop.opening import DAYS_TO_LOOK_AHEAD, opening_days, shop_calendar, shop_currency
from cafe_site.shop.opening_day import OpeningDay
from cafe_site.shop.periods import Period
from reports.figures.sales import (
    AheadProduct,
    CategorySales,
    DailySummary,
    DaySales,
    HourSales,
    OrderedAhead,
    PeriodSummary,
    ProductSales,
    SalesDetails,
    SalesTotals,
    Unsold,
)


def summarize_day(day: datetime.date, openings: Sequence[OpeningDay] | None = None) -> DailySummary:
    """Return the current figures of a business day.

    `openings` are those of the day and the following days, if they were already read. Call it
    inside one REPEATABLE READ transaction if orders may change meanwhile.
    """
    details = details_of_days([day])
    start, end = shop_calendar().interval_of(day)
    opening, *later = openings or opening_days(day, 1 + DAYS_TO_LOOK_AHEAD)
    next_day = next((other.day for other in later if not other.is_closed), None)
    return DailySummary(
        day=day,
        start=start,
        end=end,
        is_closed=opening.is_closed,
        sentence=opening.sentence,
        totals=totals_of_days([day])[day],
        ordered_ahead=_ordered_ahead_for(next_day, placed_before=end) if next_day else None,
        currency=details.currency,
        categories=details.categories,
        products=details.products,
        hours=details.hours,
        cancelled=details.cancelled,
        not_collected=details.not_collected,
        kept_amount=details.kept_amount,
    )


def summarize_period(period: Period) -> PeriodSummary:
    """Return the figures of a week or a month: those of its business days, added up.

    Call it like `summarize_day`.
    """
    details = details_of_days(period.days)
    totals = totals_of_days(period.days)
    openings = opening_days(period.first, len(period.days))
    return PeriodSummary(
        period=period,
        days=tuple(
            DaySales(opening.day, opening.is_closed, totals[opening.day]) for opening in openings
        ),
        totals=add_totals(totals.values(), shop_currency()),
        currency=details.currency,
        categories=details.categories,
        products=details.products,
        hours=details.hours,
        cancelled=details.cancelled,
        not_collected=details.not_collected,
        kept_amount=details.kept_amount,
    )


def details_of_days(days: Sequence[datetime.date]) -> SalesDetails:
    """Return the breakdown of the totals of several business days."""
    currency = shop_currency()
    products = _products_of(days, currency)
    unsold, kept_amount = _unsold_on(days, currency)
    return SalesDetails(
        currency=currency,
        categories=_categories_of(products),
        products=products,
        hours=_hours_of(days, currency),
        cancelled=unsold[Status.CANCELLED],
        not_collected=unsold[Status.NOT_COLLECTED],
        kept_amount=kept_amount,
    )


def first_business_day() -> datetime.date | None:
    """Return the business day of the shop's first sale, or None without sales."""
    # Not Min(): with a condition on the status, it would read the whole index.
    days = Order.objects.counted().order_by("business_day").values_list("business_day", flat=True)
    return days.first()


def totals_of_days(days: Iterable[datetime.date]) -> dict[datetime.date, SalesTotals]:
    """Return the totals of each given day, in two queries; days without orders are all zero."""
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
        OrderLine.objects.sold_on(*days).values_list("business_day").annotate(Sum("quantity"))
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


def add_totals(days: Iterable[SalesTotals], currency: Currency) -> SalesTotals:
    """Return the totals of several days; the average order value is that of all orders."""
    days = list(days)
    sums = {
        name: sum((getattr(day, name) for day in days), ZERO)
        for name in ("gross_amount", "discount_amount", "refund_amount", "net_amount", "tax_amount")
    }
    orders = sum(day.orders for day in days)
    return SalesTotals(
        **sums,
        orders=orders,
        items=sum(day.items for day in days),
        average_order_amount=currency.round(sums["net_amount"] / orders) if orders else None,
    )


def _products_of(days: Sequence[datetime.date], currency: Currency) -> tuple[ProductSales, ...]:
    """Return a row per product sold, by category in the menu's order, most sold first."""
    rows = (
        OrderLine.objects.sold_on(*days)
        .values("product_id", "product__name", "product__category__name")
        .annotate(quantity_sum=Sum("quantity"), net_sum=Sum("net_amount"))
        .order_by(*menu_order("product__"))
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
    indexes = {name: index for index, name in enumerate(dict.fromkeys(s.category for s in sales))}
    return tuple(
        sorted(sales, key=lambda sale: (indexes[sale.category], -sale.quantity, sale.name))
    )


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


def _hours_of(days: Sequence[datetime.date], currency: Currency) -> tuple[HourSales, ...]:
    """Return a row per hour with orders, in the order of the business day."""
    rows = (
        Order.objects.filter(business_day__in=days)
        .counted()
        .values("pickup_hour")
        .annotate(orders=Count("pk"), net=Sum("net_amount"))
    )
    starts_at = shop_calendar().day_starts_at.hour
    hours = [
        HourSales(row["pickup_hour"], row["orders"], currency.round(row["net"])) for row in rows
    ]
    return tuple(sorted(hours, key=lambda hour: (hour.hour - starts_at) % 24))


def _unsold_on(
    days: Sequence[datetime.date], currency: Currency
) -> tuple[dict[Status, Unsold], Decimal]:
    """Return the unsold orders by status, and the amount kept of cancelled ones."""
    statuses = (Status.CANCELLED, Status.NOT_COLLECTED)
    rows = (
        Order.objects.filter(business_day__in=days, status__in=statuses)
        .values("status")
        .annotate(orders=Count("pk"), gross=Sum("gross_amount"), kept=Sum("kept_amount"))
    )
    kept_amount = currency.round(ZERO)
    unsold = dict.fromkeys(statuses, Unsold(0, currency.round(ZERO)))
    for row in rows:
        unsold[Status(row["status"])] = Unsold(row["orders"], currency.round(row["gross"]))
        kept_amount += currency.round(row["kept"])
    return unsold, kept_amount


def _ordered_ahead_for(
    next_day: datetime.date, *, placed_before: datetime.datetime
) -> OrderedAhead:
    ahead = Order.objects.counted().filter(business_day=next_day, placed_at__lt=placed_before)
    rows = (
        OrderLine.objects.sold_on(next_day)
        .filter(order__in=ahead)
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
