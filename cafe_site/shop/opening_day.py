"""Opening days: a business day of the shop with its hours. Pure."""

import datetime
from dataclasses import dataclass

from cafe_site.shop.business_day import BusinessCalendar
from cafe_site.shop.service_day import ServiceDay, Span, cut_spans


@dataclass(frozen=True, slots=True)
class OpeningDay:
    """A business day of the shop: its spans in UTC, ends excluded, and a sentence for customers.

    The end of a night that began on the day before belongs to it: a weekday without hours of its
    own is then open until that night ends.
    """

    day: datetime.date
    spans: tuple[Span, ...]
    sentence: str = ""
    # Until when something of this day can be ordered; None for a closed day.
    orders_end: datetime.datetime | None = None
    # Whether its hours differ from those of other days of its weekday.
    is_special: bool = False
    # When the hours that begin on it end, where that is after the day itself.
    night_ends_at: datetime.datetime | None = None

    @property
    def is_closed(self) -> bool:
        return not self.spans


def business_day_of(before: ServiceDay, own: ServiceDay, calendar: BusinessCalendar) -> OpeningDay:
    """Return a business day: what its date's hours have of it, and the end of the night before."""
    start, end = calendar.interval_of(own.day)
    night = cut_spans(before.spans, start, end)
    hours = cut_spans(own.spans, start, end)
    ends = [
        min(day.orders_until, spans[-1][1]) if day.orders_until else spans[-1][1]
        for day, spans in ((before, night), (own, hours))
        if spans
    ]
    own_start = own.spans[0][0] if own.spans else end
    is_night_special = before.is_special and night != cut_spans(
        before.usual_spans, start, own_start
    )
    closes = own.spans[-1][1] if own.spans else end
    return OpeningDay(
        own.day,
        night + hours,
        sentence=own.sentence,
        orders_end=max(ends, default=None),
        is_special=own.is_special or is_night_special,
        night_ends_at=closes if closes > end else None,
    )
