"""What was asked for on each day, read from the database: what forecasts learn from."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Sum

from cafe_site.menu.models import Product
from cafe_site.orders.models import Order, OrderLine
from cafe_site.shop.business_day import DAY
from cafe_site.shop.opening import OpeningDay, opening_days, shop_calendar
from cafe_site.stock.models import DailyStock
from reports.censoring import UNKNOWN_SHARE, Bools, Floats, days_on_menu, demand_of_sold_out
from reports.forecast import DemandHistory, usual_demand
from reports.public_holidays import kinds_of_days
from reports.summary import first_business_day

# Three years say all that a season can.
DAYS_BACK = 3 * 364
# The usual course of a day is that of the last weeks.
COURSE_DAYS = 56
# However few of the usual hours a special day has, it is worth opening for something.
LEAST_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class ShopDemand:
    """T days up to and including the last, P products; arrays are (T, P).

    `sold` is what left the counter, `demand` what would have been sold of enough; they differ on
    days that sold out, which `is_sold_out` marks.
    """

    products: tuple[Product, ...]
    history: DemandHistory
    sold: Floats
    is_sold_out: Bools

    @property
    def demand(self) -> Floats:
        return self.history.demand

    def day_of(self, place: int) -> datetime.date:
        return self.history.first_day + DAY * place


def load_demand(last: datetime.date, products: Sequence[Product]) -> ShopDemand | None:
    """Return what the days up to `last` asked for; None before the shop's first order.

    A handful of queries, whatever the count of days and products.
    """
    first = first_business_day()
    if first is None or first > last:
        return None
    first = max(first, last - DAY * (DAYS_BACK - 1))
    count = (last - first).days + 1
    places = {product.pk: place for place, product in enumerate(products)}
    in_lines = _quantities(first, last, places, count)
    sold, is_sold_out, share = _with_stock(in_lines, first, last, places)
    openings = opening_days(first, count)
    # A day without any sale was closed, whatever the hours of today say of it.
    is_open = in_lines_of_shop(first, last, count) > 0
    is_usual = is_open & np.array([not opening.is_special for opening in openings])
    there = days_on_menu(sold, is_open)
    categories = {pk: place for place, pk in enumerate({item.category_id for item in products})}
    history = DemandHistory(
        first_day=first,
        demand=sold,
        # What ran out says too little of demand to be learned from as it is.
        is_taught=there & ~is_sold_out,
        is_open=is_usual,
        holiday=holiday_kinds(first, count),
        group=np.array([categories[item.category_id] for item in products], dtype=np.int64),
    )
    usual, dispersion = usual_demand(history)
    estimated = np.where(
        is_sold_out, demand_of_sold_out(sold, usual, dispersion[None], share), sold
    )
    return ShopDemand(
        products=tuple(products),
        history=DemandHistory(
            first_day=first,
            demand=estimated,
            is_taught=there,
            is_open=is_usual,
            holiday=history.holiday,
            group=history.group,
        ),
        sold=sold,
        is_sold_out=is_sold_out,
    )


def _quantities(
    first: datetime.date, last: datetime.date, places: dict[int, int], count: int
) -> Floats:
    """Return (T, P): how many of each product the counted orders of each day hold."""
    rows = (
        OrderLine.objects.filter(business_day__range=(first, last), counted=True)
        .values_list("business_day", "product_id")
        .annotate(Sum("quantity"))
    )
    quantities = np.zeros((count, len(places)))
    for day, product_id, quantity in rows:
        if product_id in places:
            quantities[(day - first).days, places[product_id]] = quantity
    return quantities


def in_lines_of_shop(first: datetime.date, last: datetime.date, count: int) -> Floats:
    """Return (T,): how many items the shop sold on each day, of all products."""
    rows = (
        OrderLine.objects.filter(business_day__range=(first, last), counted=True)
        .values_list("business_day")
        .annotate(Sum("quantity"))
    )
    items = np.zeros(count)
    for day, quantity in rows:
        items[(day - first).days] = quantity
    return items


def _with_stock(
    in_lines: Floats, first: datetime.date, last: datetime.date, places: dict[int, int]
) -> tuple[Floats, Bools, Floats]:
    """Return what was sold, whether it sold out, and which share of the day's course came before.

    What was baked and is not left over was sold, at the counter without an order too.
    """
    sold = in_lines.copy()
    is_sold_out = np.zeros(sold.shape, dtype=bool)
    share = np.ones(sold.shape)
    rows = DailyStock.objects.filter(business_day__range=(first, last), product__in=places).exclude(
        planned=None, baked=None
    )
    course = usual_course(last)
    for row in rows:
        cell = (row.business_day - first).days, places[row.product_id]
        if row.baked is not None and row.left_over is not None:
            sold[cell] = max(sold[cell], row.baked + row.carried_over - row.left_over)
        if row.left_over:
            continue
        if row.sold_out_at is not None and row.limit:
            is_sold_out[cell] = True
            share[cell] = course.share_until(row.business_day, row.sold_out_at)
        elif row.baked and row.left_over == 0:
            is_sold_out[cell] = True
            share[cell] = UNKNOWN_SHARE
    return sold, is_sold_out, share


@dataclass(frozen=True, slots=True)
class Course:
    """When in a business day it usually happens: seconds since its start, sorted."""

    seconds: Floats

    def share_until(self, day: datetime.date, instant: datetime.datetime) -> float:
        """Return which share of it has usually happened by an instant of a day."""
        if not len(self.seconds):
            return UNKNOWN_SHARE
        passed = (instant - shop_calendar().start_of(day)).total_seconds()
        return float(np.searchsorted(self.seconds, passed, side="right")) / len(self.seconds)

    def share_within(self, opening: OpeningDay) -> float:
        """Return which share of it usually happens in a day's hours; all of it without a course."""
        if not len(self.seconds):
            return 1.0
        share = sum(
            self.share_until(opening.day, closes) - self.share_until(opening.day, opens)
            for opens, closes in opening.spans
        )
        return max(share, LEAST_SHARE)


def usual_course(last: datetime.date) -> Course:
    """Return when the last weeks' orders were placed; those from before the day at its start."""
    return _course_of("placed_at", last)


def usual_pickups(last: datetime.date) -> Course:
    """Return when the orders of the last weeks were picked up."""
    return _course_of("pickup_at", last)


def _course_of(instant: str, last: datetime.date) -> Course:
    calendar = shop_calendar()
    rows = Order.objects.counted().filter(
        business_day__range=(last - DAY * (COURSE_DAYS - 1), last)
    )
    starts: dict[datetime.date, datetime.datetime] = {}
    seconds = []
    for day, happened_at in rows.values_list("business_day", instant).iterator():
        start = starts.setdefault(day, calendar.start_of(day))
        seconds.append(max((happened_at - start).total_seconds(), 0.0))
    return Course(np.sort(np.array(seconds)))


def holiday_kinds(first: datetime.date, count: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Return (T,): what each day is beside the public holidays of the shop's country."""
    return np.array(kinds_of_days([first + DAY * place for place in range(count)]), dtype=np.int64)
