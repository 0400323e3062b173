"""Times of day at which orders are placed and picked up, on a usual day."""

import datetime
from dataclasses import dataclass

import numpy as np

from cafe_site.orders.models import Order
from cafe_site.shop.business_day import DAY
from cafe_site.shop.opening import shop_calendar
from cafe_site.shop.opening_day import OpeningDay
from reports.baking.censoring import UNKNOWN_SHARE, Floats

# Usual times are those of the last eight weeks.
DAYS_BACK = 56
# Lower bound for the share of a special day: opening at all implies some demand.
LEAST_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class TimesOfDay:
    """Distribution of an event over a business day: seconds since its start, sorted."""

    seconds: Floats

    def share_until(self, day: datetime.date, instant: datetime.datetime) -> float:
        """Return the share of events that usually happen before an instant of a day."""
        if not len(self.seconds):
            return UNKNOWN_SHARE
        passed = (instant - shop_calendar().start_of(day)).total_seconds()
        return float(np.searchsorted(self.seconds, passed, side="right")) / len(self.seconds)

    def share_within(self, opening: OpeningDay) -> float:
        """Return the share of events that usually happen in a day's hours; 1 without data."""
        if not len(self.seconds):
            return 1.0
        share = sum(
            self.share_until(opening.day, closes) - self.share_until(opening.day, opens)
            for opens, closes in opening.spans
        )
        return max(share, LEAST_SHARE)


def usual_order_times(last: datetime.date) -> TimesOfDay:
    """Return when orders are placed; orders from earlier days count at the start of the day."""
    return _times_of("placed_at", last)


def usual_pickup_times(last: datetime.date) -> TimesOfDay:
    """Return when orders are picked up."""
    return _times_of("pickup_at", last)


def _times_of(instant: str, last: datetime.date) -> TimesOfDay:
    calendar = shop_calendar()
    rows = Order.objects.counted().filter(business_day__range=(last - DAY * (DAYS_BACK - 1), last))
    starts: dict[datetime.date, datetime.datetime] = {}
    seconds = []
    for day, happened_at in rows.values_list("business_day", instant).iterator():
        start = starts.setdefault(day, calendar.start_of(day))
        seconds.append(max((happened_at - start).total_seconds(), 0.0))
    return TimesOfDay(np.sort(np.array(seconds)))
