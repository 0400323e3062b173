"""When the shop is open on a given day, read from its hours."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from cafe_site.shop.business_day import DAY, BusinessCalendar
from cafe_site.shop.models import (
    Cutoff,
    OpeningHours,
    OrderCutoff,
    PickupRules,
    SpecialDay,
)
from cafe_site.shop.money import Currency

# A shop that opens on none of these is on holiday, and nobody knows until when.
DAYS_TO_LOOK_AHEAD = 60


@dataclass(frozen=True, slots=True)
class OpeningDay:
    """A business day of the shop: its spans in UTC, ends excluded, and a sentence for customers."""

    day: datetime.date
    spans: tuple[tuple[datetime.datetime, datetime.datetime], ...]
    sentence: str = ""
    # The instant from which no order for this day is taken any more; None for no such limit.
    orders_until: datetime.datetime | None = None
    # Whether it has hours of its own, or is closed, as no other day of its weekday.
    is_special: bool = False

    @property
    def is_closed(self) -> bool:
        return not self.spans


def shop_calendar() -> BusinessCalendar:
    return BusinessCalendar(settings.SHOP_ZONE, settings.SHOP_DAY_STARTS_AT)


def shop_currency() -> Currency:
    return Currency(settings.SHOP_CURRENCY)


def spans_on(
    day: datetime.date,
    times: Iterable[tuple[datetime.time, datetime.time]],
    calendar: BusinessCalendar,
) -> tuple[tuple[datetime.datetime, datetime.datetime], ...]:
    """Return local opening times as UTC spans, cut to the business day, in order.

    Times before the hour at which the day starts belong to the night at its end. A time that the
    clocks skip is the moment just after; a span that vanishes with it is left out.
    """
    start, end = calendar.interval_of(day)
    spans = []
    for opens_at, closes_at in times:
        opens_on = day if opens_at >= calendar.day_starts_at else day + DAY
        closes_on = opens_on if closes_at > opens_at else opens_on + DAY
        opens = datetime.datetime.combine(opens_on, opens_at, tzinfo=calendar.zone)
        closes = datetime.datetime.combine(closes_on, closes_at, tzinfo=calendar.zone)
        span = max(opens.astimezone(datetime.UTC), start), min(closes.astimezone(datetime.UTC), end)
        if span[0] < span[1]:
            spans.append(span)
    return tuple(sorted(spans))


def opening_days(first: datetime.date, count: int) -> list[OpeningDay]:
    """Return `count` business days from `first` on, in four queries whatever the count."""
    calendar = shop_calendar()
    cutoffs: dict[int, Cutoff] = {row.weekday: row for row in OrderCutoff.objects.all()}
    weekdays: dict[int, list[tuple[datetime.time, datetime.time]]] = {}
    for hours in OpeningHours.objects.all():
        weekdays.setdefault(hours.weekday, []).append(hours.times)
    last = first + DAY * (count - 1)
    special_days = {
        special.day: special
        for special in SpecialDay.objects.filter(day__range=(first, last)).prefetch_related("hours")
    }
    days = []
    for day in (first + DAY * offset for offset in range(count)):
        special = special_days.get(day)
        times = (
            weekdays.get(day.weekday(), [])
            if special is None
            else [hours.times for hours in special.hours.all()]
        )
        own_cutoff = special if special and special.orders_until else cutoffs.get(day.weekday())
        days.append(
            OpeningDay(
                day,
                spans_on(day, times, calendar),
                sentence=special.sentence if special else "",
                orders_until=cutoff_of(day, own_cutoff, calendar),
                is_special=special is not None,
            )
        )
    return days


def cutoff_of(
    day: datetime.date, cutoff: Cutoff | None, calendar: BusinessCalendar
) -> datetime.datetime | None:
    """Return the instant, in UTC, that ends the taking of orders for a day."""
    if cutoff is None or cutoff.orders_until is None:
        return None
    on = day - DAY * cutoff.orders_until_days_before
    local = datetime.datetime.combine(on, cutoff.orders_until, tzinfo=calendar.zone)
    return local.astimezone(datetime.UTC)


def pickup_rules() -> PickupRules:
    """Return the terms of ordering: the owners' row, or the defaults while there is none."""
    return PickupRules.objects.first() or PickupRules(pk=1)


def pause_orders(until: datetime.datetime | None) -> None:
    """Take no orders until an instant, or take them again from now on (None)."""
    PickupRules.objects.update_or_create(pk=1, defaults={"paused_until": until})


def opening_day(day: datetime.date) -> OpeningDay:
    return opening_days(day, 1)[0]


def next_baking_day(now: datetime.datetime) -> datetime.date:
    """Return the day that is baked for next: today until it opens, then the next open day."""
    today = opening_day(shop_calendar().day_of(now))
    if today.spans and now < today.spans[0][0]:
        return today.day
    return next_open_day(today.day) or today.day


def last_open_day(day: datetime.date) -> datetime.date:
    """Return the last open day before `day`, or the day before when the last were all closed."""
    days = [other.day for other in opening_days(day - DAY * 14, 14) if not other.is_closed]
    return days[-1] if days else day - DAY


def next_open_day(day: datetime.date) -> datetime.date | None:
    """Return the first open day after `day`, or None when the next sixty are all closed."""
    days = opening_days(day + DAY, DAYS_TO_LOOK_AHEAD)
    return next((other.day for other in days if not other.is_closed), None)
