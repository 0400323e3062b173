"""Tests of days on and beside public holidays, also at the turn of a year."""

import datetime
from typing import Any

import pytest

from cafe_site.shop.public_holidays import (
    AFTER_HOLIDAY,
    BEFORE_HOLIDAY,
    HOLIDAY,
    ORDINARY,
    kinds_of_days,
)

DAYS = {
    "2026-12-23": ORDINARY,
    "2026-12-24": BEFORE_HOLIDAY,
    "2026-12-25": HOLIDAY,
    "2026-12-26": HOLIDAY,
    "2026-12-27": AFTER_HOLIDAY,
    # Beside a holiday of another year.
    "2026-12-31": BEFORE_HOLIDAY,
    "2027-01-01": HOLIDAY,
    "2027-01-02": AFTER_HOLIDAY,
    "2027-01-03": ORDINARY,
}


@pytest.mark.parametrize(("day", "kind"), DAYS.items())
def test_a_day_alone_is_of_the_same_kind_as_among_others(
    settings: Any, day: str, kind: int
) -> None:
    settings.SHOP_COUNTRY = "DE"
    days = [datetime.date.fromisoformat(text) for text in DAYS]

    assert kinds_of_days([datetime.date.fromisoformat(day)]) == [kind]
    assert kinds_of_days(days) == list(DAYS.values())


@pytest.mark.parametrize(
    ("country", "kinds"),
    [
        # Epiphany, 6 January: in Bavaria, not in Berlin.
        ("DE-BY", [BEFORE_HOLIDAY, HOLIDAY, AFTER_HOLIDAY]),
        ("DE-BE", [ORDINARY, ORDINARY, ORDINARY]),
        ("", [ORDINARY, ORDINARY, ORDINARY]),
        ("XX", [ORDINARY, ORDINARY, ORDINARY]),
    ],
)
def test_a_region_has_holidays_of_its_own(settings: Any, country: str, kinds: list[int]) -> None:
    settings.SHOP_COUNTRY = country

    assert kinds_of_days([datetime.date(2027, 1, day) for day in (5, 6, 7)]) == kinds
    assert kinds_of_days([]) == []
