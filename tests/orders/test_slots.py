import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_site.orders.slots import (
    DaySlots,
    Slot,
    SlotTerms,
    next_free_start,
    offer_day,
    offer_slots,
)
from cafe_site.shop.business_day import BusinessCalendar
from cafe_site.shop.service_day import SLOT_LENGTH, ServiceDay, spans_on
from tests.factories import utc

SUNDAY = datetime.date(2026, 11, 22)
SPANS = (
    (utc(2026, 11, 22, 8), utc(2026, 11, 22, 8, 50)),
    (utc(2026, 11, 22, 13), utc(2026, 11, 22, 13, 15)),
)
DAY = ServiceDay(SUNDAY, SPANS)
NO_LEAD = datetime.timedelta(0)
EARLY = utc(2026, 11, 20)
DAY_LENGTH = datetime.timedelta(days=1)


def test_each_slot_starts_and_ends_within_its_span() -> None:
    offered = offer_slots([DAY], SlotTerms(EARLY, NO_LEAD))

    assert offered == [
        DaySlots(
            SUNDAY,
            (
                Slot(utc(2026, 11, 22, 8)),
                Slot(utc(2026, 11, 22, 8, 15)),
                Slot(utc(2026, 11, 22, 8, 30)),
                Slot(utc(2026, 11, 22, 13)),
            ),
        )
    ]


@pytest.mark.parametrize(
    ("now", "lead", "first"),
    [
        (utc(2026, 11, 22, 8, 15), 0, utc(2026, 11, 22, 8, 15)),
        (utc(2026, 11, 22, 8, 15), 1, utc(2026, 11, 22, 8, 30)),
        (utc(2026, 11, 22, 8, 20), 20, utc(2026, 11, 22, 13)),
        # The last slot of the day wants its lead time too.
        (utc(2026, 11, 22, 12, 40), 20, utc(2026, 11, 22, 13)),
        (utc(2026, 11, 22, 12, 41), 20, None),
        (utc(2026, 11, 21, 13), 1440, utc(2026, 11, 22, 13)),
        (utc(2026, 11, 21, 13, 1), 1440, None),
    ],
)
def test_the_first_slot_keeps_the_lead_time(
    now: datetime.datetime, lead: int, first: datetime.datetime | None
) -> None:
    offered = offer_day(DAY, SlotTerms(now, datetime.timedelta(minutes=lead)))

    assert next(iter(offered.free_starts), None) == first


@pytest.mark.parametrize(
    ("now", "is_cut_off", "count"),
    [(utc(2026, 11, 21, 16, 59, 59), False, 4), (utc(2026, 11, 21, 17), True, 0)],
)
def test_nothing_is_offered_after_the_cut_off(
    now: datetime.datetime, is_cut_off: bool, count: int
) -> None:
    day = ServiceDay(SUNDAY, SPANS, orders_until=utc(2026, 11, 21, 17))

    offered = offer_day(day, SlotTerms(now, NO_LEAD))

    assert (offered.is_cut_off, len(offered.slots)) == (is_cut_off, count)


def test_a_closed_day_offers_nothing_and_says_why() -> None:
    closed = ServiceDay(SUNDAY, (), "Holiday.")

    assert offer_day(closed, SlotTerms(EARLY, NO_LEAD)) == DaySlots(
        SUNDAY, (), sentence="Holiday.", is_closed=True
    )


@pytest.mark.parametrize(
    ("capacity", "taken", "is_full"), [(None, 99, False), (2, 1, False), (2, 2, True), (0, 0, True)]
)
def test_a_slot_is_full_when_its_capacity_is_taken(
    capacity: int | None, taken: int, is_full: bool
) -> None:
    start = utc(2026, 11, 22, 13)
    terms = SlotTerms(EARLY, NO_LEAD, capacity=capacity, taken={start: taken})

    assert offer_day(DAY, terms).slots[-1] == Slot(start, is_full=is_full)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (utc(2026, 11, 22, 8, 15), utc(2026, 11, 22, 8, 30)),
        (utc(2026, 11, 22, 8, 30), utc(2026, 11, 22, 13)),
        # After the last one, the last free one.
        (utc(2026, 11, 22, 13), utc(2026, 11, 22, 13)),
        (utc(2026, 11, 23, 9), utc(2026, 11, 22, 13)),
    ],
)
def test_the_next_free_slot_follows_the_wanted_one(
    wanted: datetime.datetime, expected: datetime.datetime
) -> None:
    days = offer_slots([DAY], SlotTerms(EARLY, NO_LEAD))

    assert next_free_start(days, wanted) == expected


def test_without_a_free_slot_there_is_no_next() -> None:
    days = offer_slots([DAY], SlotTerms(EARLY, NO_LEAD, capacity=0))

    assert next_free_start(days, EARLY) is None


TIMES = st.times().map(lambda time: time.replace(second=0, microsecond=0))
DAYS = st.dates(datetime.date(2026, 1, 1), datetime.date(2027, 12, 31)) | st.sampled_from(
    # Days of 23 and of 25 hours somewhere.
    [datetime.date(2026, 3, 29), datetime.date(2026, 10, 25), datetime.date(2026, 4, 5)]
)


@given(
    zone=st.sampled_from(
        ["Europe/Berlin", "Asia/Seoul", "America/Havana", "Asia/Beirut", "Australia/Lord_Howe"]
    ),
    starts_at=st.integers(0, 6),
    day=DAYS,
    times=st.lists(st.tuples(TIMES, TIMES), max_size=3),
    minutes_before=st.integers(-1600, 3000),
    lead=st.integers(0, 2000),
    cutoff=st.none() | st.integers(-1600, 3000),
    capacity=st.none() | st.integers(0, 3),
    taken=st.integers(0, 4),
)
def test_no_mix_offers_a_slot_that_cannot_be_kept(
    zone: str,
    starts_at: int,
    day: datetime.date,
    times: list[tuple[datetime.time, datetime.time]],
    minutes_before: int,
    lead: int,
    cutoff: int | None,
    capacity: int | None,
    taken: int,
) -> None:
    calendar = BusinessCalendar(ZoneInfo(zone), datetime.time(starts_at))
    _begin, end = calendar.interval_of(day)
    spans = spans_on(day, times, calendar)
    now = end - datetime.timedelta(minutes=minutes_before)
    until = None if cutoff is None else end - datetime.timedelta(minutes=cutoff)
    every = [start for opens, _closes in spans for start in [opens]]
    terms = SlotTerms(
        now,
        datetime.timedelta(minutes=lead),
        capacity=capacity,
        taken=dict.fromkeys(every, taken),
    )

    offered = offer_day(ServiceDay(day, spans, orders_until=until), terms)

    assert len(offered.free_starts) == len(set(offered.free_starts))
    for start in offered.free_starts:
        assert start >= now + terms.lead
        # Hours that go on after the day's end are offered with it, and are the next day's.
        assert calendar.day_of(start) in (day, day + DAY_LENGTH)
        assert any(opens <= start and start + SLOT_LENGTH <= closes for opens, closes in spans)
        assert until is None or now < until
        assert capacity is None or terms.taken.get(start, 0) < capacity
