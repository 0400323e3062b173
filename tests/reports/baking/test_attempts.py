"""Tests that a failed plan does not stop the report, and is tried again after it."""

import datetime
import json
from collections.abc import Callable
from typing import Any

import pytest

from cafe_site.accounts.models import User
from reports.baking import attempts
from reports.baking.planning import plan_baking
from reports.baking.problems import plan_problem
from reports.due import run_due_reports
from reports.models import BakePlanLine, PlanAttempt, PlanAttemptQuerySet, Report
from tests.factories import utc
from tests.fixtures.bakery import CLOSED, DAY, TUESDAY, stock
from tests.fixtures.shop import SUNDAY, Shop
from tests.recording_publisher import RecordingPublisher

LONG_AGO = utc(2020, 1, 1)
FAR_AHEAD = utc(2100, 1, 1)
NO_PLAN = "No bake plan for Tue 24 Nov: it could not be made."
AGAIN = "The site tries again within half an hour. The dashboard then shows the plan."
GIVEN_UP = "The next plan is made when the next business day closes."


class RecordingPlan:
    """Makes the plan, and records each day with the count of daily reports by then."""

    def __init__(self) -> None:
        self.calls: list[tuple[datetime.date, int]] = []

    def __call__(self, day: datetime.date) -> None:
        self.calls.append((day, Report.objects.daily().count()))
        plan_baking(day)


class BrokenPlan:
    """Fails as a process does that has no memory left, and records each day."""

    def __init__(self) -> None:
        self.calls: list[datetime.date] = []

    def __call__(self, day: datetime.date) -> None:
        self.calls.append(day)
        raise MemoryError


@pytest.fixture
def planned() -> RecordingPlan:
    return RecordingPlan()


@pytest.fixture
def broken() -> BrokenPlan:
    return BrokenPlan()


def attempt_that_died(day: datetime.date = SUNDAY, **fields: Any) -> PlanAttempt:
    """Write what a process leaves behind that is killed while it plans."""
    return PlanAttempt.objects.create(
        planned_after=day,
        **{
            "state": PlanAttempt.State.PLANNING,
            "attempts": 1,
            "fence": 1,
            "lease_expires_at": LONG_AGO,
            "started_at": LONG_AGO,
            **fields,
        },
    )


def reports_of(day: datetime.date = SUNDAY) -> int:
    return Report.objects.filter(kind=Report.Kind.DAILY, business_day=day).count()


def report_text() -> str:
    report = Report.objects.get(kind=Report.Kind.DAILY, business_day=SUNDAY, revision=1)
    return " ".join(report.text.split())


def end_waits() -> None:
    PlanAttempt.objects.filter(not_before__isnull=False).update(not_before=LONG_AGO)


def test_a_plan_is_made_before_its_report_and_once(bakery: Shop, planned: RecordingPlan) -> None:
    for _ in range(2):
        run_due_reports(now=CLOSED, publisher=RecordingPublisher(), plan=planned)

    assert planned.calls == [(SUNDAY, 0)]
    attempt = PlanAttempt.objects.get()
    assert (attempt.planned_after, attempt.state, attempt.attempts) == (SUNDAY, "made", 0)
    assert attempt.finished_at is not None
    assert "could not be made" not in report_text()


def test_the_attempt_is_recorded_before_planning_begins(bakery: Shop) -> None:
    seen: list[tuple[str, int, object]] = []

    def look(_day: datetime.date) -> None:
        row = PlanAttempt.objects.get()
        seen.append((row.state, row.attempts, row.finished_at))

    run_due_reports(now=CLOSED, publisher=None, plan=look)

    assert seen == [("planning", 1, None)]


def test_after_an_attempt_that_died_the_report_goes_first(
    bakery: Shop, planned: RecordingPlan, caplog: pytest.LogCaptureFixture
) -> None:
    attempt_that_died()
    publisher = RecordingPublisher()

    run_due_reports(now=CLOSED, publisher=publisher, plan=planned)

    # All days that were missed were reported by then.
    assert planned.calls == [(SUNDAY, 14)]
    assert f"BAKE PLAN for Tuesday 24 November {NO_PLAN} {AGAIN}" in report_text()
    report = Report.objects.get(kind=Report.Kind.DAILY, business_day=SUNDAY)
    assert json.loads(report.payload)["baking"]["plan_problem"] == f"{NO_PLAN} {AGAIN}"
    assert "bake_plan_died after=2026-11-22 attempt=1" in caplog.text
    # The dashboard has the plan by now.
    assert plan_problem(SUNDAY, TUESDAY) == ""
    assert BakePlanLine.objects.filter(business_day=TUESDAY).exists()


def test_the_evening_after_an_attempt_that_died_the_report_goes_first_too(
    bakery: Shop, planned: RecordingPlan
) -> None:
    attempt_that_died(SUNDAY - DAY, attempts=3)

    run_due_reports(now=CLOSED, publisher=RecordingPublisher(), plan=planned)

    assert [day for day, _count in planned.calls] == [SUNDAY]
    assert planned.calls[0][1] > 0
    assert f"{NO_PLAN} {AGAIN}" in report_text()


