"""Pickup slots: the times at which an order can be collected. Pure."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cafe_site.shop.service_day import SLOT_LENGTH, ServiceDay, Span


@dataclass(frozen=True, slots=True)
class Slot:
    """A pickup slot of 15 minutes; `start` is UTC."""

    start: datetime.datetime
    is_full: bool = False


@dataclass(frozen=True, slots=True)
class SlotTerms:
    """The terms that decide whether a slot is available.

    `lead` is the longest lead time in the basket; `taken` is the number of orders of each slot that
    has any; without a capacity there is no limit.
    """

    now: datetime.datetime
    lead: datetime.timedelta
    capacity: int | None = None
    taken: Mapping[datetime.datetime, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DaySlots:
    """The remaining slots of one date's hours, including full ones.

    Slots after midnight are included, because customers count them as part of that evening.
    """

    day: datetime.date
    slots: tuple[Slot, ...]
    sentence: str = ""
    is_closed: bool = False
    # Whether the cut-off for orders for this day has passed.
    is_cut_off: bool = False

    @property
    def free_starts(self) -> tuple[datetime.datetime, ...]:
        return tuple(slot.start for slot in self.slots if not slot.is_full)


def slot_starts(spans: Iterable[Span]) -> Iterator[datetime.datetime]:
    """Yield the starts of all slots in the spans, in order; each slot ends within its span."""
    for opens, closes in spans:
        start = opens
        while start + SLOT_LENGTH <= closes:
            yield start
            start += SLOT_LENGTH


def offer_slots(days: Iterable[ServiceDay], terms: SlotTerms) -> list[DaySlots]:
    """Return the slots of each day, including closed and full days, in the given order."""
    return [offer_day(day, terms) for day in days]


def offer_day(day: ServiceDay, terms: SlotTerms) -> DaySlots:
    """Return the slots of one day that start after the lead time."""
    is_cut_off = day.orders_until is not None and terms.now >= day.orders_until
    earliest = terms.now + terms.lead
    slots = [
        Slot(start, is_full=is_full(start, terms))
        for start in slot_starts(day.spans)
        if start >= earliest and not is_cut_off
    ]
    return DaySlots(
        day.day,
        tuple(slots),
        sentence=day.sentence,
        is_closed=day.is_closed,
        is_cut_off=is_cut_off and not day.is_closed,
    )


def is_full(start: datetime.datetime, terms: SlotTerms) -> bool:
    return terms.capacity is not None and terms.taken.get(start, 0) >= terms.capacity


def next_free_start(
    days: Iterable[DaySlots], wanted: datetime.datetime
) -> datetime.datetime | None:
    """Return the first free slot after the wanted one, or else the last before it."""
    free = [start for day in days for start in day.free_starts]
    later = [start for start in free if start > wanted]
    return min(later, default=max(free, default=None))
