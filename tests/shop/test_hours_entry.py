"""Tests of entering opening hours: unusable hours are refused with a remedy."""

import datetime
from collections import UserList
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from time_machine import travel

from cafe_site.shop.hours_entry import Neighbour, problem_alone, problem_among, problem_beside
from cafe_site.shop.models import OpeningHours, SpecialDay, SpecialHours, Weekday
from tests.factories import utc

MIDNIGHT, FOUR = datetime.time(0), datetime.time(4)
# A Thursday.
NOW = utc(2026, 11, 26, 12)


def times(span: str) -> tuple[datetime.time, datetime.time]:
    opens, closes = span.split("-")
    return datetime.time.fromisoformat(opens), datetime.time.fromisoformat(closes)


def hours(weekday: int, span: str) -> OpeningHours:
    opens, closes = times(span)
    return OpeningHours(weekday=weekday, opens_at=opens, closes_at=closes)


def problems_of(row: OpeningHours | SpecialHours) -> dict[str, list[str]]:
    try:
        row.full_clean(exclude={"special_day"})
    except ValidationError as error:
        return error.message_dict
    return {}


@pytest.mark.parametrize(
    ("there", "entered", "problems"),
    [
        ([], (4, "18:00-02:00"), {}),
        ([], (4, "00:00-23:59"), {}),
        ([(4, "08:00-12:00")], (4, "12:00-18:00"), {}),
        ([(4, "00:00-12:00")], (4, "12:00-00:00"), {}),
        ([(4, "18:00-02:00")], (5, "02:00-12:00"), {}),
        ([(5, "18:00-02:00")], (4, "18:00-02:00"), {}),
        (
            [],
            (4, "08:00-08:00"),
            {
                "closes_at": [
                    "The shop would open and close at 08:00. Enter another closing time. For a "
                    "shop that never closes, enter 00:00 to 12:00 and 12:00 to 00:00."
                ]
            },
        ),
        (
            [],
            (4, "23:50-00:04"),
            {
                "closes_at": [
                    "23:50 to 00:04 is shorter than a pickup slot of 15 minutes, so nothing could "
                    "be collected. Enter a later closing time."
                ]
            },
        ),
        (
            [(4, "12:00-18:00")],
            (4, "08:00-14:00"),
            {
                "opens_at": [
                    "08:00 to 14:00 overlaps 12:00 to 18:00. Change one of them, or enter both as "
                    "one: 08:00 to 18:00."
                ]
            },
        ),
        (
            [(4, "18:00-02:00")],
            (4, "18:00-20:00"),
            {
                "opens_at": [
                    "18:00 to 20:00 overlaps 18:00 to 02:00. Change one of them, or enter both as "
                    "one: 18:00 to 02:00."
                ]
            },
        ),
        (
            [(5, "08:00-18:00")],
            (4, "18:00-10:00"),
            {
                "opens_at": [
                    "18:00 to 10:00 runs into the hours of Saturday, which begin at 08:00. Close "
                    "at 08:00 or earlier, or change the hours of Saturday first."
                ]
            },
        ),
        # The day after Sunday is Monday.
        (
            [(6, "20:00-03:00")],
            (0, "02:30-12:00"),
            {
                "opens_at": [
                    "The hours of Sunday, 20:00 to 03:00, go on until 03:00, so 02:30 to 12:00 "
                    "begins too early. Open at 03:00 or later, or change the hours of Sunday first."
                ]
            },
        ),
    ],
)
@pytest.mark.django_db
def test_hours_of_a_weekday_are_refused_with_the_remedy(
    there: list[tuple[int, str]], entered: tuple[int, str], problems: dict[str, list[str]]
) -> None:
    for weekday, span in there:
        hours(weekday, span).save()

    assert problems_of(hours(*entered)) == problems


@pytest.mark.django_db
def test_a_row_is_not_held_against_itself() -> None:
    row = hours(Weekday.FRIDAY, "18:00-02:00")
    row.save()
    row.closes_at = datetime.time(3)

    assert problems_of(row) == {}


@pytest.mark.parametrize(
    ("day_starts_at", "is_refused"),
    # From four on, 01:00 to 03:00 is the night at the end of the day, and 22:00 comes before it.
    [(MIDNIGHT, False), (FOUR, True)],
)
def test_spans_are_held_against_each_other_within_the_business_day(
    day_starts_at: datetime.time, is_refused: bool
) -> None:
    problem = problem_among(
        times("01:00-03:00"), [times("22:00-02:00")], day_starts_at=day_starts_at
    )

    assert bool(problem) == is_refused


def test_at_a_day_start_of_four_a_night_does_not_run_into_an_early_hour_of_the_same_name() -> None:
    neighbours = {
        "before": Neighbour("Thursday", [times("22:00-03:00")]),
        "after": Neighbour("Saturday", [times("22:00-03:00")]),
    }

    assert problem_beside(times("22:00-03:00"), day_starts_at=FOUR, **neighbours) == ""


def test_spans_that_fill_more_than_a_day_cannot_be_one() -> None:
    problem = problem_among(times("20:00-18:00"), [times("02:00-21:00")], day_starts_at=MIDNIGHT)

    assert problem == "20:00 to 18:00 overlaps 02:00 to 21:00. Change one of them."


def save_special_day(client: Client, day: str, *spans: str) -> Any:
    form: dict[str, Any] = {
        "day": day,
        "orders_until_days_before": 0,
        "hours-TOTAL_FORMS": len(spans),
        "hours-INITIAL_FORMS": 0,
    }
    for place, span in enumerate(spans):
        opens, closes = span.split("-")
        form |= {f"hours-{place}-opens_at": opens, f"hours-{place}-closes_at": closes}
    return client.post("/admin/shop/specialday/add/", form)


