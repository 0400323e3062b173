"""Service days: the hours of one date up to their end, be it after midnight. Pure.

A business day is what is counted; a service day is what customers mean by "Friday evening". The
two differ where hours go on past the time at which a business day starts.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from cafe_site.shop.business_day import DAY, BusinessCalendar

# Two local times as an owner entered them; a span that closes first goes on past midnight.
Times = tuple[datetime.time, datetime.time]
# In so long a stretch of its hours the shop hands out the orders of one pickup slot.
SLOT_LENGTH = datetime.timedelta(minutes=15)
# A half-open stretch of UTC.
Span = tuple[datetime.datetime, datetime.datetime]


@dataclass(frozen=True, slots=True)
class ServiceDay:
    """The hours that begin on a date: whole spans in UTC, in order, none of them overlapping.

    Spans may go on past the end of the business day of that date.
    """

    day: datetime.date
    spans: tuple[Span, ...]
    sentence: str = ""
    # The instant from which no order for these hours is taken any more; None for no such limit.
    orders_until: datetime.datetime | None = None
    # Whether the date has hours of its own, or is closed, as no other day of its weekday.
    is_special: bool = False
    # The spans as owners entered them.
    times: tuple[Times, ...] = ()
    # The spans that the weekday would have had; only of a special day.
    usual_spans: tuple[Span, ...] = ()

    @property
    def is_closed(self) -> bool:
        return not self.spans

    def is_open_at(self, instant: datetime.datetime) -> bool:
        return any(opens <= instant < closes for opens, closes in self.spans)


def spans_on(
    day: datetime.date, times: Iterable[Times], calendar: BusinessCalendar
) -> tuple[Span, ...]:
    """Return local opening times as whole UTC spans, in order; those that overlap become one.

    Times before the hour at which the day starts belong to the night at its end. A time that the
    clocks skip is the moment of the change; a span that vanishes with it is left out.
    """
    spans: list[Span] = []
    for opens_at, closes_at in times:
        opens_on = date_of(day, opens_at, calendar)
        closes_on = opens_on if closes_at > opens_at else opens_on + DAY
        opens = calendar.instant_of(opens_on, opens_at)
        closes = calendar.instant_of(closes_on, closes_at)
        if opens < closes:
            spans.append((opens, closes))
    merged: list[Span] = []
    for opens, closes in sorted(spans):
        # Spans that only touch stay apart: each begins its own quarters of an hour.
        if merged and opens < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
        else:
            merged.append((opens, closes))
    return tuple(merged)


def date_of(day: datetime.date, time: datetime.time, calendar: BusinessCalendar) -> datetime.date:
    """Return the date on which a business day has a local time: its own, or the next one."""
    return day if time >= calendar.day_starts_at else day + DAY


def cut_spans(
    spans: Iterable[Span], start: datetime.datetime, end: datetime.datetime
) -> tuple[Span, ...]:
    """Return the parts of spans that lie between two instants."""
    cut = ((max(opens, start), min(closes, end)) for opens, closes in spans)
    return tuple((opens, closes) for opens, closes in cut if opens < closes)


def end_where_the_next_begins(days: Sequence[ServiceDay]) -> list[ServiceDay]:
    """Return all but the last of consecutive days, none of them reaching into the next one.

    Owners cannot enter such hours; rows that came another way must not offer a slot twice.
    """
    return [
        replace(day, spans=cut_spans(day.spans, day.spans[0][0], following.spans[0][0]))
        if day.spans and following.spans
        else day
        for day, following in pairwise(days)
    ]


def cutoff_instant(
    day: datetime.date,
    orders_until: datetime.time,
    days_before: int,
    spans: Iterable[Span],
    calendar: BusinessCalendar,
) -> datetime.datetime:
    """Return the instant, in UTC, that ends the taking of orders for a date's hours.

    A time of the day itself that lies in its hours past midnight means that night: at hours of
    18:00 to 02:00, 01:00 is one hour before the end, not seventeen hours before the start.
    """
    on = date_of(day - DAY * days_before, orders_until, calendar)
    until = calendar.instant_of(on, orders_until)
    if days_before == 0:
        in_the_night = calendar.instant_of(on + DAY, orders_until)
        if any(opens < in_the_night <= closes for opens, closes in spans):
            return in_the_night
    return until
