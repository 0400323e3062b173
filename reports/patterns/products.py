"""Patterns of products: sales, changes in the mix, margin, and pairs bought together."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from cafe_site.menu.models import Product
from cafe_site.shop.money import ZERO, Currency
from cafe_site.shop.opening import shop_currency
from cafe_site.shop.periods import DayRange
from reports.models import DayRollup, PairRollup, ProductRollup


@dataclass(frozen=True, slots=True)
class ProductFigures:
    """One product in a range of days and in another range, usually as many days before."""

    product_id: int
    name: str
    category: str
    is_on_sale: bool
    quantity: int = 0
    net_amount: Decimal = ZERO
    orders: int = 0
    # Net sales minus today's unit cost times quantity; None without a unit cost.
    margin_amount: Decimal | None = None
    # Share of the net sales of all products.
    share: float = 0.0
    quantity_before: int = 0
    net_before_amount: Decimal = ZERO
    # None if the other range has no net sales.
    share_before: float | None = None

    @property
    def shift(self) -> float | None:
        """Change of its share of net sales."""
        return None if self.share_before is None else self.share - self.share_before


@dataclass(frozen=True, slots=True)
class CategoryMix:
    name: str
    quantity: int
    net_amount: Decimal
    share: float
    share_before: float | None

    @property
    def shift(self) -> float | None:
        return None if self.share_before is None else self.share - self.share_before


@dataclass(frozen=True, slots=True)
class _Sold:
    quantity: int = 0
    net_amount: Decimal = ZERO
    orders: int = 0


def product_figures(days: DayRange, other: DayRange) -> list[ProductFigures]:
    """Return a row for each product sold in either range or on sale, in the menu's order.

    `before` in the rows refers to the other range.
    """
    currency = shop_currency()
    now, before = _sold_in(days), _sold_in(other)
    net = sum((sold.net_amount for sold in now.values()), ZERO)
    net_before = sum((sold.net_amount for sold in before.values()), ZERO)
    figures = []
    for product in Product.objects.select_related("category"):
        if not product.is_on_sale and product.pk not in now and product.pk not in before:
            continue
        sold, earlier = now.get(product.pk, _Sold()), before.get(product.pk, _Sold())
        figures.append(
            ProductFigures(
                product_id=product.pk,
                name=product.name,
                category=product.category.name,
                is_on_sale=product.is_on_sale,
                quantity=sold.quantity,
                net_amount=sold.net_amount,
                orders=sold.orders,
                margin_amount=_margin_of(product, sold, currency),
                share=_share(sold.net_amount, net),
                quantity_before=earlier.quantity,
                net_before_amount=earlier.net_amount,
                share_before=_share(earlier.net_amount, net_before) if net_before else None,
            )
        )
    return figures


def _margin_of(product: Product, sold: _Sold, currency: Currency) -> Decimal | None:
    if product.unit_cost_amount is None:
        return None
    return currency.round(sold.net_amount - product.unit_cost_amount * sold.quantity)


def _sold_in(days: DayRange) -> dict[int, _Sold]:
    rows = (
        ProductRollup.objects.filter(business_day__range=(days.first, days.last))
        .values_list("product")
        .annotate(Sum("quantity"), Sum("net_amount"), Sum("orders"))
    )
    return {product: _Sold(quantity, net, orders) for product, quantity, net, orders in rows}


def category_mix(figures: list[ProductFigures]) -> list[CategoryMix]:
    """Return each category's share of net sales, in the menu's order; pure."""
    names = dict.fromkeys(product.category for product in figures)
    mix = []
    for name in names:
        members = [product for product in figures if product.category == name]
        before = [row.share_before for row in members if row.share_before is not None]
        mix.append(
            CategoryMix(
                name=name,
                quantity=sum(product.quantity for product in members),
                net_amount=sum((product.net_amount for product in members), ZERO),
                share=sum(product.share for product in members),
                share_before=sum(before) if before else None,
            )
        )
    return [category for category in mix if category.share or category.share_before]


def _share(amount: Decimal, of: Decimal) -> float:
    return float(amount / of) if of else 0.0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two products in the same orders; association rules after Agrawal and others (1993)."""

    first: str
    second: str
    orders: int
    # Share of all orders that contain both.
    support: float
    # Share of the orders with the first product that also contain the second; and the reverse.
    confidence: float
    reverse_confidence: float
    # Ratio to the frequency expected by chance.
    lift: float


def pairs(days: DayRange, *, least_orders: int) -> list[Pair]:
    """Return the pairs with at least `least_orders` orders, the highest lift first."""
    in_range = {"business_day__range": (days.first, days.last)}
    all_orders = DayRollup.objects.filter(**in_range).aggregate(count=Sum("orders"))["count"]
    if not all_orders:
        return []
    rows = (
        PairRollup.objects.filter(**in_range)
        .values_list("first", "second")
        .annotate(together=Sum("orders"))
        .filter(together__gte=least_orders)
    )
    holding = {product: sold.orders for product, sold in _sold_in(days).items()}
    names = dict(Product.objects.values_list("pk", "name"))
    found = [pair_of(row, holding, names, all_orders) for row in rows]
    return sorted(found, key=lambda pair: (-pair.lift, -pair.orders, pair.first))


def pair_of(
    row: tuple[int, int, int],
    holding: Mapping[int, int],
    names: Mapping[int, str],
    all_orders: int,
) -> Pair:
    """Return a pair's figures; `holding` is the number of orders with each product. Pure.

    The product in fewer orders comes first, so that the higher confidence is shown first.
    """
    one, other, together = row
    first, second = sorted((one, other), key=lambda product: holding[product])
    return Pair(
        first=names[first],
        second=names[second],
        orders=together,
        support=together / all_orders,
        confidence=together / holding[first],
        reverse_confidence=together / holding[second],
        lift=together * all_orders / (holding[first] * holding[second]),
    )
