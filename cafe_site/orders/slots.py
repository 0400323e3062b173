"""Pickup slots: when an order may be collected. Pure."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from cafe_site.shop.opening import OpeningDay

SLOT_LENGTH = datetime.timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class DaySlots:
    """The slots that one business day still offers, as the UTC instants they start at."""

    day: datetime.date
    starts: tuple[datetime.datetime, ...]
    sentence: str
    is_closed: bool


def slot_starts(day: OpeningDay, *, earliest: datetime.datetime) -> tuple[datetime.datetime, ...]:
    """Return the starts of a day's slots from `earliest` on; each ends within its span."""
    starts = []
    for opens, closes in day.spans:
        start = opens
        while start + SLOT_LENGTH <= closes:
            if start >= earliest:
                starts.append(start)
            start += SLOT_LENGTH
    return tuple(starts)


def offer_slots(days: Iterable[OpeningDay], *, earliest: datetime.datetime) -> list[DaySlots]:
    """Return what each day offers, closed and exhausted days included, in the order given."""
    return [
        DaySlots(day.day, slot_starts(day, earliest=earliest), day.sentence, day.is_closed)
        for day in days
    ]
