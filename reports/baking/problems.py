"""Sentences for owners about a bake plan that could not be made."""

import datetime

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from cafe_site.shop.dates import day_in_table
from cafe_site.shop.sentences import join_sentences
from reports.models import BakePlanLine, PlanAttempt


def plan_problem(after: datetime.date, plan_day: datetime.date | None) -> str:
    """Return why the plan after a closed day is missing on an open day; empty if it is not."""
    attempt = PlanAttempt.objects.filter(planned_after=after).first()
    return _problem_words(attempt, plan_day) if attempt and plan_day else ""


def newest_plan_problem(day: datetime.date) -> str:
    """Return the same for the latest plan that was due, for the day it should cover."""
    attempt = PlanAttempt.objects.order_by("-planned_after").first()
    if attempt is None or day <= attempt.planned_after:
        return ""
    return _problem_words(attempt, day)


def _problem_words(attempt: PlanAttempt, plan_day: datetime.date) -> str:
    if attempt.state == PlanAttempt.State.MADE or _is_first_under_way(attempt):
        return ""
    day = day_in_table(plan_day)
    known = BakePlanLine.objects.filter(business_day=plan_day).aggregate(after=Max("planned_after"))
    if known["after"] and known["after"] >= attempt.planned_after:
        # The plan was written, but its process died before recording that.
        return ""
    if known["after"]:
        problem = _(
            "No new bake plan for %(day)s: it could not be made. This plan uses the sales up to "
            "%(known)s."
        ) % {"day": day, "known": day_in_table(known["after"])}
    else:
        problem = _("No bake plan for %(day)s: it could not be made.") % {"day": day}
    if attempt.is_given_up:
        return join_sentences(
            problem, _("The next plan is made when the next business day closes.")
        )
    return join_sentences(
        problem, _("The site tries again within half an hour. The dashboard then shows the plan.")
    )


def _is_first_under_way(attempt: PlanAttempt) -> bool:
    """Whether the first attempt is still running, which is not a problem."""
    if attempt.state == PlanAttempt.State.WAITING:
        return False
    lease = attempt.lease_expires_at
    return attempt.attempts == 1 and lease is not None and lease > timezone.now()
