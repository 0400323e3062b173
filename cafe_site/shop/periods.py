"""Weeks, months and other ranges of business days. Pure."""

import datetime
from dataclasses import dataclass
from enum import StrEnum

from cafe_site.shop.business_day import DAY


class PeriodKind(StrEnum):
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Period:
    """A week from Monday on (ISO 8601) or a calendar month; both days belong to it."""

    kind: PeriodKind
    first: datetime.date
    last: datetime.date

    @property
    def days(self) -> tuple[datetime.date, ...]:
        count = (self.last - self.first).days + 1
        return tuple(self.first + DAY * offset for offset in range(count))


@dataclass(frozen=True, slots=True)
class DayRange:
    """Any number of business days in a row; both ends belong to it."""

    first: datetime.date
    last: datetime.date

    @property
    def count(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def days(self) -> tuple[datetime.date, ...]:
        return tuple(self.first + DAY * offset for offset in range(self.count))

    @property
    def before(self) -> "DayRange":
        """As many days, just before."""
        return DayRange(self.first - DAY * self.count, self.first - DAY)


def period_with(day: datetime.date, kind: PeriodKind) -> Period:
    """Return the week or the month that a day lies in."""
    if kind == PeriodKind.WEEKLY:
        monday = day - DAY * day.weekday()
        return Period(kind, monday, monday + DAY * 6)
    first = day.replace(day=1)
    next_month = (first + DAY * 31).replace(day=1)
    return Period(kind, first, next_month - DAY)


def period_before(period: Period) -> Period:
    return period_with(period.first - DAY, period.kind)


def year_before(period: Period) -> Period:
    """Return the same month of the year before."""
    return period_with(period.first.replace(year=period.first.year - 1), period.kind)


def closed_periods(kind: PeriodKind, last_day: datetime.date, *, count: int) -> list[Period]:
    """Return the newest periods that end on `last_day` at the latest, oldest first."""
    # The day after the last closed one: a period that ends today is the one before its own.
    period = period_with(last_day + DAY, kind)
    periods = []
    for _ in range(count):
        period = period_before(period)
        periods.append(period)
    return periods[::-1]
