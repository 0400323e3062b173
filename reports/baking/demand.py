"""Demand history read from the database, as input of the forecast."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from django.db.models import Sum

from cafe_site.menu.models import Product
from cafe_site.orders.models import OrderLine
from cafe_site.shop.business_day import DAY
from cafe_site.shop.opening import opening_days
from cafe_site.shop.public_holidays import kinds_of_days
from cafe_site.stock.models import DailyStock
from reports.baking.censoring import (
    UNKNOWN_SHARE,
    Bools,
    Floats,
    days_on_menu,
    demand_of_sold_out,
    last_gaps,
)
from reports.baking.forecast import DemandHistory, usual_demand
from reports.baking.outliers import counted_sales
from reports.baking.times_of_day import TimesOfDay, usual_order_times
from reports.figures.summary import first_business_day
from reports.models import BakePlanLine, OutlierDay
from reports.models.bake_plan import MOST_TIMES_IN_FULL

# Three years are enough to learn the seasons.
DAYS_BACK = 3 * 364
# Rows are read this many days at a time, because the driver keeps all rows of a query in memory.
# They are filtered by day only: with a list of products, a database may not use the day's index.
DAYS_AT_ONCE = 91
# Limit for a product's daily quantity. Larger entries and imports count as this, so that sums,
# quantiles and amounts fit into the columns.
MOST_ITEMS = 1_000_000


@dataclass(frozen=True, slots=True)
class ShopDays:
    """The T days of the shop's history, up to and including the last; common to all products.

    `is_open` marks the days with a sale, `is_usual` those of them with usual hours; both are (T,).
    """

    first: datetime.date
    last: datetime.date
    is_open: Bools
    is_usual: Bools
    holiday: "np.ndarray[tuple[int], np.dtype[np.int64]]"
    order_times: TimesOfDay

    def __len__(self) -> int:
        return len(self.is_open)

    @property
    def weekdays(self) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
        return (self.first.weekday() + np.arange(len(self))) % 7

    def parts(self) -> Iterator[tuple[datetime.date, datetime.date]]:
        """Yield the first and the last day of each batch of days to read."""
        for start in range(0, len(self), DAYS_AT_ONCE):
            first = self.first + DAY * start
            yield first, min(first + DAY * (DAYS_AT_ONCE - 1), self.last)


@dataclass(frozen=True, slots=True)
class ShopSales:
    """Quantity sold, whether it sold out, and the share of the day until then; each (T, P)."""

    sold: Floats
    is_sold_out: Bools
    share: Floats

    def of(self, products: slice) -> Self:
        """Return the sales of some products, selected by their columns."""
        return type(self)(
            self.sold[:, products], self.is_sold_out[:, products], self.share[:, products]
        )


@dataclass(frozen=True, slots=True)
class ShopDemand:
    """The days of `ShopDays`, P products; arrays are (T, P).

    `sold` is the quantity sold. `counted` is what the forecast learns from: less than `sold` on
    outlier days. `wanted` is the estimated demand: more than `sold` only on days that sold out,
    which `is_sold_out` marks.
    """

    products: tuple[Product, ...]
    history: DemandHistory
    sold: Floats
    counted: Floats
    wanted: Floats
    is_sold_out: Bools

    def outliers(self) -> dict[tuple[datetime.date, int], tuple[int, int]]:
        """Return the outlier days: (day, product id) -> (sold, counted as)."""
        return {
            (self.history.first_day + DAY * int(row), self.products[column].pk): (
                int(self.sold[row, column]),
                int(self.counted[row, column]),
            )
            for row, column in np.argwhere(self.counted < self.sold)
        }


def load_days(last: datetime.date) -> ShopDays | None:
    """Return the days up to `last`; None before the shop's first order."""
    first = first_business_day()
    if first is None or first > last:
        return None
    first = max(first, last - DAY * (DAYS_BACK - 1))
    count = (last - first).days + 1
    # A day without any sale counts as closed, whatever today's hours say about it.
    is_open = _items_of_shop(first, last, count) > 0
    is_special = np.array([opening.is_special for opening in opening_days(first, count)])
    return ShopDays(
        first=first,
        last=last,
        is_open=is_open,
        is_usual=is_open & ~is_special,
        holiday=holiday_kinds(first, count),
        order_times=usual_order_times(last),
    )


def load_sales(days: ShopDays, products: Sequence[Product]) -> ShopSales:
    """Return the sales, in two queries per quarter of a year."""
    indexes = {product.pk: index for index, product in enumerate(products)}
    return _with_stock(_quantities(days, indexes), days, indexes)


