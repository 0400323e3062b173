"""Tests of the messages about a missing bake plan."""

import datetime

import pytest

from reports.baking.problems import plan_problem
from reports.models import PlanAttempt
from tests.factories import utc

SUNDAY = datetime.date(2026, 11, 22)
TUESDAY = datetime.date(2026, 11, 24)
LONG_AGO = utc(2020, 1, 1)
FAR_AHEAD = utc(2100, 1, 1)
NO_PLAN = "No bake plan for Tue 24 Nov: it could not be made."
AGAIN = f"{NO_PLAN} The site tries again within half an hour. The dashboard then shows the plan."
GIVEN_UP = f"{NO_PLAN} The next plan is made when the next business day closes."
State = PlanAttempt.State


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "attempts", "lease_expires_at", "expected"),
    [
        (State.MADE, 0, None, ""),
        # Being made for the first time: nothing is wrong yet.
        (State.PLANNING, 1, FAR_AHEAD, ""),
        # Its process died.
        (State.PLANNING, 1, LONG_AGO, AGAIN),
        # One attempt has failed already, whatever comes of the next.
        (State.PLANNING, 2, FAR_AHEAD, AGAIN),
        (State.WAITING, 1, None, AGAIN),
        (State.WAITING, 2, None, AGAIN),
        (State.WAITING, 3, None, GIVEN_UP),
        (State.PLANNING, 3, LONG_AGO, GIVEN_UP),
    ],
)
def test_a_missing_plan_is_explained_by_its_attempt(
    state: PlanAttempt.State,
    attempts: int,
    lease_expires_at: datetime.datetime | None,
    expected: str,
) -> None:
    PlanAttempt.objects.create(
        planned_after=SUNDAY, state=state, attempts=attempts, lease_expires_at=lease_expires_at
    )

    assert plan_problem(SUNDAY, TUESDAY) == expected
