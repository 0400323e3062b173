import datetime

import pytest

from cafe_site.shop.models import OrderCutoff, SpecialDay, SpecialHours, Weekday
from cafe_site.shop.opening import (
    last_open_day,
    next_baking_day,
    next_open_day,
    opening_day,
    opening_days,
    running_day,
    service_day_of,
)
from cafe_site.shop.opening_day import OpeningDay
from tests.factories import utc, write_night_hours

SUNDAY = datetime.date(2026, 11, 22)


def time(hour: int, minute: int = 0) -> datetime.time:
    return datetime.time(hour, minute)


@pytest.mark.usefixtures("opening_hours")
def test_a_weekday_without_hours_is_closed() -> None:
    assert opening_day(datetime.date(2026, 11, 23)) == OpeningDay(datetime.date(2026, 11, 23), ())


@pytest.mark.usefixtures("opening_hours")
def test_a_special_day_replaces_the_weekday() -> None:
    SpecialDay.objects.create(day=SUNDAY, sentence="Closed for a wedding.")
    monday = SpecialDay.objects.create(day=datetime.date(2026, 11, 23))
    SpecialHours.objects.create(special_day=monday, opens_at=time(10), closes_at=time(12))

    assert opening_days(SUNDAY, 2) == [
        OpeningDay(SUNDAY, (), "Closed for a wedding.", is_special=True),
        OpeningDay(
            monday.day,
            ((utc(2026, 11, 23, 9), utc(2026, 11, 23, 11)),),
            orders_end=utc(2026, 11, 23, 11),
            is_special=True,
        ),
    ]


@pytest.mark.usefixtures("opening_hours")
def test_the_next_open_day_skips_closed_days() -> None:
    SpecialDay.objects.create(day=datetime.date(2026, 11, 24))

    assert next_open_day(SUNDAY) == datetime.date(2026, 11, 25)


@pytest.mark.django_db
def test_a_shop_without_hours_has_no_next_open_day() -> None:
    assert next_open_day(SUNDAY) is None


@pytest.mark.usefixtures("opening_hours")
def test_a_week_of_days_takes_as_many_queries_as_one(django_assert_num_queries) -> None:
    SpecialDay.objects.create(day=SUNDAY)

    with django_assert_num_queries(4):
        opening_days(SUNDAY, 8)


@pytest.mark.usefixtures("opening_hours")
def test_until_it_opens_today_is_baked_for_then_the_next_open_day() -> None:
    opens = opening_day(SUNDAY).spans[0][0]

    assert next_baking_day(opens - datetime.timedelta(seconds=1)) == SUNDAY
    assert next_baking_day(opens) == next_open_day(SUNDAY)


@pytest.mark.usefixtures("opening_hours")
def test_the_last_open_day_skips_closed_days() -> None:
    SpecialDay.objects.create(day=SUNDAY)

    assert last_open_day(SUNDAY + datetime.timedelta(days=1)) == datetime.date(2026, 11, 21)


@pytest.mark.django_db
def test_a_shop_that_was_always_closed_looks_at_the_day_before() -> None:
    assert last_open_day(SUNDAY) == datetime.date(2026, 11, 21)


FRIDAY = datetime.date(2026, 11, 27)
SATURDAY = datetime.date(2026, 11, 28)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def night_hours(db: None) -> None:
    write_night_hours(Weekday.FRIDAY, Weekday.SATURDAY)


@pytest.mark.usefixtures("night_hours")
def test_a_business_day_has_the_end_of_the_night_before() -> None:
    thursday, friday, saturday, sunday, monday = opening_days(FRIDAY - DAY, 5)

    assert thursday == OpeningDay(FRIDAY - DAY, ())
    assert friday == OpeningDay(
        FRIDAY,
        ((utc(2026, 11, 27, 17), utc(2026, 11, 27, 23)),),
        orders_end=utc(2026, 11, 27, 23),
        night_ends_at=utc(2026, 11, 28, 1),
    )
    assert saturday == OpeningDay(
        SATURDAY,
        (
            (utc(2026, 11, 27, 23), utc(2026, 11, 28, 1)),
            (utc(2026, 11, 28, 17), utc(2026, 11, 28, 23)),
        ),
        orders_end=utc(2026, 11, 28, 23),
        night_ends_at=utc(2026, 11, 29, 1),
    )
    assert sunday == OpeningDay(
        SATURDAY + DAY,
        ((utc(2026, 11, 28, 23), utc(2026, 11, 29, 1)),),
        orders_end=utc(2026, 11, 29, 1),
    )
    assert monday == OpeningDay(SATURDAY + 2 * DAY, ())