def demand_of(days: ShopDays, sales: ShopSales, products: Sequence[Product]) -> ShopDemand:
    """Return the demand for some products; `sales` are the sales of the same products."""
    indexes = {product.pk: index for index, product in enumerate(products)}
    sold, is_sold_out = sales.sold, sales.is_sold_out
    there = days_on_menu(
        sold,
        days.is_open,
        is_on_sale=np.array([product.is_on_sale for product in products], dtype=bool),
        was_planned=_planned_in_last_gaps(sold, days, indexes),
    )
    is_known = there & days.is_usual[:, None]
    counted = counted_sales(sold, is_known, days.weekdays, days.holiday)
    in_full = np.minimum(sold, MOST_TIMES_IN_FULL * np.maximum(counted, 1.0))
    learned = np.where(_counts_in_full(days, indexes), in_full, counted)
    categories = {pk: index for index, pk in enumerate({item.category_id for item in products})}
    # Sales of a sold-out day understate demand, so they are not used as they are.
    history = DemandHistory(
        first_day=days.first,
        demand=learned,
        is_usable=there & ~is_sold_out,
        is_open=days.is_usual,
        holiday=days.holiday,
        group=np.array([categories[item.category_id] for item in products], dtype=np.int64),
    )
    usual, dispersion = usual_demand(history)
    estimated = demand_of_sold_out(learned, usual, dispersion[None], sales.share)
    estimated = np.minimum(estimated, MOST_ITEMS)
    return ShopDemand(
        products=tuple(products),
        history=replace(history, demand=np.where(is_sold_out, estimated, learned), is_usable=there),
        sold=sold,
        counted=counted,
        wanted=np.where(is_sold_out, np.maximum(estimated, sold), sold),
        is_sold_out=is_sold_out,
    )


def _quantities(days: ShopDays, indexes: dict[int, int]) -> Floats:
    """Return (T, P): quantity of each product in the counted orders of each day."""
    quantities = np.zeros((len(days), len(indexes)))
    for part in days.parts():
        rows = (
            OrderLine.objects.sold_between(*part)
            .values_list("business_day", "product_id")
            .annotate(Sum("quantity"))
        )
        for day, product_id, quantity in rows.iterator():
            if product_id in indexes:
                quantities[(day - days.first).days, indexes[product_id]] = quantity
    return np.minimum(quantities, MOST_ITEMS)


def _items_of_shop(first: datetime.date, last: datetime.date, count: int) -> Floats:
    """Return (T,): items of all products that the shop sold on each day."""
    rows = (
        OrderLine.objects.sold_between(first, last)
        .values_list("business_day")
        .annotate(Sum("quantity"))
    )
    items = np.zeros(count)
    for day, quantity in rows:
        items[(day - first).days] = quantity
    return items


def _with_stock(in_lines: Floats, days: ShopDays, indexes: dict[int, int]) -> ShopSales:
    """Add the sales at the counter that have no order.

    Whatever was baked and is not left over counts as sold.
    """
    sold = in_lines.copy()
    is_sold_out = np.zeros(sold.shape, dtype=bool)
    share = np.ones(sold.shape)
    for part in days.parts():
        rows = DailyStock.objects.between(*part).limited()
        facts = rows.values_list(
            "business_day",
            "product_id",
            "planned",
            "baked",
            "carried_over",
            "left_over",
            "sold_out_at",
        )
        for day, product_id, planned, baked, carried, left_over, sold_out_at in facts.iterator():
            if product_id not in indexes:
                continue
            cell = (day - days.first).days, indexes[product_id]
            if baked is not None and left_over is not None:
                sold[cell] = min(max(sold[cell], baked + carried - left_over), MOST_ITEMS)
            if left_over:
                continue
            made = planned if baked is None else baked
            if sold_out_at is not None and (made or 0) + carried:
                is_sold_out[cell] = True
                share[cell] = days.order_times.share_until(day, sold_out_at)
            elif baked and left_over == 0:
                is_sold_out[cell] = True
                share[cell] = UNKNOWN_SHARE
    return ShopSales(sold, is_sold_out, share)


def _planned_in_last_gaps(sold: Floats, days: ShopDays, indexes: dict[int, int]) -> Bools:
    """Return (T, P): False where a day's bake plan omits a product in its last gap.

    The product was off sale that day. Days without a plan are True.
    """
    was_planned = np.ones(sold.shape, dtype=bool)
    columns = np.flatnonzero(last_gaps(sold))
    if not len(columns):
        return was_planned
    product_ids = list(indexes)
    lines = BakePlanLine.objects.filter(business_day__range=(days.first, days.last))
    planned = lines.order_by().values_list("business_day", flat=True).distinct()
    rows = np.array([(day - days.first).days for day in planned], dtype=np.int64)
    was_planned[np.ix_(rows, columns)] = False
    quiet = lines.filter(product__in=[product_ids[column] for column in columns])
    for day, product_id in quiet.values_list("business_day", "product_id").iterator():
        was_planned[(day - days.first).days, indexes[product_id]] = True
    return was_planned


def _counts_in_full(days: ShopDays, indexes: dict[int, int]) -> Bools:
    """Return (T, P): the outlier days that an owner counts in full."""
    in_full = np.zeros((len(days), len(indexes)), dtype=bool)
    rows = OutlierDay.objects.filter(
        business_day__range=(days.first, days.last), product__in=indexes, counts_in_full=True
    )
    for day, product_id in rows.values_list("business_day", "product_id"):
        in_full[(day - days.first).days, indexes[product_id]] = True
    return in_full


def holiday_kinds(first: datetime.date, count: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Return (T,): the holiday kind of each day, for the shop's country."""
    return np.array(kinds_of_days([first + DAY * index for index in range(count)]), dtype=np.int64)
