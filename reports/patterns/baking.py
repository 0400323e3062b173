"""Patterns of baking: when products sell out, and what is left over and wasted."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from django.db.models import Count, Q, Sum

from cafe_site.menu.models import Product
from cafe_site.shop.money import ZERO
from cafe_site.shop.opening import shop_calendar
from cafe_site.shop.periods import DayRange
from cafe_site.stock.models import LIMIT, DailyStock
from reports.models import BakeScore


@dataclass(frozen=True, slots=True)
class SellOut:
    """How often one product sold out, and at what time of day (local time)."""

    name: str
    days: int
    # Days on which the product had a limited quantity.
    limited_days: int
    median_at: datetime.time
    earliest_at: datetime.time

    @property
    def share(self) -> float:
        return self.days / self.limited_days


def sell_outs(days: DayRange) -> list[SellOut]:
    """Return the products that sold out in the range, the most frequent first."""
    stock = DailyStock.objects.between(days.first, days.last)
    moments: dict[int, list[float]] = defaultdict(list)
    rows = stock.values_list("product_id", "business_day", "sold_out_at")
    # A product planned as 0 counts as sold out from the moment 0 is entered; skip it.
    for product, day, at in rows.filter(sold_out_at__isnull=False, reserved__gt=0):
        if at is not None:
            moments[product].append(_seconds_by_the_clock(at, day))
    limited = dict(
        stock.alias(limit_of_day=LIMIT)
        .filter(limit_of_day__gt=0)
        .values_list("product_id")
        .annotate(Count("pk"))
        .order_by()
    )
    names = dict(Product.objects.values_list("pk", "name"))
    found = [
        SellOut(
            name=names[product],
            days=len(seconds),
            limited_days=max(limited.get(product, 0), len(seconds)),
            median_at=_time_after_start(median(seconds)),
            earliest_at=_time_after_start(min(seconds)),
        )
        for product, seconds in moments.items()
    ]
    return sorted(found, key=lambda row: (-row.share, row.median_at, row.name))


def _seconds_by_the_clock(at: datetime.datetime, day: datetime.date) -> float:
    """Return the local time of day in seconds, relative to a day; 0 for an earlier instant.

    By local time, not elapsed time: three o'clock is 3:00 on a day of 25 hours too.
    """
    calendar = shop_calendar()
    starts_at = datetime.datetime.combine(day, calendar.day_starts_at)
    return max((calendar.local(at).replace(tzinfo=None) - starts_at).total_seconds(), 0.0)


def _time_after_start(seconds: float) -> datetime.time:
    starts_at = datetime.datetime.combine(datetime.date(2000, 1, 1), shop_calendar().day_starts_at)
    return (starts_at + datetime.timedelta(seconds=seconds)).time().replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Waste:
    """Leftovers and waste of one product, on days whose leftovers were entered."""

    name: str
    days: int
    baked: int
    sold: int
    left_over: int
    # None without any unit cost; days without a unit cost are excluded.
    waste_amount: Decimal | None
    missed: Decimal
    missed_amount: Decimal

    @property
    def share(self) -> float:
        """Share of the baked quantity that was left over."""
        return self.left_over / self.baked if self.baked else 0.0


def waste(days: DayRange) -> list[Waste]:
    """Return a row per product scored in the range, the costliest waste first."""
    rows = (
        BakeScore.objects.filter(business_day__range=(days.first, days.last))
        .values("product_id")
        .annotate(
            day_count=Count("pk"),
            baked_sum=Sum("baked"),
            sold_sum=Sum("sold"),
            left_sum=Sum("left_over"),
            waste_sum=Sum("waste_amount"),
            demand_sum=Sum("demand", filter=Q(is_sold_out=True)),
            sold_out_sum=Sum("sold", filter=Q(is_sold_out=True)),
            missed_sum=Sum("missed_amount"),
        )
        .order_by()
    )
    names = dict(Product.objects.values_list("pk", "name"))
    found = [
        Waste(
            name=names[row["product_id"]],
            days=row["day_count"],
            baked=row["baked_sum"],
            sold=row["sold_sum"],
            left_over=row["left_sum"],
            waste_amount=row["waste_sum"],
            missed=max((row["demand_sum"] or ZERO) - (row["sold_out_sum"] or 0), ZERO),
            missed_amount=row["missed_sum"],
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: (-(row.waste_amount or ZERO), row.name))
