"""Opening times of a given day, computed from the shop's hours."""

import datetime
from collections.abc import Iterable
from itertools import pairwise

from django.conf import settings

from cafe_site.shop.business_day import DAY, BusinessCalendar
from cafe_site.shop.models import Cutoff, OpeningHours, OrderCutoff, PickupRules, SpecialDay
from cafe_site.shop.money import Currency
from cafe_site.shop.opening_day import OpeningDay, business_day_of
from cafe_site.shop.service_day import (
    ServiceDay,
    Span,
    Times,
    cutoff_instant,
    end_where_the_next_begins,
    spans_on,
)

# A shop that is closed for this long is on holiday, with no known end.
DAYS_TO_LOOK_AHEAD = 60


def shop_calendar() -> BusinessCalendar:
    return BusinessCalendar(settings.SHOP_ZONE, settings.SHOP_DAY_STARTS_AT)


def shop_currency() -> Currency:
    return Currency(settings.SHOP_CURRENCY)


def service_days(first: datetime.date, count: int) -> list[ServiceDay]:
    """Return the hours of `count` dates from `first` on, in four queries for any count."""
    calendar = shop_calendar()
    cutoffs: dict[int, Cutoff] = {row.weekday: row for row in OrderCutoff.objects.all()}
    weekdays: dict[int, list[Times]] = {}
    for hours in OpeningHours.objects.all():
        weekdays.setdefault(hours.weekday, []).append(hours.times)
    # One day more, because a date's hours end where those of the next date begin.
    dates = [first + DAY * offset for offset in range(count + 1)]
    special_days = {
        special.day: special
        for special in SpecialDay.objects.filter(day__range=(dates[0], dates[-1])).prefetch_related(
            "hours"
        )
    }
    days = []
    for day in dates:
        special = special_days.get(day)
        usual = tuple(weekdays.get(day.weekday(), ()))
        times = usual if special is None else tuple(hours.times for hours in special.hours.all())
        own_cutoff = special if special and special.orders_until else cutoffs.get(day.weekday())
        spans = spans_on(day, times, calendar)
        days.append(
            ServiceDay(
                day,
                spans,
                sentence=special.sentence if special else "",
                orders_until=cutoff_of(day, own_cutoff, spans, calendar),
                is_special=special is not None,
                times=times,
                usual_spans=spans_on(day, usual, calendar) if special else (),
            )
        )
    return end_where_the_next_begins(days)


def opening_days(first: datetime.date, count: int) -> list[OpeningDay]:
    """Return `count` business days from `first` on, in four queries for any count."""
    calendar = shop_calendar()
    days = service_days(first - DAY, count + 1)
    return [business_day_of(before, own, calendar) for before, own in pairwise(days)]


def cutoff_of(
    day: datetime.date,
    cutoff: Cutoff | None,
    spans: Iterable[Span],
    calendar: BusinessCalendar,
) -> datetime.datetime | None:
    """Return the cut-off for orders for a date's hours, in UTC."""
    if cutoff is None or cutoff.orders_until is None:
        return None
    return cutoff_instant(
        day, cutoff.orders_until, cutoff.orders_until_days_before, spans, calendar
    )


def service_day_of(instant: datetime.datetime) -> ServiceDay:
    """Return the date whose hours contain an instant, or else that of its business day."""
    before, own = service_days(shop_calendar().day_of(instant) - DAY, 2)
    return before if before.is_open_at(instant) else own


def running_day(now: datetime.datetime) -> OpeningDay:
    """Return today, or yesterday while its hours last past midnight."""
    yesterday, today = opening_days(shop_calendar().day_of(now) - DAY, 2)
    is_night = yesterday.night_ends_at is not None and now < yesterday.night_ends_at
    return yesterday if is_night else today


def pickup_rules() -> PickupRules:
    """Return the owners' pickup rules, or the defaults if there are none."""
    return PickupRules.objects.first() or PickupRules(pk=1)


def pause_orders(until: datetime.datetime | None) -> None:
    """Pause orders until an instant, or resume them now (None)."""
    PickupRules.objects.update_or_create(pk=1, defaults={"paused_until": until})


def opening_day(day: datetime.date) -> OpeningDay:
    return opening_days(day, 1)[0]


def next_baking_day(now: datetime.datetime) -> datetime.date:
    """Return the next day to bake for: today until its hours begin, then the next."""
    # Not the opening of the business day: the night before was already baked for.
    [today] = service_days(shop_calendar().day_of(now), 1)
    if today.spans and now < today.spans[0][0]:
        return today.day
    return next_open_day(today.day) or today.day


def last_open_day(day: datetime.date) -> datetime.date:
    """Return the last open day before `day`, or the day before if there is none nearby."""
    days = [other.day for other in opening_days(day - DAY * 14, 14) if not other.is_closed]
    return days[-1] if days else day - DAY


def next_open_day(day: datetime.date) -> datetime.date | None:
    """Return the first open day after `day`, or None if the next sixty are closed."""
    days = opening_days(day + DAY, DAYS_TO_LOOK_AHEAD)
    return next((other.day for other in days if not other.is_closed), None)
