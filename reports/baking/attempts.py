"""Attempts to make the bake plan, isolated so that a failed plan never blocks the report.

An attempt is committed as a row before it begins. A process that is killed while planning (out of
memory, out of time) never updates its row, so the next run knows: it sends the report first, and
retries the plan last, a few times for each closed day.
"""

import datetime
import logging
from collections.abc import Callable

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from reports.baking.plans import is_anything_baked, is_planned_after, is_score_missing
from reports.models import PlanAttempt

logger = logging.getLogger(__name__)

State = PlanAttempt.State
# Makes the plan after a closed business day.
Plan = Callable[[datetime.date], None]


def plan_baking(day: datetime.date) -> None:
    # numpy takes longer to import than a run with nothing due takes altogether, and the web
    # package, which reads this module too, does not contain it.
    from reports.baking import planning

    planning.plan_baking(day)


def is_plan_due(day: datetime.date, *, first: datetime.date | None) -> bool:
    """Whether the plan after a closed day is missing or outdated by leftovers entered later.

    `first` is the shop's first business day, None if there is none yet.
    """
    if first is None:
        return False
    attempt = PlanAttempt.objects.filter(planned_after=day).first()
    if attempt is None:
        is_planned = is_planned_after(day) or not is_anything_baked()
        return not is_planned or is_score_missing(day, first)
    return attempt.state != State.MADE or is_score_missing(day, first)


def plan_before_reports(day: datetime.date, *, plan: Plan = plan_baking) -> None:
    """Make the plan after a closed day if it is due, unless an earlier attempt did not return.

    The report is sent even without a plan.
    """
    if _has_failed_lately(day):
        # The report reads from this row that there is no plan yet.
        _row_of(day)
    else:
        _attempt(day, plan)


def plan_after_reports(day: datetime.date, *, plan: Plan = plan_baking) -> None:
    """Retry a plan that failed before the reports; the reports no longer wait for it."""
    if not PlanAttempt.objects.filter(planned_after=day, state=State.MADE).exists():
        _attempt(day, plan)


def is_planned_by_another(day: datetime.date) -> bool:
    """Whether another process is making the first attempt, so that the report waits for it.

    The wait ends with the lease, in case that process was killed.
    """
    return PlanAttempt.objects.running().filter(planned_after=day, attempts=1).exists()


def _has_failed_lately(day: datetime.date) -> bool:
    """Whether this day was tried before, or the attempt of the day before did not return."""
    last = PlanAttempt.objects.filter(planned_after__lte=day).order_by("-planned_after").first()
    if last is None or last.state == State.MADE or not last.attempts:
        return False
    return last.planned_after == day or last.finished_at is None


def _attempt(day: datetime.date, plan: Plan) -> None:
    attempt = _claim(day)
    if attempt is None:
        return
    try:
        plan(day)
    except Exception as error:
        logger.exception("bake_plan_failed after=%s attempt=%s", day, attempt.attempts)
        PlanAttempt.objects.settle(
            attempt,
            state=State.WAITING,
            finished_at=timezone.now(),
            not_before=Now() + PlanAttempt.RETRY_DELAY,
            error=type(error).__name__,
        )
    else:
        PlanAttempt.objects.settle(
            attempt, state=State.MADE, attempts=0, finished_at=timezone.now(), error=""
        )


def _claim(day: datetime.date) -> PlanAttempt | None:
    """Record and commit a new attempt; None if another process has it or it is given up."""
    row = _row_of(day)
    if row.state == State.MADE:
        # Leftovers were entered later: make the plan and its scores again.
        PlanAttempt.objects.filter(pk=row.pk, state=State.MADE).update(
            state=State.WAITING, not_before=None
        )
    elif row.is_given_up:
        _give_up(row)
        return None
    with transaction.atomic():
        attempt = PlanAttempt.objects.claim(row.pk, lease=PlanAttempt.LEASE)
        if attempt is None:
            return None
        if attempt.state == State.PLANNING:
            logger.error("bake_plan_died after=%s attempt=%s", day, attempt.attempts)
        attempt.attempts += 1
        PlanAttempt.objects.filter(pk=attempt.pk, fence=attempt.fence).update(
            attempts=attempt.attempts, started_at=timezone.now(), finished_at=None
        )
    return attempt


def _row_of(day: datetime.date) -> PlanAttempt:
    # If two processes insert it at once, get_or_create reads the row of the other.
    row, _is_new = PlanAttempt.objects.get_or_create(planned_after=day)
    return row


def _give_up(row: PlanAttempt) -> None:
    """Log once that the last attempt did not return; `finished_at` stays empty."""
    died = PlanAttempt.objects.claimable().filter(pk=row.pk, state=State.PLANNING)
    if died.update(state=State.WAITING, lease_expires_at=None):
        logger.error("bake_plan_given_up after=%s attempts=%s", row.planned_after, row.attempts)
