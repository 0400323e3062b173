"""Service days: the opening hours that begin on a date, even if they end after midnight. Pure.

Figures are counted by business day. A service day is what customers mean by "Friday evening". The
two differ if hours go on past the start of the next business day.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from cafe_site.shop.business_day import DAY, BusinessCalendar

# Opening and closing time as entered; if closing comes first, the span goes on past midnight.
Times = tuple[datetime.time, datetime.time]
# The length of a pickup slot.
SLOT_LENGTH = datetime.timedelta(minutes=15)
# A half-open interval in UTC.
Span = tuple[datetime.datetime, datetime.datetime]


@dataclass(frozen=True, slots=True)
class ServiceDay:
    """The hours that begin on a date: spans in UTC, in order and without overlap.

    Spans may go on past the end of that date's business day.
    """

    day: datetime.date
    spans: tuple[Span, ...]
    sentence: str = ""
    # Orders for these hours are taken until this instant; None for no limit.
    orders_until: datetime.datetime | None = None
    # Whether the date is a special day, with its own hours or closed.
    is_special: bool = False
    # The spans as owners entered them.
    times: tuple[Times, ...] = ()
    # The usual spans of the weekday; only for a special day.
    usual_spans: tuple[Span, ...] = ()

    @property
    def is_closed(self) -> bool:
        return not self.spans

    def is_open_at(self, instant: datetime.datetime) -> bool:
        return any(opens <= instant < closes for opens, closes in self.spans)


def spans_on(
    day: datetime.date, times: Iterable[Times], calendar: BusinessCalendar
) -> tuple[Span, ...]:
    """Return local opening times as UTC spans, in order; overlapping ones are merged.

    Times before the start of the business day belong to the night at its end. A skipped time
    becomes the moment of the clock change; a span that becomes empty is left out.
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
        # Spans that only touch are not merged: pickup slots start at the beginning of each span.
        if merged and opens < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
        else:
            merged.append((opens, closes))
    return tuple(merged)


def date_of(day: datetime.date, time: datetime.time, calendar: BusinessCalendar) -> datetime.date:
    """Return the calendar date of a local time within a business day: its own or the next."""
    return day if time >= calendar.day_starts_at else day + DAY


def cut_spans(
    spans: Iterable[Span], start: datetime.datetime, end: datetime.datetime
) -> tuple[Span, ...]:
    """Return the parts of spans that lie between two instants."""
    cut = ((max(opens, start), min(closes, end)) for opens, closes in spans)
    return tuple((opens, closes) for opens, closes in cut if opens < closes)


def end_where_the_next_begins(days: Sequence[ServiceDay]) -> list[ServiceDay]:
    """Return consecutive days except the last, cut so that none overlaps the next.

    Owners cannot enter overlapping hours, but rows from elsewhere must not offer a slot twice.
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
    """Return the instant, in UTC, until which orders for a date's hours are taken.

    A cut-off on the day itself that falls in the hours past midnight means that night: with hours
    of 18:00 to 02:00, 01:00 is one hour before the end, not 17 hours before the start.
    """
    on = date_of(day - DAY * days_before, orders_until, calendar)
    until = calendar.instant_of(on, orders_until)
    if days_before == 0:
        in_the_night = calendar.instant_of(on + DAY, orders_until)
        if any(opens < in_the_night <= closes for opens, closes in spans):
            return in_the_night
    return until