def test_after_a_plan_that_was_made_the_next_is_made_before_the_report(
    bakery: Shop, planned: RecordingPlan
) -> None:
    attempt_that_died(SUNDAY - DAY, state="made", attempts=0, finished_at=LONG_AGO)

    run_due_reports(now=CLOSED, publisher=None, plan=planned)

    assert planned.calls == [(SUNDAY, 0)]


def test_while_another_process_plans_its_report_is_left_to_it(
    bakery: Shop, planned: RecordingPlan
) -> None:
    row = attempt_that_died(lease_expires_at=FAR_AHEAD)

    run_due_reports(now=CLOSED, publisher=RecordingPublisher(), plan=planned)
    meanwhile = reports_of()
    PlanAttempt.objects.filter(pk=row.pk).update(lease_expires_at=LONG_AGO)
    run_due_reports(now=CLOSED, publisher=RecordingPublisher(), plan=planned)

    assert (meanwhile, reports_of()) == (0, 1)
    assert [day for day, _count in planned.calls] == [SUNDAY]


def test_a_process_that_lost_its_claim_records_nothing(bakery: Shop) -> None:
    def sleep_past_the_lease(day: datetime.date) -> None:
        PlanAttempt.objects.update(fence=7, attempts=2)

    attempts.plan_before_reports(SUNDAY, plan=sleep_past_the_lease)

    row = PlanAttempt.objects.get()
    assert (row.state, row.attempts, row.finished_at) == ("planning", 2, None)


def test_two_that_begin_at_once_make_one_attempt(
    bakery: Shop, planned: RecordingPlan, after_reading: Any
) -> None:
    after_reading(PlanAttemptQuerySet, lambda: attempts.plan_before_reports(SUNDAY, plan=planned))

    attempts.plan_after_reports(SUNDAY, plan=planned)

    assert planned.calls == [(SUNDAY, 0)]
    assert PlanAttempt.objects.get().fence == 1


def test_a_row_that_nobody_has_tried_yet_keeps_nobody_from_planning(
    bakery: Shop, planned: RecordingPlan
) -> None:
    PlanAttempt.objects.create(planned_after=SUNDAY)

    run_due_reports(now=CLOSED, publisher=None, plan=planned)

    assert planned.calls == [(SUNDAY, 0)]


def test_a_plan_out_of_memory_is_tried_three_times_a_day_and_the_report_says_so(
    bakery: Shop, broken: BrokenPlan, caplog: pytest.LogCaptureFixture
) -> None:
    publisher = RecordingPublisher()
    tried = []
    for _ in range(5):
        run_due_reports(now=CLOSED, publisher=publisher, plan=broken)
        tried.append(len(broken.calls))
        end_waits()

    # One attempt a run, and none that follows at once in the same run.
    assert tried == [1, 2, 3, 3, 3]
    assert reports_of() == 1
    assert f"{NO_PLAN} {AGAIN}" in report_text()
    assert plan_problem(SUNDAY, TUESDAY) == f"{NO_PLAN} {GIVEN_UP}"
    row = PlanAttempt.objects.get()
    assert (row.state, row.attempts, row.error) == ("waiting", 3, "MemoryError")
    assert caplog.text.count("bake_plan_failed after=2026-11-22") == 3


def test_a_plan_that_died_three_times_is_given_up_and_said_once(
    bakery: Shop, planned: RecordingPlan, caplog: pytest.LogCaptureFixture
) -> None:
    attempt_that_died(attempts=3)

    for _ in range(2):
        run_due_reports(now=CLOSED, publisher=RecordingPublisher(), plan=planned)

    assert planned.calls == []
    assert caplog.text.count("bake_plan_given_up after=2026-11-22 attempts=3") == 1


def test_an_older_plan_is_shown_with_what_it_knows(
    bakery: Shop, broken: BrokenPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_baking(SUNDAY - DAY)

    run_due_reports(now=CLOSED, publisher=None, plan=broken)

    text = report_text()
    assert (
        "No new bake plan for Tue 24 Nov: it could not be made. This plan uses the sales up to "
        f"Sat 21 Nov. {AGAIN}"
    ) in text
    assert "average demand on Tuesdays: 6" in text


def test_the_page_says_that_there_is_no_plan_and_why(
    bakery: Shop, owner: User, sign_in: Callable[[User], Any]
) -> None:
    attempt_that_died()

    page = sign_in(owner).get(f"/dashboard/bake-plan/?day={TUESDAY}").content.decode()
    of_before = sign_in(owner).get(f"/dashboard/bake-plan/?day={SUNDAY}").content.decode()

    assert f"{NO_PLAN} {AGAIN}" in page
    assert "could not be made" not in of_before


def test_leftovers_that_come_late_are_planned_for_once_more(
    bakery: Shop, planned: RecordingPlan
) -> None:
    run_due_reports(now=CLOSED, publisher=None, plan=planned)
    stock(bakery, SUNDAY, planned=9, baked=9, reserved=6, left_over=3)

    for _ in range(2):
        run_due_reports(now=CLOSED, publisher=None, plan=planned)

    assert [day for day, _count in planned.calls] == [SUNDAY, SUNDAY]
