import datetime
from zoneinfo import ZoneInfo

import pytest

from cafe_site.shop.business_day import BusinessCalendar
from cafe_site.shop.models import SpecialDay, SpecialHours
from cafe_site.shop.opening import (
    OpeningDay,
    last_open_day,
    next_baking_day,
    next_open_day,
    opening_day,
    opening_days,
    spans_on,
)
from tests.factories import utc

SUNDAY = datetime.date(2026, 11, 22)
BERLIN = BusinessCalendar(ZoneInfo("Europe/Berlin"))


def time(hour: int, minute: int = 0) -> datetime.time:
    return datetime.time(hour, minute)


@pytest.mark.parametrize(
    ("calendar", "times", "expected"),
    [
        (BERLIN, [], ()),
        (
            BERLIN,
            [(time(14), time(17)), (time(9), time(13))],
            (
                (utc(2026, 11, 22, 8), utc(2026, 11, 22, 12)),
                (utc(2026, 11, 22, 13), utc(2026, 11, 22, 16)),
            ),
        ),
        # Past midnight: cut where the next business day starts.
        (BERLIN, [(time(22), time(2))], ((utc(2026, 11, 22, 21), utc(2026, 11, 22, 23)),)),
        (
            BusinessCalendar(ZoneInfo("Europe/Berlin"), time(4)),
            [(time(22), time(2))],
            ((utc(2026, 11, 22, 21), utc(2026, 11, 23, 1)),),
        ),
        # An hour before the day starts belongs to the night at its end.
        (
            BusinessCalendar(ZoneInfo("Europe/Berlin"), time(4)),
            [(time(1), time(3))],
            ((utc(2026, 11, 23), utc(2026, 11, 23, 2)),),
        ),
    ],
)
def test_opening_times_become_spans_of_the_business_day(
    calendar: BusinessCalendar,
    times: list[tuple[datetime.time, datetime.time]],
    expected: tuple[object, ...],
) -> None:
    assert spans_on(SUNDAY, times, calendar) == expected


def test_a_span_follows_the_clock_change() -> None:
    spans = spans_on(datetime.date(2026, 10, 25), [(time(1), time(9))], BERLIN)

    assert spans == ((utc(2026, 10, 24, 23), utc(2026, 10, 25, 8)),)


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
        OpeningDay(monday.day, ((utc(2026, 11, 23, 9), utc(2026, 11, 23, 11)),), is_special=True),
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
