"""Tests of the shop's models: opening hours with a time that is missing."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from cafe_site.shop.models import OpeningHours, PickupRules, Weekday


@pytest.mark.parametrize(
    ("times", "has_times"),
    [
        ({"opens_at": datetime.time(8), "closes_at": datetime.time(18)}, True),
        ({"opens_at": datetime.time(8), "closes_at": None}, False),
        ({"opens_at": None, "closes_at": datetime.time(18)}, False),
        ({"opens_at": None, "closes_at": None}, False),
    ],
)
def test_hours_have_times_when_both_are_set(
    times: dict[str, datetime.time | None], has_times: bool
) -> None:
    assert OpeningHours(weekday=Weekday.MONDAY, **times).has_times == has_times


def test_hours_without_an_end_are_refused_at_the_end_alone(db: None) -> None:
    with pytest.raises(ValidationError) as refused:
        OpeningHours(weekday=Weekday.MONDAY, opens_at=datetime.time(8)).full_clean()

    assert list(refused.value.message_dict) == ["closes_at"]


def test_pickup_rules_without_a_limit_and_a_pause_are_valid(db: None) -> None:
    PickupRules(slot_capacity=None, paused_until=None).full_clean()
