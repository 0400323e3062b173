"""Patterns of time: busy hours, lead times, the trend of sales, and special days."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean, median

from django.db.models import Count, Sum

from cafe_site.shop.business_day import DAY
from cafe_site.shop.opening import opening_days, shop_calendar, shop_currency
from cafe_site.shop.opening_day import OpeningDay
from cafe_site.shop.periods import DayRange
from cafe_site.shop.public_holidays import ORDINARY
from reports.models import DayRollup, HourRollup, LeadTimeRollup
from reports.patterns.lead_times import STEP_COUNT

# With fewer open days, weekday factors cannot be estimated.
LEAST_DAYS_OF_TREND = 14
SMOOTHED_DAYS = 7
# A single Saturday would define its own factor.
LEAST_DAYS_OF_WEEKDAY = 2
# Days to either side from which a weekday's usual sales are taken.
DAYS_AROUND = 28
LEAST_DAYS_AROUND = 3


@dataclass(frozen=True, slots=True)
class HourSum:
    orders: int
    net_amount: Decimal


@dataclass(frozen=True, slots=True)
class WeekdayHours:
    """Total sales by weekday and hour, and the number of open days by weekday."""

    # By weekday (Monday is 0) and hour of local time.
    sums: Mapping[tuple[int, int], HourSum]
    open_days: Mapping[int, int]
    # Hours with orders, in the order of the business day.
    hours: tuple[int, ...]


def weekday_hours(days: DayRange) -> WeekdayHours:
    rows = (
        HourRollup.objects.filter(business_day__range=(days.first, days.last))
        .values_list("weekday", "hour")
        .annotate(Sum("orders"), Sum("net_amount"))
    )
    sums = {(weekday, hour): HourSum(orders, net) for weekday, hour, orders, net in rows}
    open_days = (
        DayRollup.objects.filter(business_day__range=(days.first, days.last), orders__gt=0)
        .order_by()
        .values_list("weekday")
        .annotate(Count("business_day"))
    )
    starts_at = shop_calendar().day_starts_at.hour
    hours = sorted({hour for _weekday, hour in sums}, key=lambda hour: (hour - starts_at) % 24)
    return WeekdayHours(sums, dict(open_days), tuple(hours))


def lead_times(days: DayRange) -> list[int]:
    """Return the number of web orders in each step of lead_times.STEP_ENDS."""
    rows = (
        LeadTimeRollup.objects.filter(business_day__range=(days.first, days.last))
        .values_list("step")
        .annotate(Sum("orders"))
    )
    orders = [0] * STEP_COUNT
    for step, count in rows:
        orders[step] = count
    return orders


@dataclass(frozen=True, slots=True)
class DayNet:
    day: datetime.date
    orders: int
    net_amount: Decimal
    is_ordinary: bool

    @property
    def is_open(self) -> bool:
        """Whether it had an order, even if all were refunded."""
        return self.orders > 0


@dataclass(frozen=True, slots=True)
class TrendDay:
    """One open day: net sales, weekday-adjusted net sales, and the moving mean."""

    day: datetime.date
    net_amount: Decimal
    adjusted: float
    smooth: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Trend:
    days: tuple[TrendDay, ...]
    # Each weekday's sales relative to the mean of all weekdays; Monday is 0.
    weekday_factors: Mapping[int, float]
    # Relative change of an open day's sales from the first half to the second; None if the first
    # half sold nothing.
    change: float | None


def trend(days: DayRange) -> Trend | None:
    """Return the weekday-adjusted trend of sales; None with too few open days.

    Classical multiplicative decomposition: a day is divided by the mean of its weekday over the
    mean of all weekdays. Special days and days around holidays do not affect the weekday factors.
    """
    open_days = [row for row in day_nets(days) if row.is_open]
    factors = weekday_factors(open_days)
    rows = [row for row in open_days if row.day.weekday() in factors]
    if len(open_days) < LEAST_DAYS_OF_TREND or len(rows) < SMOOTHED_DAYS:
        return None
    adjusted = [float(row.net_amount) / factors[row.day.weekday()] for row in rows]
    half = len(adjusted) // 2
    points = []
    for index, row in enumerate(rows):
        around = adjusted[max(0, index - SMOOTHED_DAYS // 2) : index + SMOOTHED_DAYS // 2 + 1]
        points.append(
            TrendDay(
                row.day,
                row.net_amount,
                adjusted[index],
                smooth=fmean(around),
                low=min(around),
                high=max(around),
            )
        )
    before = fmean(adjusted[:half])
    return Trend(tuple(points), factors, fmean(adjusted[half:]) / before - 1 if before else None)


def weekday_factors(rows: Iterable[DayNet]) -> dict[int, float]:
    """Return each weekday's mean over the mean of the weekdays; pure.

    Weekdays with too few ordinary days or without sales have no factor.
    """
    by_weekday: dict[int, list[float]] = defaultdict(list)
    for row in rows:
        if row.is_ordinary:
            by_weekday[row.day.weekday()].append(float(row.net_amount))
    means = {
        weekday: fmean(values)
        for weekday, values in by_weekday.items()
        if len(values) >= LEAST_DAYS_OF_WEEKDAY and any(values)
    }
    overall = fmean(means.values()) if means else 1.0
    return {weekday: mean / overall for weekday, mean in means.items()}


def day_nets(days: DayRange) -> list[DayNet]:
    """Return net sales of each counted day, and whether it was ordinary."""
    special = {
        opening.day for opening in opening_days(days.first, days.count) if opening.is_special
    }
    rows = DayRollup.objects.filter(business_day__range=(days.first, days.last))
    return [
        DayNet(day, orders, net, holiday == ORDINARY and day not in special)
        for day, orders, net, holiday in rows.values_list(
            "business_day", "orders", "net_amount", "holiday"
        )
    ]


@dataclass(frozen=True, slots=True)
class SpecialDayEffect:
    """A special day, compared with the ordinary same weekdays around it."""

    day: datetime.date
    # One of public_holidays' kinds; the day may also have special hours or be closed.
    holiday: int
    has_own_hours: bool
    is_closed: bool
    sentence: str
    net_amount: Decimal
    # None if there are too few ordinary days around.
    expected_amount: Decimal | None

    @property
    def effect(self) -> float | None:
        """Relative difference from the usual sales."""
        if not self.expected_amount:
            return None
        return float(self.net_amount / self.expected_amount) - 1


def special_days(days: DayRange) -> list[SpecialDayEffect]:
    """Return special days and days next to holidays, each with its usual sales, newest first.

    The usual is the median of the ordinary open days of that weekday, four weeks to either side.
    """
    around = DayRange(days.first - DAY * DAYS_AROUND, days.last + DAY * DAYS_AROUND)
    openings = {opening.day: opening for opening in opening_days(around.first, around.count)}
    rows = list(
        DayRollup.objects.filter(business_day__range=(around.first, around.last)).values_list(
            "business_day", "orders", "net_amount", "holiday"
        )
    )
    ordinary = {
        day: net
        for day, orders, net, holiday in rows
        if orders and holiday == ORDINARY and not openings[day].is_special
    }
    return [
        _effect_of(openings[day], holiday, net, ordinary)
        for day, _orders, net, holiday in reversed(rows)
        if days.first <= day <= days.last
        # The weekly closing day is not special.
        and (holiday != ORDINARY or openings[day].is_special)
    ]


def _effect_of(
    opening: OpeningDay, holiday: int, net: Decimal, ordinary: Mapping[datetime.date, Decimal]
) -> SpecialDayEffect:
    usual = usual_amount(opening.day, ordinary)
    return SpecialDayEffect(
        opening.day,
        holiday,
        opening.is_special,
        opening.is_closed,
        opening.sentence,
        net,
        None if usual is None else shop_currency().round(usual),
    )


def usual_amount(day: datetime.date, ordinary: Mapping[datetime.date, Decimal]) -> Decimal | None:
    """Return the median of the ordinary days of a weekday around a day; pure."""
    weeks: Sequence[int] = range(-DAYS_AROUND // 7, DAYS_AROUND // 7 + 1)
    around = [
        ordinary[other] for week in weeks if (other := day + DAY * 7 * week) in ordinary and week
    ]
    return median(around) if len(around) >= LEAST_DAYS_AROUND else None
