"""Earlier same weekdays that a day is compared with."""

import datetime
from collections.abc import Iterable

from cafe_site.shop.opening import opening_days
from cafe_site.shop.opening_day import OpeningDay
from reports.figures.comparison import WEEK, WEEKS, earlier_days
from reports.figures.summary import first_business_day


def days_to_compare(day: datetime.date, *, weeks: int = WEEKS) -> list[datetime.date]:
    """Return the earlier same weekdays on which the shop existed and was open."""
    return open_days_before(day, opening_days(day - WEEK * weeks, 7 * weeks), weeks=weeks)


def open_days_before(
    day: datetime.date, openings: Iterable[OpeningDay], *, weeks: int
) -> list[datetime.date]:
    """Return the same, from openings that were already read."""
    first = first_business_day()
    if first is None:
        return []
    is_open = {
        opening.day for opening in openings if not opening.is_closed and opening.day >= first
    }
    return [other for other in earlier_days(day, weeks=weeks) if other in is_open]
