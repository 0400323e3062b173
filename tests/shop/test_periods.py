import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_site.shop.periods import (
    Period,
    PeriodKind,
    closed_periods,
    period_before,
    period_with,
    year_before,
)

WEEKLY, MONTHLY = PeriodKind.WEEKLY, PeriodKind.MONTHLY


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("kind", "inside", "first", "last"),
    [
        (WEEKLY, "2026-11-16", "2026-11-16", "2026-11-22"),
        (WEEKLY, "2026-11-22", "2026-11-16", "2026-11-22"),
        # ISO 8601: the week belongs to no year alone.
        (WEEKLY, "2027-01-01", "2026-12-28", "2027-01-03"),
        (MONTHLY, "2026-11-30", "2026-11-01", "2026-11-30"),
        (MONTHLY, "2026-12-01", "2026-12-01", "2026-12-31"),
        (MONTHLY, "2028-02-29", "2028-02-01", "2028-02-29"),
    ],
)
def test_a_day_lies_in_one_period(kind: PeriodKind, inside: str, first: str, last: str) -> None:
    assert period_with(day(inside), kind) == Period(kind, day(first), day(last))


@pytest.mark.parametrize(
    ("kind", "last_day", "expected"),
    [
        (WEEKLY, "2026-11-21", ["2026-11-08", "2026-11-15"]),
        (WEEKLY, "2026-11-22", ["2026-11-15", "2026-11-22"]),
        (MONTHLY, "2026-11-29", ["2026-09-30", "2026-10-31"]),
        (MONTHLY, "2026-11-30", ["2026-10-31", "2026-11-30"]),
    ],
)
def test_a_period_is_closed_with_its_last_day(
    kind: PeriodKind, last_day: str, expected: list[str]
) -> None:
    closed = closed_periods(kind, day(last_day), count=2)

    assert [period.last for period in closed] == [day(text) for text in expected]


@given(st.dates(datetime.date(1990, 1, 1), datetime.date(2100, 1, 1)), st.sampled_from(PeriodKind))
def test_periods_follow_each_other_without_a_gap(some: datetime.date, kind: PeriodKind) -> None:
    period = period_with(some, kind)

    assert some in period.days
    assert {period_with(other, kind) for other in period.days} == {period}
    assert period_before(period).last + datetime.timedelta(days=1) == period.first


def test_the_same_month_of_the_year_before() -> None:
    assert year_before(period_with(day("2028-02-29"), MONTHLY)) == Period(
        MONTHLY, day("2027-02-01"), day("2027-02-28")
    )