@pytest.mark.usefixtures("night_hours")
def test_with_a_day_that_starts_at_four_the_night_is_its_own_day(settings) -> None:
    settings.SHOP_DAY_STARTS_AT = time(4)

    friday, saturday, sunday = opening_days(FRIDAY, 3)

    assert friday.spans == ((utc(2026, 11, 27, 17), utc(2026, 11, 28, 1)),)
    assert (friday.night_ends_at, saturday.night_ends_at) == (None, None)
    assert sunday.is_closed


@pytest.mark.usefixtures("night_hours")
@pytest.mark.parametrize(
    ("weekday", "orders_until", "orders_end"),
    [
        (Weekday.SATURDAY, time(17), utc(2026, 11, 28, 16)),
        # Friday's cut-off ends the orders for the night, and Saturday evening can still be ordered.
        (Weekday.FRIDAY, time(12), utc(2026, 11, 28, 23)),
    ],
)
def test_a_day_can_be_ordered_for_until_its_last_part_is_cut_off(
    weekday: Weekday, orders_until: datetime.time, orders_end: datetime.datetime
) -> None:
    OrderCutoff.objects.create(weekday=weekday, orders_until=orders_until)

    assert opening_day(SATURDAY).orders_end == orders_end


@pytest.mark.usefixtures("night_hours")
def test_a_cut_off_the_evening_before_leaves_the_night() -> None:
    OrderCutoff.objects.create(
        weekday=Weekday.SATURDAY, orders_until=time(12), orders_until_days_before=1
    )

    assert opening_day(SATURDAY).orders_end == utc(2026, 11, 28, 1)


@pytest.mark.usefixtures("night_hours")
@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (utc(2026, 11, 27, 16, 59), FRIDAY),
        (utc(2026, 11, 27, 19), SATURDAY),
        # The night was baked for already: what comes next is Saturday evening.
        (utc(2026, 11, 27, 23, 40), SATURDAY),
        (utc(2026, 11, 28, 10), SATURDAY),
        # Sunday has the end of the night alone.
        (utc(2026, 11, 28, 18), SATURDAY + DAY),
        (utc(2026, 11, 29, 10), FRIDAY + 7 * DAY),
    ],
)
def test_a_night_is_baked_for_with_its_evening(
    now: datetime.datetime, expected: datetime.date
) -> None:
    assert next_baking_day(now) == expected


@pytest.mark.usefixtures("night_hours")
def test_the_end_of_a_night_makes_an_open_day() -> None:
    assert next_open_day(SATURDAY) == SATURDAY + DAY
    assert last_open_day(SATURDAY + 2 * DAY) == SATURDAY + DAY


@pytest.mark.usefixtures("night_hours")
@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (utc(2026, 11, 27, 22, 59), FRIDAY),
        (utc(2026, 11, 28, 0, 59, 59), FRIDAY),
        (utc(2026, 11, 28, 1), SATURDAY),
    ],
)
def test_yesterday_runs_until_its_night_ends(
    now: datetime.datetime, expected: datetime.date
) -> None:
    assert running_day(now).day == expected


@pytest.mark.usefixtures("night_hours")
@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (utc(2026, 11, 27, 18), FRIDAY),
        (utc(2026, 11, 28, 0, 30), FRIDAY),
        (utc(2026, 11, 28, 1), SATURDAY),
        (utc(2026, 11, 30, 12), datetime.date(2026, 11, 30)),
    ],
)
def test_an_instant_is_of_the_date_whose_hours_hold_it(
    instant: datetime.datetime, expected: datetime.date
) -> None:
    assert service_day_of(instant).day == expected
