import datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cafe_site.shop.business_day import BusinessCalendar
from tests.factories import utc

BERLIN = BusinessCalendar(ZoneInfo("Europe/Berlin"))
NIGHT_BAR = BusinessCalendar(ZoneInfo("Europe/Berlin"), datetime.time(4))


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("calendar", "of", "start", "end", "hours"),
    [
        (BERLIN, "2026-11-22", utc(2026, 11, 21, 23), utc(2026, 11, 22, 23), 24),
        (BERLIN, "2026-03-29", utc(2026, 3, 28, 23), utc(2026, 3, 29, 22), 23),
        (BERLIN, "2026-10-25", utc(2026, 10, 24, 22), utc(2026, 10, 25, 23), 25),
        # The night's clock change falls into the day before when the day starts at four.
        (NIGHT_BAR, "2026-10-24", utc(2026, 10, 24, 2), utc(2026, 10, 25, 3), 25),
        (NIGHT_BAR, "2026-10-25", utc(2026, 10, 25, 3), utc(2026, 10, 26, 3), 24),
        # In Beirut the clocks skip midnight itself: the day starts when they were changed.
        (
            BusinessCalendar(ZoneInfo("Asia/Beirut")),
            "2022-03-27",
            utc(2022, 3, 26, 22),
            utc(2022, 3, 27, 21),
            23,
        ),
        # In Havana midnight comes twice: the day starts with the first.
        (
            BusinessCalendar(ZoneInfo("America/Havana")),
            "2025-11-02",
            utc(2025, 11, 2, 4),
            utc(2025, 11, 3, 5),
            25,
        ),
    ],
)
def test_interval_of_a_day(
    calendar: BusinessCalendar,
    of: str,
    start: datetime.datetime,
    end: datetime.datetime,
    hours: int,
) -> None:
    assert calendar.interval_of(day(of)) == (start, end)
    assert end - start == datetime.timedelta(hours=hours)


@pytest.mark.parametrize(
    ("calendar", "instant", "expected"),
    [
        (BERLIN, utc(2026, 11, 22, 22, 59, 59), "2026-11-22"),
        (BERLIN, utc(2026, 11, 22, 23), "2026-11-23"),
        (NIGHT_BAR, utc(2026, 11, 23, 2, 59), "2026-11-22"),
        (NIGHT_BAR, utc(2026, 11, 23, 3), "2026-11-23"),
    ],
)
def test_an_instant_belongs_to_the_day_that_its_interval_holds(
    calendar: BusinessCalendar, instant: datetime.datetime, expected: str
) -> None:
    assert calendar.day_of(instant) == day(expected)


ZONES = sorted(key for key in available_timezones() if not key.startswith("right/"))


INSTANTS = given(
    zone=st.sampled_from(ZONES),
    minutes=st.integers(0, 6 * 60),
    near=st.dates(datetime.date(1995, 1, 1), datetime.date(2037, 12, 1)),
    # Around the start of a day, where it could go wrong: by seconds as well as by hours.
    offset=st.one_of(st.integers(-3, 3), st.integers(-30 * 3600, 30 * 3600)),
)


@pytest.mark.once
@settings(max_examples=500)
@INSTANTS
@example(zone="Pacific/Apia", minutes=0, near=datetime.date(2011, 12, 30), offset=0)
@example(zone="Antarctica/Troll", minutes=120, near=datetime.date(2026, 3, 29), offset=0)
@example(zone="America/Havana", minutes=0, near=datetime.date(2025, 11, 2), offset=1800)
def test_every_instant_belongs_to_exactly_one_day(
    zone: str, minutes: int, near: datetime.date, offset: int
) -> None:
    assert_belongs_to_one_day(zone, minutes, near, offset)


@pytest.mark.once
@pytest.mark.long
@settings(max_examples=5_000)
@INSTANTS
def test_every_instant_of_many_belongs_to_exactly_one_day(
    zone: str, minutes: int, near: datetime.date, offset: int
) -> None:
    assert_belongs_to_one_day(zone, minutes, near, offset)


def assert_belongs_to_one_day(zone: str, minutes: int, near: datetime.date, offset: int) -> None:
    calendar = BusinessCalendar(ZoneInfo(zone), datetime.time(minutes // 60, minutes % 60))
    instant = calendar.start_of(near) + datetime.timedelta(seconds=offset)
    found = calendar.day_of(instant)

    around = [found + datetime.timedelta(days=offset) for offset in (-2, -1, 0, 1, 2)]
    intervals = [calendar.interval_of(other) for other in around]
    holding = [
        other
        for other, (start, end) in zip(around, intervals, strict=True)
        if start <= instant < end
    ]

    assert holding == [found]
    # One day ends where the next one starts: nothing between them, nothing twice.
    assert [end for _start, end in intervals[:-1]] == [start for start, _end in intervals[1:]]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (utc(2026, 11, 22, 23, 29), "2026-11-21"),
        (utc(2026, 11, 22, 23, 30), "2026-11-22"),
    ],
)
def test_a_day_counts_as_closed_after_the_grace_period(
    now: datetime.datetime, expected: str
) -> None:
    grace = datetime.timedelta(minutes=30)

    assert BERLIN.last_closed_day(now, grace=grace) == day(expected)
