"""Validation of a special day's hours against those of the days around it."""

import datetime
from collections.abc import Sequence

from django.conf import settings

from cafe_site.shop.business_day import DAY
from cafe_site.shop.dates import local_date
from cafe_site.shop.hours_entry import Neighbour, problem_among, problem_beside
from cafe_site.shop.models import OpeningHours, SpecialDay
from cafe_site.shop.service_day import Times


def problem_of_special_hours(day: datetime.date, spans: Sequence[Times]) -> str:
    """Return what is wrong with the new hours of a date, or an empty text.

    A night that began on the day before belongs to that day, even if this one is closed.
    """
    day_starts_at = settings.SHOP_DAY_STARTS_AT
    before, after = hours_on(day - DAY), hours_on(day + DAY)
    for place, times in enumerate(spans):
        problem = problem_among(times, spans[:place], day_starts_at=day_starts_at)
        problem = problem or problem_beside(
            times, before=before, after=after, day_starts_at=day_starts_at
        )
        if problem:
            return problem
    return ""


def problem_beside_special_days(hours: OpeningHours, *, today: datetime.date) -> str:
    """Return the sentence about a future special day that a weekday's new hours overlap, or an
    empty text."""
    special_days = SpecialDay.objects.filter(day__gte=today).prefetch_related("hours")
    coming = {special.day: [row.times for row in special.hours.all()] for special in special_days}
    for day, spans in sorted(coming.items()):
        nothing, special = Neighbour(""), Neighbour(local_date(day, "l j F"), spans)
        problem = ""
        if (day - DAY).weekday() == hours.weekday and day - DAY not in coming:
            problem = problem_beside(
                hours.times,
                before=nothing,
                after=special,
                day_starts_at=settings.SHOP_DAY_STARTS_AT,
            )
        elif (day + DAY).weekday() == hours.weekday and day + DAY not in coming:
            problem = problem_beside(
                hours.times,
                before=special,
                after=nothing,
                day_starts_at=settings.SHOP_DAY_STARTS_AT,
            )
        if problem:
            return problem
    return ""


def hours_on(day: datetime.date) -> Neighbour:
    """Return the hours of a date: its own, or those of its weekday."""
    special = SpecialDay.objects.filter(day=day).first()
    rows = special.hours.all() if special else OpeningHours.objects.filter(weekday=day.weekday())
    return Neighbour(local_date(day, "l j F"), [row.times for row in rows])
