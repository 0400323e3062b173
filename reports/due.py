"""Due reports: the business days, weeks and months without a report, issued and published."""

import datetime
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings

from cafe_site.shop.business_day import DAY
from cafe_site.shop.periods import Period, PeriodKind, closed_periods
from reports.baking.attempts import (
    Plan,
    is_plan_due,
    is_planned_by_another,
    plan_after_reports,
    plan_baking,
    plan_before_reports,
)
from reports.delivery.issuing import issue_digest, issue_period_report, issue_report
from reports.delivery.publishers import Publisher
from reports.delivery.publishing import publish_delivery
from reports.figures.closed_days import last_closed_day
from reports.figures.summary import first_business_day
from reports.models import Delivery, Report
from reports.patterns.rollups import refresh_rollups

logger = logging.getLogger(__name__)

DAYS_BACK = 14
# From this many missed days on, they are sent in one message.
DIGEST_FROM = 3
# Catching up includes this many weeks and months.
PERIODS_BACK = {PeriodKind.WEEKLY: 2, PeriodKind.MONTHLY: 1}


class DayNotClosed(Exception):
    """The requested day is not over; the message is a sentence."""


@dataclass(slots=True)
class RunResult:
    """Result of one run: names of reports, oldest first. `waiting` ones are for a later run."""

    published: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    # Reports that raised an unexpected error; a later run retries them after the lease.
    broken: list[str] = field(default_factory=list)
    # The shop's first business day, queried once per run.
    first_day: datetime.date | None = field(default=None, compare=False)

    def outcomes(self) -> dict[str, list[str]]:
        return {
            "published": self.published,
            "waiting": self.waiting,
            "failed": self.failed,
            "broken": self.broken,
        }


def run_due_reports(
    *, now: datetime.datetime, publisher: Publisher | None, plan: Plan = plan_baking
) -> RunResult:
    """Issue reports of closed days, publish waiting ones, count rollups, and make the plan.

    The plan is made first, because the report contains it. If planning did not return before, the
    report goes without a plan, and planning is retried last. Safe to repeat.
    """
    first, last = first_business_day(), last_closed_day(now)
    is_to_plan = is_plan_due(last, first=first)
    if is_to_plan:
        plan_before_reports(last, plan=plan)
    days = due_days(now, first)
    if days and is_planned_by_another(last):
        days = []
    unsent = unsent_deliveries() if publisher else []
    if is_backlog(days, unsent):
        issue_digest(days, unsent=unsent)
    else:
        for day in days:
            issue_report(day)
    for period in due_periods(now, first):
        issue_period_report(period)
    overtake_old_periods()
    result = publish_waiting(publisher)
    result.first_day = first
    count_closed_days(last, first)
    if is_to_plan:
        plan_after_reports(last, plan=plan)
    return result


def unsent_deliveries() -> list[Delivery]:
    """Return first deliveries of daily reports and digests that certainly were not sent."""
    waiting = Delivery.objects.scheduled().pending()
    waiting = waiting.filter(report__kind__in=(Report.Kind.DAILY, Report.Kind.DIGEST))
    return list(waiting.select_related("report").order_by("report__business_day", "pk"))


def is_backlog(days: Sequence[datetime.date], unsent: Sequence[Delivery]) -> bool:
    """Whether there are enough unsent days to send them as one digest."""
    if any(delivery.report.kind == Report.Kind.DIGEST for delivery in unsent):
        return len(days) + len(unsent) > 1
    return len(days) + len(unsent) >= DIGEST_FROM


def overtake_old_periods() -> None:
    """Skip waiting weekly and monthly reports that newer ones have overtaken."""
    for kind, count in PERIODS_BACK.items():
        waiting = Delivery.objects.scheduled().pending().filter(report__kind=kind.value)
        newest_first = waiting.order_by("-report__business_day").values_list("pk", flat=True)
        old = list(newest_first[count:])
        Delivery.objects.pending().filter(pk__in=old).update(state=Delivery.State.OVERTAKEN)


def count_closed_days(last: datetime.date, first: datetime.date | None = None) -> None:
    """Count closed days for the patterns; after the reports, which do not need it."""
    try:
        days = refresh_rollups(last, first)
    except Exception:
        logger.exception("rollups_failed last=%s", last)
    else:
        if days:
            logger.info("rollups_counted days=%s newest=%s", len(days), days[0])


def publish_waiting(publisher: Publisher | None) -> RunResult:
    """Publish every due delivery, the oldest business day first.

    An unexpected error with one delivery does not stop the others.
    """
    result = RunResult()
    waiting = Delivery.objects.claimable().select_related("report")
    for delivery in list(waiting.order_by("report__business_day", "pk")):
        name = delivery.report.name
        try:
            state = (
                publish_delivery(delivery.pk, publisher) if publisher else Delivery.State.PENDING
            )
        except Exception:
            logger.exception("report_broken delivery=%s", delivery.pk)
            result.broken.append(name)
            continue
        if state == Delivery.State.PUBLISHED:
            result.published.append(name)
        elif state == Delivery.State.FAILED:
            result.failed.append(name)
        elif state is not None:
            result.waiting.append(name)
    return result


def due_days(now: datetime.datetime, first: datetime.date | None) -> list[datetime.date]:
    """Return the closed business days without a report, oldest first, 14 at the most.

    Days before `first`, the shop's first business day, need no report.
    """
    if first is None:
        return []
    last = last_closed_day(now)
    oldest = max(first, last - DAY * (DAYS_BACK - 1))
    days = [oldest + DAY * offset for offset in range((last - oldest).days + 1)]
    reported = set(
        Report.objects.daily().filter(business_day__in=days).values_list("business_day", flat=True)
    )
    return [day for day in days if day not in reported]


def due_periods(now: datetime.datetime, first: datetime.date | None) -> list[Period]:
    """Return closed weeks and months without a report, none that ended before the first day.

    `first` is the shop's first business day. Catching up goes back two weeks and one month.
    """
    if first is None:
        return []
    last_day = last_closed_day(now)
    periods = [
        period
        for kind, count in PERIODS_BACK.items()
        for period in closed_periods(kind, last_day, count=count)
        if period.last >= first
    ]
    reported = set(
        Report.objects.filter(business_day__in=[period.last for period in periods]).values_list(
            "kind", "business_day"
        )
    )
    return [period for period in periods if (period.kind, period.last) not in reported]


def issue_closed_day(day: datetime.date, *, now: datetime.datetime) -> Report:
    """Issue the report of a given day; raise DayNotClosed before its end."""
    _check_closed(day, now=now)
    return issue_report(day)


def issue_closed_period(period: Period, *, now: datetime.datetime) -> Report:
    """Issue the report of a given week or month; raise DayNotClosed before its end."""
    _check_closed(period.last, now=now)
    return issue_period_report(period)


def _check_closed(day: datetime.date, *, now: datetime.datetime) -> None:
    if day > last_closed_day(now):
        raise DayNotClosed(
            f"The business day {day} is not over yet, or is within {settings.REPORT_GRACE_MINUTES} "
            f"minutes of its end. The newest day that can be reported is {last_closed_day(now)}."
        )
