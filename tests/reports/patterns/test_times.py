import datetime
from decimal import Decimal
from typing import Any

import pytest

from cafe_site.orders.refunds import refund_order
from cafe_site.shop.business_day import DAY
from cafe_site.shop.models import SpecialDay
from cafe_site.shop.periods import DayRange
from cafe_site.shop.public_holidays import AFTER_HOLIDAY, BEFORE_HOLIDAY, HOLIDAY, ORDINARY
from reports.patterns.rollups import rebuild_days
from reports.patterns.times import (
    DayNet,
    HourSum,
    SpecialDayEffect,
    lead_times,
    special_days,
    trend,
    usual_amount,
    weekday_factors,
    weekday_hours,
)
from tests.factories import make_order, utc
from tests.fixtures.shop import SATURDAY, SUNDAY, WEEK, Shop

FOUR_WEEKS = DayRange(SUNDAY - 4 * WEEK + DAY, SUNDAY)


def test_an_hour_is_the_mean_of_the_open_days_of_its_weekday(shop: Shop) -> None:
    make_order(shop.at(SUNDAY, 9), {shop.cheesecake: 1})
    make_order(shop.at(SUNDAY, 9, 30), {shop.cheesecake: 1})
    make_order(shop.at(SUNDAY - WEEK, 10), {shop.cheesecake: 1})
    make_order(shop.at(SATURDAY, 17), {shop.cheesecake: 2})
    rebuild_days(FOUR_WEEKS.days)

    found = weekday_hours(FOUR_WEEKS)

    net = Decimal("3.93")
    assert found.sums == {
        (6, 9): HourSum(2, 2 * net),
        (6, 10): HourSum(1, net),
        (5, 17): HourSum(1, Decimal("7.85")),
    }
    # Two of the four Sundays had an order: the mean is of those two.
    assert found.open_days == {6: 2, 5: 1}
    assert found.hours == (9, 10, 17)


def test_hours_after_midnight_come_last(shop: Shop, settings: Any) -> None:
    settings.SHOP_DAY_STARTS_AT = datetime.time(4)
    make_order(shop.at(SUNDAY, 23), {shop.coffee: 1})
    make_order(shop.at(SUNDAY + DAY, 1), {shop.coffee: 1})
    # An hour that would come after midnight too, were the start added.
    make_order(shop.at(SUNDAY, 5), {shop.coffee: 1})
    rebuild_days([SUNDAY])

    assert weekday_hours(DayRange(SUNDAY, SUNDAY)).hours == (5, 23, 1)


def test_lead_times_are_counted_by_their_step(shop: Shop) -> None:
    noon = shop.at(SUNDAY, 12)
    for hours in (0.5, 1, 2.9, 30):
        make_order(noon, {shop.coffee: 1}, placed_at=noon - datetime.timedelta(hours=hours))
    rebuild_days([SUNDAY])

    assert lead_times(DayRange(SUNDAY, SUNDAY)) == [1, 2, 0, 0, 1, 0, 0]


def nets(first: datetime.date, *values: int, ordinary: bool = True) -> list[DayNet]:
    return [
        DayNet(first + DAY * place, min(value, 1), Decimal(value), ordinary)
        for place, value in enumerate(values)
    ]


def test_a_weekday_is_its_mean_beside_the_mean_of_the_weekdays() -> None:
    saturday = nets(SATURDAY, 140, 0, 0, 0, 0, 0, 0, 160)
    sunday = nets(SUNDAY, 40, 0, 0, 0, 0, 0, 0, 60)

    # The shop was closed on the days between: their mean is nothing.
    factors = weekday_factors(row for row in (*saturday, *sunday) if row.is_open)

    assert factors == {5: 1.5, 6: 0.5}


def test_days_that_are_not_ordinary_teach_no_weekday() -> None:
    weekends = [*nets(SATURDAY, 100, 100), *nets(SATURDAY - WEEK, 100, 100)]
    rows = [*weekends, *nets(SATURDAY - 2 * WEEK, 900, ordinary=False)]

    assert weekday_factors(rows) == {5: 1.0, 6: 1.0}


def test_a_weekday_of_one_day_is_beside_nothing() -> None:
    rows = [*nets(SATURDAY, 900, 100), *nets(SUNDAY - WEEK, 100)]

    assert weekday_factors(rows) == {6: 1.0}


def test_a_weekday_that_sold_nothing_divides_nothing(shop: Shop) -> None:
    """Whatever a refund takes away: the day was open, and the page stands."""
    for day in FOUR_WEEKS.days:
        order = make_order(shop.at(day, 9), {shop.cheesecake: 1})
        if day.weekday() == 5:
            refund_order(order.pk, Decimal("4.20"), reason="Cold", by=None, now=utc(2026, 11, 23))
    rebuild_days(FOUR_WEEKS.days)

    found = trend(FOUR_WEEKS)

    assert found is not None
    assert 5 not in found.weekday_factors
    assert len(found.days) == 24


