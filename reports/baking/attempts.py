"""Attempts to make the bake plan, isolated so that a failed plan never blocks the report.

An attempt is a committed row before it begins. A process that is killed while it plans (out of
memory, out of time) records nothing more, and so the next run knows: it sends the report first, and
tries the plan again as the last thing it does, a few times for each closed day.
"""

import datetime
import logging

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from reports.baking.plans import is_anything_baked, is_planned_after, is_score_missing
from reports.models import PlanAttempt

logger = logging.getLogger(__name__)

State = PlanAttempt.State


def is_plan_due(day: datetime.date, *, first: datetime.date | None) -> bool:
    """Whether the plan after a closed day is missing, or leftovers were entered later.

    `first` is the shop's first business day, None before there was one.
    """
    if first is None:
        return False
    attempt = PlanAttempt.objects.filter(planned_after=day).first()
    if attempt is None:
        is_planned = is_planned_after(day) or not is_anything_baked()
        return not is_planned or is_score_missing(day, first)
    return attempt.state != State.MADE or is_score_missing(day, first)


def plan_before_reports(day: datetime.date) -> None:
    """Plan after a closed day for which a plan is due, unless an attempt did not come back.

    Without a plan the report comes all the same.
    """
    if _has_failed_lately(day):
        # The report reads in this row that there is no plan yet.
        _row_of(day)
    else:
        _attempt(day)


def plan_after_reports(day: datetime.date) -> None:
    """Plan what could not be planned before the reports; nothing waits for this any more."""
    if not PlanAttempt.objects.filter(planned_after=day, state=State.MADE).exists():
        _attempt(day)


def is_planned_by_another(day: datetime.date) -> bool:
    """Whether another process makes the first attempt right now: the report waits for it.

    For no longer than the lease: a process that was killed holds it no longer.
    """
    return PlanAttempt.objects.running().filter(planned_after=day, attempts=1).exists()


def _has_failed_lately(day: datetime.date) -> bool:
    """Whether this day was tried before, or the attempt of the day before did not come back."""
    last = PlanAttempt.objects.filter(planned_after__lte=day).order_by("-planned_after").first()
    if last is None or last.state == State.MADE or not last.attempts:
        return False
    return last.planned_after == day or last.finished_at is None


def _attempt(day: datetime.date) -> None:
    attempt = _claim(day)
    if attempt is None:
        return
    # numpy takes longer to import than a run with nothing due takes altogether, and the web
    # site's package, which reads this module too, has none.
    from reports.baking.planning import plan_baking

    try:
        plan_baking(day)
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
    """Record an attempt that begins, and commit it; None when it is another's or given up."""
    row = _row_of(day)
    if row.state == State.MADE:
        # Leftovers were entered later: the plan and its scores are made once more.
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
    # Two processes may insert it at once; get_or_create then reads the row of the other.
    row, _is_new = PlanAttempt.objects.get_or_create(planned_after=day)
    return row


def _give_up(row: PlanAttempt) -> None:
    """Say once that the last attempt did not come back; `finished_at` stays empty."""
    died = PlanAttempt.objects.claimable().filter(pk=row.pk, state=State.PLANNING)
    if died.update(state=State.WAITING, lease_expires_at=None):
        logger.error("bake_plan_given_up after=%s attempts=%s", row.planned_after, row.attempts)
