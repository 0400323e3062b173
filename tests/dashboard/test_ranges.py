import datetime

import pytest

from cafe_site.dashboard.ranges import RangeRefused, chosen_days, other_days
from cafe_site.shop.periods import DayRange

NEWEST = datetime.date(2026, 11, 22)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def days(first: str, last: str) -> DayRange:
    return DayRange(day(first), day(last))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, days("2026-10-26", "2026-11-22")),
        ({"period": "7"}, days("2026-11-16", "2026-11-22")),
        ({"period": "365"}, days("2025-11-23", "2026-11-22")),
        ({"period": "month"}, days("2026-11-01", "2026-11-22")),
        ({"period": "last-month"}, days("2026-10-01", "2026-10-31")),
        ({"first": "2026-11-01", "last": "2026-11-03"}, days("2026-11-01", "2026-11-03")),
        # What is not closed yet is cut off.
        ({"first": "2026-11-20", "last": "2026-12-31"}, days("2026-11-20", "2026-11-22")),
    ],
)
def test_an_address_names_its_days(query: dict[str, str], expected: DayRange) -> None:
    chosen = chosen_days(query, NEWEST)

    assert chosen.days == expected
    named = dict(part.split("=") for part in chosen.query.split("&"))
    assert chosen_days(named, NEWEST) == chosen


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"period": "9"}, "“9” is not a period. Choose one of those below."),
        (
            {"first": "2026-11-03", "last": "2026-11-01"},
            "2026-11-03 comes after 2026-11-01. Enter them the other way round.",
        ),
        (
            {"first": "2026-11-23", "last": "2026-11-24"},
            "2026-11-23 is not over yet. Choose 2026-11-22 or an earlier day.",
        ),
        (
            {"first": "soon", "last": "2026-11-22"},
            "“soon” is not a day. Write it as 2026-11-22.",
        ),
        ({"first": "2026-11-22"}, "“” is not a day. Write it as 2026-11-22."),
        (
            {"first": "2020-01-01", "last": "2026-11-22"},
            "2518 days are too many to show together. Choose at most 1098 days.",
        ),
    ],
)
def test_days_that_cannot_be_are_refused(query: dict[str, str], sentence: str) -> None:
    with pytest.raises(RangeRefused) as refused:
        chosen_days(query, NEWEST)

    assert str(refused.value) == sentence


def test_earlier_and_later_move_by_as_many_days() -> None:
    chosen = chosen_days({"first": "2026-11-09", "last": "2026-11-15"}, NEWEST)

    assert chosen.earlier.days == days("2026-11-02", "2026-11-08")
    assert chosen.later is not None
    assert chosen.later.days == days("2026-11-16", "2026-11-22")
    assert chosen.later.later is None


def test_later_is_cut_where_nothing_is_closed() -> None:
    chosen = chosen_days({"first": "2026-11-13", "last": "2026-11-19"}, NEWEST)

    assert chosen.later is not None
    assert chosen.later.days == days("2026-11-20", "2026-11-22")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, days("2026-11-09", "2026-11-15")),
        ({"with": "week"}, days("2026-11-09", "2026-11-15")),
        # The same weekdays, 52 weeks before.
        ({"with": "year"}, days("2025-11-17", "2025-11-23")),
        ({"with_first": "2026-05-01", "with_last": "2026-05-02"}, days("2026-05-01", "2026-05-02")),
    ],
)
def test_a_range_is_held_against_another(query: dict[str, str], expected: DayRange) -> None:
    other = other_days(query, days("2026-11-16", "2026-11-22"), NEWEST)

    assert other.days == expected
    named = dict(part.split("=") for part in other.query.split("&"))
    assert other_days(named, days("2026-11-16", "2026-11-22"), NEWEST) == other


def test_a_range_is_held_against_nothing_unknown() -> None:
    with pytest.raises(RangeRefused, match="“moon” is not a period"):
        other_days({"with": "moon"}, days("2026-11-16", "2026-11-22"), NEWEST)