def test_a_first_half_that_sold_nothing_has_no_change(shop: Shop) -> None:
    for day in FOUR_WEEKS.days:
        order = make_order(shop.at(day, 9), {shop.cheesecake: 1})
        if day <= FOUR_WEEKS.days[13]:
            refund_order(order.pk, Decimal("4.20"), reason="Cold", by=None, now=utc(2026, 11, 23))
    rebuild_days(FOUR_WEEKS.days)

    found = trend(FOUR_WEEKS)

    assert found is not None
    assert len(found.days) == 28
    assert found.change is None


def test_a_trend_has_no_weekdays_in_it(shop: Shop) -> None:
    """Saturdays sell double; what is left of four like weeks is a level line."""
    for day in FOUR_WEEKS.days:
        if day.weekday() != 0:
            make_order(shop.at(day, 9), {shop.cheesecake: 20 if day.weekday() == 5 else 10})
    rebuild_days(FOUR_WEEKS.days)

    found = trend(FOUR_WEEKS)

    assert found is not None
    assert len(found.days) == 24
    for day in found.days:
        assert day.smooth == pytest.approx(day.adjusted)
        assert day.low == pytest.approx(day.high)
    assert found.change == pytest.approx(0)
    assert found.weekday_factors[5] == pytest.approx(2 * found.weekday_factors[6])


def test_a_trend_tells_how_much_more_the_second_half_sold(shop: Shop) -> None:
    for place, day in enumerate(FOUR_WEEKS.days):
        make_order(shop.at(day, 9), {shop.cheesecake: 10 if place < 14 else 12})
    rebuild_days(FOUR_WEEKS.days)

    found = trend(FOUR_WEEKS)

    assert found is not None
    assert found.change == pytest.approx(0.2, abs=0.001)


def test_too_few_days_have_no_trend(shop: Shop) -> None:
    for day in FOUR_WEEKS.days[:13]:
        make_order(shop.at(day, 9), {shop.cheesecake: 1})
    rebuild_days(FOUR_WEEKS.days)

    assert trend(FOUR_WEEKS) is None


def test_a_special_day_is_held_against_its_weekday_around(shop: Shop) -> None:
    for weeks, quantity in ((1, 10), (2, 20), (3, 30), (0, 40), (5, 999)):
        make_order(shop.at(SUNDAY - WEEK * weeks, 9), {shop.cheesecake: quantity})
    SpecialDay.objects.create(day=SUNDAY, sentence="Open house.")
    rebuild_days(DayRange(SUNDAY - 5 * WEEK, SUNDAY).days)

    (effect,) = special_days(DayRange(SUNDAY, SUNDAY))

    # The median of 10, 20 and 30; five weeks before is too far away.
    assert effect == SpecialDayEffect(
        SUNDAY, ORDINARY, True, True, "Open house.", Decimal("157.01"), Decimal("78.50")
    )
    assert effect.effect == pytest.approx(1.0, abs=0.001)


def test_the_usual_is_an_amount_of_the_currency(shop: Shop) -> None:
    for weeks, quantity in ((1, 1), (2, 1), (3, 3), (4, 3), (0, 40)):
        make_order(shop.at(SUNDAY - WEEK * weeks, 9), {shop.cheesecake: quantity})
    SpecialDay.objects.create(day=SUNDAY)
    rebuild_days(DayRange(SUNDAY - 4 * WEEK, SUNDAY).days)

    (effect,) = special_days(DayRange(SUNDAY, SUNDAY))

    # Between 3.93 and 11.78.
    assert str(effect.expected_amount) == "7.86"


def test_with_fewer_than_three_ordinary_days_nothing_is_usual() -> None:
    two = {SUNDAY - WEEK: Decimal(10), SUNDAY + WEEK: Decimal(30)}

    assert usual_amount(SUNDAY, two) is None
    assert usual_amount(SUNDAY, two | {SUNDAY - 2 * WEEK: Decimal(20)}) == Decimal(20)


def test_holidays_and_the_days_beside_them_are_found(shop: Shop, settings: Any) -> None:
    settings.SHOP_COUNTRY = "DE"
    # The Day of German Unity, 3 October, is a Saturday in 2026.
    days = DayRange(datetime.date(2026, 9, 28), datetime.date(2026, 10, 4))
    for day in days.days:
        make_order(shop.at(day, 9), {shop.coffee: 1})
    rebuild_days(days.days)

    found = special_days(days)

    assert [(effect.day.day, effect.holiday) for effect in found] == [
        (4, AFTER_HOLIDAY),
        (3, HOLIDAY),
        (2, BEFORE_HOLIDAY),
    ]
    assert {effect.expected_amount for effect in found} == {None}


def test_the_weekly_closing_day_is_no_special_day(shop: Shop) -> None:
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 1})
    rebuild_days(DayRange(SUNDAY - WEEK, SUNDAY).days)

    assert special_days(DayRange(SUNDAY - WEEK, SUNDAY)) == []
