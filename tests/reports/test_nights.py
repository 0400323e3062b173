"""Tests of reports and plans of a shop whose hours continue past midnight."""

import datetime

import pytest

from cafe_site.shop.models import SpecialDay, SpecialHours, Weekday
from cafe_site.shop.opening import opening_day
from reports.baking.planning import coming_days
from reports.baking.times_of_day import TimesOfDay, usual_pickup_times
from reports.content.daily import build_report
from reports.figures.comparable_days import days_to_compare
from reports.figures.summary import summarize_day
from reports.messages.daily_message import render_text
from tests.factories import ProductFactory, make_order, utc, write_night_hours

FRIDAY = datetime.date(2026, 11, 27)
SATURDAY = datetime.date(2026, 11, 28)
SUNDAY = datetime.date(2026, 11, 29)
MONDAY = datetime.date(2026, 11, 30)


@pytest.fixture
def night_shop(db: None) -> None:
    write_night_hours(Weekday.FRIDAY, Weekday.SATURDAY)


@pytest.mark.usefixtures("night_shop")
def test_an_order_after_midnight_is_in_the_report_of_its_business_day() -> None:
    cake = ProductFactory()
    make_order(utc(2026, 11, 28, 22, 45), {cake: 1})
    make_order(utc(2026, 11, 28, 23, 30), {cake: 2})

    reports = {day: summarize_day(day) for day in (SATURDAY, SUNDAY, MONDAY)}

    assert {day: (report.totals.items, report.is_closed) for day, report in reports.items()} == {
        SATURDAY: (1, False),
        # Closed by its weekday, and open until two by the night before.
        SUNDAY: (2, False),
        MONDAY: (0, True),
    }


@pytest.mark.usefixtures("night_shop")
@pytest.mark.parametrize(
    ("day", "words"),
    [
        (SUNDAY, "The shop was open but had no orders."),
        (MONDAY, "The shop was closed and had no orders."),
    ],
)
def test_the_end_of_a_night_is_no_closed_day(day: datetime.date, words: str) -> None:
    text = render_text(build_report(day), shop="Linde", revision=None, history_url="")

    assert words in text.replace("\n", " ").replace("  ", " ")


@pytest.mark.usefixtures("night_shop")
def test_the_day_after_a_night_is_the_next_open_day_and_is_compared() -> None:
    cake = ProductFactory()
    make_order(utc(2026, 11, 14, 22, 45), {cake: 1})
    make_order(utc(2026, 11, 28, 23, 30), {cake: 3}, placed_at=utc(2026, 11, 28, 19))

    ahead = summarize_day(SATURDAY).ordered_ahead

    assert ahead is not None
    assert (ahead.business_day, ahead.items) == (SUNDAY, 3)
    assert days_to_compare(SUNDAY, weeks=2) == [
        datetime.date(2026, 11, 22),
        datetime.date(2026, 11, 15),
    ]
    assert [opening.day for opening, _coming in coming_days(FRIDAY)][:3] == [
        SATURDAY,
        SUNDAY,
        datetime.date(2026, 12, 4),
    ]


@pytest.mark.usefixtures("night_shop")
def test_a_day_has_the_share_of_its_own_evening_and_of_the_night_before() -> None:
    cake = ProductFactory()
    for pickup_at in (
        # At half past midnight, one, seven, nine and half past eleven of a Saturday.
        *(utc(2026, 11, 20, 23, 30), utc(2026, 11, 21, 0), utc(2026, 11, 21, 18)),
        *(utc(2026, 11, 21, 20), utc(2026, 11, 21, 22, 30)),
    ):
        make_order(pickup_at, {cake: 1})
    pickup_times = usual_pickup_times(SATURDAY)

    assert isinstance(pickup_times, TimesOfDay)
    assert pickup_times.share_within(opening_day(SATURDAY)) == pytest.approx(1.0)
    # Two of five are picked up before two o'clock: all that Sunday is open for.
    assert pickup_times.share_within(opening_day(SUNDAY)) == pytest.approx(0.4)


@pytest.mark.usefixtures("night_shop")
def test_a_special_night_makes_the_day_that_it_ends_on_special() -> None:
    long = SpecialDay.objects.create(day=SATURDAY)
    SpecialHours.objects.create(
        special_day=long, opens_at=datetime.time(18), closes_at=datetime.time(4)
    )

    saturday, sunday, monday = (opening_day(day) for day in (SATURDAY, SUNDAY, MONDAY))

    assert (saturday.is_special, sunday.is_special, monday.is_special) == (True, True, False)
    assert sunday.spans == ((utc(2026, 11, 28, 23), utc(2026, 11, 29, 3)),)


@pytest.mark.usefixtures("night_shop")
def test_a_special_day_with_the_usual_night_leaves_the_next_one_usual() -> None:
    early = SpecialDay.objects.create(day=SATURDAY)
    SpecialHours.objects.create(
        special_day=early, opens_at=datetime.time(12), closes_at=datetime.time(2)
    )

    assert [opening_day(day).is_special for day in (SATURDAY, SUNDAY)] == [True, False]


@pytest.mark.usefixtures("night_shop")
def test_a_closed_special_day_is_open_until_the_night_before_it_ends() -> None:
    SpecialDay.objects.create(day=SATURDAY, sentence="Closed for a wedding.")

    saturday, sunday = opening_day(SATURDAY), opening_day(SUNDAY)

    assert saturday.spans == ((utc(2026, 11, 27, 23), utc(2026, 11, 28, 1)),)
    assert (saturday.is_closed, saturday.is_special) == (False, True)
    # Without its Saturday night the Sunday is closed, as no other Sunday.
    assert (sunday.is_closed, sunday.is_special) == (True, True)
