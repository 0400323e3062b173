"""Dataclasses of the sales figures of a day, a week or a month. Pure."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from cafe_site.shop.money import ZERO, Currency
from cafe_site.shop.periods import Period


@dataclass(frozen=True, slots=True)
class SalesTotals:
    """Totals of a day, without cancelled orders. Amounts exclude tax, except the tax itself."""

    gross_amount: Decimal = ZERO
    discount_amount: Decimal = ZERO
    refund_amount: Decimal = ZERO
    net_amount: Decimal = ZERO
    tax_amount: Decimal = ZERO
    orders: int = 0
    items: int = 0
    # Net sales per order, rounded; None without orders.
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
    """An hour of local time, 0 to 23; the repeated hour in autumn is one row."""

    hour: int
    orders: int
    net_amount: Decimal


@dataclass(frozen=True, slots=True)
class Unsold:
    """Orders that were not collected or were cancelled, and their gross sales."""

    orders: int = 0
    gross_amount: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesDetails:
    """Breakdown of the totals of one or more business days."""

    currency: Currency
    categories: tuple[CategorySales, ...]
    # By category in the menu's order, most sold first within each.
    products: tuple[ProductSales, ...]
    hours: tuple[HourSales, ...]
    cancelled: Unsold
    not_collected: Unsold
    # Payments for cancelled orders that were not refunded, tax included.
    kept_amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sales(SalesDetails):
    """The figures of one or more business days."""

    totals: SalesTotals
    # Number of products left out of a shortened message, and their net sales.
    left_out_products: int = 0
    left_out_amount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class AheadProduct:
    name: str
    quantity: int


@dataclass(frozen=True, slots=True)
class OrderedAhead:
    """Orders for the next open day, placed before this business day ended."""

    business_day: datetime.date
    orders: int
    items: int
    products: tuple[AheadProduct, ...]
    # Number of products left out of a shortened message.
    left_out_products: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DailySummary(Sales):
    """The figures of one business day; `start` and `end` are UTC, the end excluded."""

    day: datetime.date
    start: datetime.datetime
    end: datetime.datetime
    is_closed: bool
    sentence: str
    # None if no open day is planned.
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
    """Contribution of one product (items) or one pickup hour (orders)."""

    count: int
    net_amount: Decimal


@dataclass(frozen=True, slots=True)
class KnownSales:
    """Sales of a day from the orders known at some time. Amounts exclude tax."""

    orders: int = 0
    net_amount: Decimal = ZERO
    # By product id, and by hour of pickup.
    products: Mapping[int, Contribution] = field(default_factory=dict)
    hours: Mapping[int, Contribution] = field(default_factory=dict)

    @property
    def items(self) -> int:
        return sum(sold.count for sold in self.products.values())

    def average_order_amount(self, currency: Currency) -> Decimal | None:
        return currency.round(self.net_amount / self.orders) if self.orders else None
