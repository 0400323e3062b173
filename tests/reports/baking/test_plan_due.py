"""Tests of whether a closed day still needs its plan."""

import datetime

import pytest

from cafe_site.shop.models import SpecialDay, SpecialHours
from reports.baking.planning import coming_days
from reports.baking.plans import FARTHEST, is_planned_after
from tests.fixtures.bakery import DAY
from tests.fixtures.shop import SUNDAY


def open_once(day: datetime.date) -> None:
    special = SpecialDay.objects.create(day=day)
    SpecialHours.objects.create(
        special_day=special, opens_at=datetime.time(8), closes_at=datetime.time(18)
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("opens_after", "is_planned"),
    [(1, False), (FARTHEST, False), (FARTHEST + 1, True), (None, True)],
)
def test_a_plan_is_missing_where_the_next_open_day_is_one_that_is_planned(
    opens_after: int | None, *, is_planned: bool
) -> None:
    if opens_after:
        open_once(SUNDAY + DAY * opens_after)

    coming = [opening.day for opening, _coming in coming_days(SUNDAY)]

    assert (bool(coming), is_planned_after(SUNDAY)) == (not is_planned, is_planned)