def problems_shown(answer: Any) -> list[str]:
    """Return what the admin's form says, of its fields and of its rows as a whole."""
    return [
        str(problem)
        for found in answer.context["errors"]
        for problem in (found if isinstance(found, list | UserList) else [found])
    ]


@pytest.mark.parametrize(
    ("spans", "problems"),
    [
        ([], []),
        (["18:00-02:00"], []),
        (["02:00-04:00", "18:00-02:00"], []),
        (
            ["08:00-14:00", "12:00-18:00"],
            [
                "12:00 to 18:00 overlaps 08:00 to 14:00. Change one of them, or enter both as "
                "one: 08:00 to 18:00."
            ],
        ),
        (
            ["18:00-11:00"],
            [
                "18:00 to 11:00 runs into the hours of Sunday 29 November, which begin at 10:00. "
                "Close at 10:00 or earlier, or change the hours of Sunday 29 November first."
            ],
        ),
        # The night before belongs to the day before.
        (
            ["01:00-05:00"],
            [
                "The hours of Friday 27 November, 18:00 to 02:00, go on until 02:00, so 01:00 to "
                "05:00 begins too early. Open at 02:00 or later, or change the hours of Friday 27 "
                "November first."
            ],
        ),
        (
            ["09:00-09:00"],
            [
                "The shop would open and close at 09:00. Enter another closing time. For a shop "
                "that never closes, enter 00:00 to 12:00 and 12:00 to 00:00."
            ],
        ),
    ],
)
def test_hours_of_a_special_day_are_held_against_the_days_around_it(
    office: Client, spans: list[str], problems: list[str]
) -> None:
    hours(Weekday.FRIDAY, "18:00-02:00").save()
    hours(Weekday.SUNDAY, "10:00-18:00").save()

    answer = save_special_day(office, "2026-11-28", *spans)

    assert answer.status_code == (200 if problems else 302)
    assert SpecialDay.objects.count() == (0 if problems else 1)
    if problems:
        assert problems_shown(answer) == problems


def test_a_special_day_beside_another_is_held_against_its_own_hours(office: Client) -> None:
    hours(Weekday.SUNDAY, "10:00-18:00").save()
    SpecialDay.objects.create(day=datetime.date(2026, 11, 29))

    # Sunday is closed this time.
    assert save_special_day(office, "2026-11-28", "18:00-11:00").status_code == 302


@travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("weekday", "opens", "closes", "problem"),
    [
        (
            Weekday.FRIDAY,
            "18:00",
            "02:00",
            "18:00 to 02:00 runs into the hours of Saturday 28 November, which begin at 01:00. "
            "Close at 01:00 or earlier, or change the hours of Saturday 28 November first.",
        ),
        (
            Weekday.SUNDAY,
            "02:00",
            "12:00",
            "The hours of Saturday 28 November, 22:00 to 03:00, go on until 03:00, so 02:00 to "
            "12:00 begins too early. Open at 03:00 or later, or change the hours of Saturday 28 "
            "November first.",
        ),
        (Weekday.FRIDAY, "18:00", "01:00", ""),
        (Weekday.SATURDAY, "18:00", "02:00", ""),
    ],
)
def test_hours_of_a_weekday_are_held_against_the_special_days_to_come(
    office: Client, weekday: int, opens: str, closes: str, problem: str
) -> None:
    for day in (datetime.date(2026, 11, 21), datetime.date(2026, 11, 28)):
        special = SpecialDay.objects.create(day=day)
        for span in ("01:00-04:00", "22:00-03:00"):
            opens_at, closes_at = times(span)
            SpecialHours.objects.create(special_day=special, opens_at=opens_at, closes_at=closes_at)

    answer = office.post(
        "/admin/shop/openinghours/add/",
        {"weekday": int(weekday), "opens_at": opens, "closes_at": closes},
    )

    assert answer.status_code == (200 if problem else 302)
    if problem:
        assert problems_shown(answer) == [problem]


def test_a_form_without_a_time_asks_for_it(office: Client) -> None:
    answer = office.post(
        "/admin/shop/openinghours/add/", {"weekday": 4, "opens_at": "", "closes_at": "25:00"}
    )

    assert problems_shown(answer) == [
        "This field is empty. Fill it in or choose a value.",
        "This is not a time of day. Enter one such as 08:30.",
    ]


@pytest.mark.parametrize(
    ("span", "is_refused"),
    [
        # Of a bakery that opens before its business day starts, an hour would be sold elsewhere.
        ("03:30-12:00", True),
        ("00:00-23:59", True),
        ("00:00-12:00", True),
        ("02:00-01:00", True),
        # The night at the end of the day, and what begins with it.
        ("01:00-04:00", False),
        ("04:00-12:00", False),
        ("18:00-02:00", False),
        ("16:00-04:00", False),
    ],
)
def test_hours_that_begin_before_the_business_day_are_refused(span: str, is_refused: bool) -> None:
    opens, closes = map(datetime.time.fromisoformat, span.split("-"))

    problem = problem_alone((opens, closes), day_starts_at=datetime.time(4))

    assert bool(problem) is is_refused
    if is_refused:
        assert "begins before 04:00, when the shop's day begins. Open at 04:00 or later." in problem


def test_a_shop_that_never_closes_is_told_its_hours_by_its_own_day() -> None:
    problem = problem_alone((datetime.time(8), datetime.time(8)), day_starts_at=datetime.time(4))

    assert problem.endswith("enter 04:00 to 16:00 and 16:00 to 04:00.")
