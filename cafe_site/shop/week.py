"""The week's opening hours as shown to customers: grouped weekdays, then special days."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings
from django.db.models import DateField, F, PositiveSmallIntegerField, Value
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cafe_site.shop.business_day import DAY
from cafe_site.shop.dates import local_date
from cafe_site.shop.hours_entry import joined_times, span_words
from cafe_site.shop.models import OpeningHours, SpecialDay, Weekday
from cafe_site.shop.service_day import Times

DAYS_SHOWN = 7


@dataclass(frozen=True, slots=True)
class HoursRow:
    """One line of opening hours: the days and their times."""

    days: str
    # Such as "18:00 to 02:00" or "closed".
    spans: Sequence[str]

    @property
    def words(self) -> str:
        hours = pgettext("list separator", ", ").join(self.spans)
        return _("%(days)s: %(hours)s") % {"days": self.days, "hours": hours}


def week_rows(today: datetime.date) -> list[HoursRow]:
    """Return the hours of the weekdays, and of special days in the next seven days.

    One query; empty if there are no hours.
    """
    weekdays, special_days = _read_hours(today, today + DAY * (DAYS_SHOWN - 1))
    if not any(weekdays.values()) and not special_days:
        return []
    week = [(weekday, weekdays.get(weekday, [])) for weekday in Weekday.values]
    return [
        *(HoursRow(_weekday_words(*ends), span_texts(times)) for ends, times in _groups(week)),
        *(
            HoursRow(_date_words(*ends), span_texts(times))
            for ends, times in _groups(sorted(special_days.items()))
        ),
    ]


def _read_hours(
    first: datetime.date, last: datetime.date
) -> tuple[dict[int, list[Times]], dict[datetime.date, list[Times]]]:
    """Return the times of each weekday and each special day; none if it is closed."""
    weekly = OpeningHours.objects.order_by().values_list(
        "weekday", Value(None, output_field=DateField()), "opens_at", "closes_at"
    )
    special = (
        SpecialDay.objects.order_by()
        .filter(day__range=(first, last))
        .values_list(
            Value(None, output_field=PositiveSmallIntegerField()),
            F("day"),
            F("hours__opens_at"),
            F("hours__closes_at"),
        )
    )
    weekdays: dict[int, list[Times]] = {}
    days: dict[datetime.date, list[Times]] = {}
    # `all` avoids a comparison of rows: the two tables never share one.
    for weekday, day, opens_at, closes_at in weekly.union(special, all=True):
        found = weekdays.setdefault(weekday, []) if day is None else days.setdefault(day, [])
        if opens_at is not None:
            found.append((opens_at, closes_at))
    return weekdays, days


def span_texts(times: Iterable[Times]) -> list[str]:
    """Format the spans of a day in order; those that touch are merged."""
    spans = joined_times(times, day_starts_at=settings.SHOP_DAY_STARTS_AT)
    if not spans:
        return [_("closed")]
    if any(opens_at == closes_at for opens_at, closes_at in spans):
        return [_("open all day")]
    return list(map(span_words, spans))


Day = TypeVar("Day", int, datetime.date)


def _groups(days: Sequence[tuple[Day, list[Times]]]) -> list[tuple[tuple[Day, Day], list[Times]]]:
    """Group consecutive days with the same hours; return the first and last day and the hours."""
    groups: list[tuple[tuple[Day, Day], list[Times]]] = []
    for day, times in days:
        if groups:
            (first, last), before = groups[-1]
            if sorted(before) == sorted(times) and _is_next(last, day):
                groups[-1] = ((first, day), before)
                continue
        groups.append(((day, day), times))
    return groups


def _is_next(day: Day, other: Day) -> bool:
    if isinstance(day, datetime.date):
        return day + DAY == other
    return day + 1 == other


def _weekday_words(first: int, last: int) -> str:
    if last - first == len(Weekday) - 1:
        return _("Every day")
    return _range_words(str(Weekday(first).label), str(Weekday(last).label), last - first)


def _date_words(first: datetime.date, last: datetime.date) -> str:
    return _range_words(local_date(first, "D j M"), local_date(last, "D j M"), (last - first).days)


def _range_words(first: str, last: str, distance: int) -> str:
    if not distance:
        return first
    words = _("%(first)s and %(last)s") if distance == 1 else _("%(first)s to %(last)s")
    return words % {"first": first, "last": last}
