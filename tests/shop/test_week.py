"""Tests of the week's hours in words: grouped, past midnight, with coming special days."""

import datetime

import pytest
from django.utils.translation import override

from cafe_site.shop.models import OpeningHours, SpecialDay, SpecialHours
from cafe_site.shop.week import span_texts, week_rows

pytestmark = pytest.mark.django_db
# A Saturday; Christmas Eve is the Thursday after it.
TODAY = datetime.date(2026, 12, 19)
EVE = datetime.date(2026, 12, 24)


def times(span: str) -> tuple[datetime.time, datetime.time]:
    opens, closes = span.split("-")
    return datetime.time.fromisoformat(opens), datetime.time.fromisoformat(closes)


def write_week(**hours: str) -> None:
    """Write hours such as mon="09:00-13:00 14:00-17:00"; weekdays left out are closed."""
    for weekday, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun")):
        for span in hours.get(name, "").split():
            opens_at, closes_at = times(span)
            OpeningHours.objects.create(weekday=weekday, opens_at=opens_at, closes_at=closes_at)


def make_special(day: datetime.date, *spans: str) -> None:
    special = SpecialDay.objects.create(day=day)
    for span in spans:
        opens_at, closes_at = times(span)
        SpecialHours.objects.create(special_day=special, opens_at=opens_at, closes_at=closes_at)


def words(today: datetime.date = TODAY) -> list[str]:
    return [row.words for row in week_rows(today)]


def test_weekdays_with_the_same_hours_stand_together() -> None:
    write_week(
        tue="08:00-18:00",
        wed="08:00-18:00",
        thu="08:00-18:00",
        fri="18:00-02:00",
        sat="18:00-02:00",
        sun="14:00-17:00 09:00-13:00",
    )

    assert words() == [
        "Monday: closed",
        "Tuesday to Thursday: 08:00 to 18:00",
        "Friday and Saturday: 18:00 to 02:00",
        "Sunday: 09:00 to 13:00, 14:00 to 17:00",
    ]


def test_a_shop_without_hours_has_no_rows() -> None:
    assert words() == []


def test_a_week_that_is_the_same_every_day_is_one_row() -> None:
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    write_week(**dict.fromkeys(names, "00:00-12:00 12:00-00:00"))

    assert words() == ["Every day: open all day"]


def test_the_special_days_of_the_coming_week_follow_by_date() -> None:
    write_week(mon="08:00-18:00")
    # Yesterday, and a week from today: neither is of this week.
    make_special(TODAY - datetime.timedelta(days=1))
    make_special(TODAY + datetime.timedelta(days=7))
    make_special(TODAY, "10:00-12:00")
    make_special(EVE, "08:00-13:00", "14:00-16:00")
    make_special(EVE + datetime.timedelta(days=1))

    assert words() == [
        "Monday: 08:00 to 18:00",
        "Tuesday to Sunday: closed",
        "Sat 19 Dec: 10:00 to 12:00",
        "Thu 24 Dec: 08:00 to 13:00, 14:00 to 16:00",
        "Fri 25 Dec: closed",
    ]


def test_special_days_that_follow_each_other_stand_together() -> None:
    write_week(mon="08:00-18:00")
    for offset in (1, 2, 3, 5):
        make_special(TODAY + datetime.timedelta(days=offset))

    assert words()[2:] == [
        "Sun 20 Dec to Tue 22 Dec: closed",
        "Thu 24 Dec: closed",
    ]


def test_the_words_are_in_the_visitors_language() -> None:
    write_week(tue="18:00-02:00", wed="18:00-02:00", thu="18:00-02:00")

    with override("zh-hans"):
        assert words() == [
            "星期一：休息",  # noqa: RUF001
            "星期二至星期四：18:00 至 02:00",  # noqa: RUF001
            "星期五至星期日：休息",  # noqa: RUF001
        ]


def test_a_week_is_one_query(django_assert_num_queries) -> None:
    write_week(mon="08:00-18:00")
    make_special(EVE, "08:00-13:00")
    make_special(EVE + datetime.timedelta(days=1))

    with django_assert_num_queries(1):
        week_rows(TODAY)


@pytest.mark.parametrize(
    ("day_starts_at", "spans", "expected"),
    [
        (0, ["08:00-12:00", "12:00-18:00"], ["08:00 to 18:00"]),
        # Rows that nobody could enter.
        (0, ["08:00-14:00", "12:00-18:00", "09:00-10:00"], ["08:00 to 18:00"]),
        (0, ["20:00-18:00", "02:00-21:00"], ["open all day"]),
        (0, ["18:00-02:00", "12:00-14:00"], ["12:00 to 14:00", "18:00 to 02:00"]),
        # From four on the day's last hour is the one at night.
        (4, ["01:00-03:00", "22:00-00:00"], ["22:00 to 00:00", "01:00 to 03:00"]),
        (4, ["00:00-12:00", "12:00-00:00"], ["open all day"]),
        (0, ["00:00-23:59"], ["00:00 to 23:59"]),
    ],
)
def test_spans_that_touch_are_shown_as_one(
    settings, day_starts_at: int, spans: list[str], expected: list[str]
) -> None:
    settings.SHOP_DAY_STARTS_AT = datetime.time(day_starts_at)

    assert span_texts([times(span) for span in spans]) == expected
