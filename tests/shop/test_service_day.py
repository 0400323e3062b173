"""Tests of a date's hours as spans: past midnight, over a clock change, overlapping."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from cafe_site.shop.business_day import BusinessCalendar
from cafe_site.shop.service_day import (
    ServiceDay,
    Span,
    Times,
    cutoff_instant,
    end_where_the_next_begins,
    spans_on,
)
from tests.factories import utc

SUNDAY = datetime.date(2026, 11, 22)
SPRING = datetime.date(2026, 3, 29)
AUTUMN = datetime.date(2026, 10, 25)
BERLIN = BusinessCalendar(ZoneInfo("Europe/Berlin"))
FROM_FOUR = BusinessCalendar(ZoneInfo("Europe/Berlin"), datetime.time(4))


def times(*spans: str) -> list[Times]:
    """Return times written as 18:00-02:00."""
    found = []
    for span in spans:
        opens, closes = span.split("-")
        found.append((datetime.time.fromisoformat(opens), datetime.time.fromisoformat(closes)))
    return found


@pytest.mark.parametrize(
    ("calendar", "entered", "expected"),
    [
        (BERLIN, [], ()),
        (
            BERLIN,
            ["14:00-17:00", "09:00-13:00"],
            (
                (utc(2026, 11, 22, 8), utc(2026, 11, 22, 12)),
                (utc(2026, 11, 22, 13), utc(2026, 11, 22, 16)),
            ),
        ),
        # Past midnight they stay whole, whenever the business day starts.
        (BERLIN, ["22:00-02:00"], ((utc(2026, 11, 22, 21), utc(2026, 11, 23, 1)),)),
        (FROM_FOUR, ["22:00-02:00"], ((utc(2026, 11, 22, 21), utc(2026, 11, 23, 1)),)),
        # An hour before the day starts belongs to the night at its end.
        (FROM_FOUR, ["01:00-03:00"], ((utc(2026, 11, 23), utc(2026, 11, 23, 2)),)),
        # The hour at which the day starts is its first one.
        (FROM_FOUR, ["04:00-06:00"], ((utc(2026, 11, 22, 3), utc(2026, 11, 22, 5)),)),
        # Overlapping, within each other, twice the same: once.
        (
            BERLIN,
            ["08:00-14:00", "12:00-18:00", "09:00-10:00", "08:00-14:00"],
            ((utc(2026, 11, 22, 7), utc(2026, 11, 22, 17)),),
        ),
        # Touching is not overlapping.
        (
            BERLIN,
            ["00:00-12:00", "12:00-00:00"],
            (
                (utc(2026, 11, 21, 23), utc(2026, 11, 22, 11)),
                (utc(2026, 11, 22, 11), utc(2026, 11, 22, 23)),
            ),
        ),
    ],
)
def test_entered_times_become_whole_spans(
    calendar: BusinessCalendar, entered: list[str], expected: tuple[Span, ...]
) -> None:
    assert spans_on(SUNDAY, times(*entered), calendar) == expected


@pytest.mark.parametrize(
    ("day", "entered", "expected"),
    [
        # 02:00 to 03:00 does not exist.
        (SPRING, "01:00-04:00", ((utc(2026, 3, 29, 0), utc(2026, 3, 29, 2)),)),
        (SPRING, "02:15-02:45", ()),
        (SPRING, "02:30-03:30", ((utc(2026, 3, 29, 1), utc(2026, 3, 29, 1, 30)),)),
        (SPRING, "01:30-02:30", ((utc(2026, 3, 29, 0, 30), utc(2026, 3, 29, 1)),)),
        # 02:00 to 03:00 comes twice.
        (AUTUMN, "01:00-04:00", ((utc(2026, 10, 24, 23), utc(2026, 10, 25, 3)),)),
        (AUTUMN, "01:00-09:00", ((utc(2026, 10, 24, 23), utc(2026, 10, 25, 8)),)),
    ],
)
def test_spans_follow_the_clock_change(
    day: datetime.date, entered: str, expected: tuple[Span, ...]
) -> None:
    assert spans_on(day, times(entered), BERLIN) == expected


def test_hours_end_where_those_of_the_next_date_begin() -> None:
    friday = ServiceDay(SUNDAY, ((utc(2026, 11, 22, 17), utc(2026, 11, 23, 9)),))
    saturday = ServiceDay(
        datetime.date(2026, 11, 23), ((utc(2026, 11, 23, 7), utc(2026, 11, 23, 17)),)
    )
    closed = ServiceDay(datetime.date(2026, 11, 24), ())

    cut = end_where_the_next_begins([friday, saturday, closed])

    assert [day.spans for day in cut] == [
        ((utc(2026, 11, 22, 17), utc(2026, 11, 23, 7)),),
        saturday.spans,
    ]


@pytest.mark.parametrize(
    ("calendar", "orders_until", "days_before", "expected"),
    [
        (BERLIN, "17:00", 0, utc(2026, 11, 22, 16)),
        (BERLIN, "17:00", 1, utc(2026, 11, 21, 16)),
        # In the night at the end of the hours, up to their end.
        (BERLIN, "01:00", 0, utc(2026, 11, 23, 0)),
        (BERLIN, "02:00", 0, utc(2026, 11, 23, 1)),
        # After the hours have ended it can only be before they begin.
        (BERLIN, "02:01", 0, utc(2026, 11, 22, 1, 1)),
        (BERLIN, "01:00", 1, utc(2026, 11, 21, 0)),
        (FROM_FOUR, "01:00", 0, utc(2026, 11, 23, 0)),
        (FROM_FOUR, "03:00", 1, utc(2026, 11, 22, 2)),
    ],
)
def test_a_cut_off_after_midnight_is_of_that_night(
    calendar: BusinessCalendar,
    orders_until: str,
    days_before: int,
    expected: datetime.datetime,
) -> None:
    spans = spans_on(SUNDAY, times("18:00-02:00"), calendar)
    until = datetime.time.fromisoformat(orders_until)

    assert cutoff_instant(SUNDAY, until, days_before, spans, calendar) == expected
