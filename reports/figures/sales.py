"""Dataclasses of the sales figures of a day, a week or a month. Pure."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from cafe_site.shop.money import ZERO, Currency
from cafe_site.shop.periods import Period


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesDetails:
    """What the totals of one business day or of several are made of."""

    currency: Currency
    categories: tuple[CategorySales, ...]
    # In the menu's order of categories, most sold first within each.
    products: tuple[ProductSales, ...]
    hours: tuple[HourSales, ...]
    cancelled: Unsold
    not_collected: Unsold
    # What customers had paid for cancelled orders and did not get back, tax included.
    kept_amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sales(SalesDetails):
    """The figures of one business day or of several."""

    totals: SalesTotals
    # How many products a message that would be too long does not name, and their net sales.
    left_out_products: int = 0
    left_out_amount: Decimal = ZERO


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
    # How many a message that would be too long does not name.
    left_out_products: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DailySummary(Sales):
    """The figures of one business day; `start` and `end` are UTC, the end excluded."""

    day: datetime.date
    start: datetime.datetime
    end: datetime.datetime
    is_closed: bool
    sentence: str
    # None when no open day is in sight.
    ordered_ahead: OrderedAhead | None


@dataclass(frozen=True, slots=True)
class DaySales:
    """One day of a period."""

    day: datetime.date
    is_closed: bool
    totals: SalesTotals


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodSummary(Sales):
    """The figures of a week or a month: those of its business days, added up."""

    period: Period
    days: tuple[DaySales, ...]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one product or one hour has to do with it: items of a product, orders of an hour."""

    count: int
    net_amount: Decimal


@dataclass(frozen=True, slots=True)
class KnownSales:
    """A day's sales as far as they had been ordered. Amounts without tax."""

    orders: int = 0
    net_amount: Decimal = ZERO
    # By the product's number, and by the hour of pickup.
    products: Mapping[int, Contribution] = field(default_factory=dict)
    hours: Mapping[int, Contribution] = field(default_factory=dict)

    @property
    def items(self) -> int:
        return sum(sold.count for sold in self.products.values())

    def average_order_amount(self, currency: Currency) -> Decimal | None:
        return currency.round(self.net_amount / self.orders) if self.orders else None
