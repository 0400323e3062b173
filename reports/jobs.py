"""Which business days lack a report, and writing it down, once for each of them."""

import datetime
import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.db import IntegrityError

from cafe_site.shop.business_day import DAY
from cafe_site.shop.opening import shop_calendar
from reports.corrections import Correction
from reports.daily import DailyReport, build_report, snapshot
from reports.digest import render_digest
from reports.message import Message, render_message
from reports.models import Delivery, Report
from reports.publishers import Publisher
from reports.publishing import publish_delivery
from reports.revisions import find_corrections
from reports.summary import first_business_day

logger = logging.getLogger(__name__)

DAYS_BACK = 14
# So many missed days come in one message.
DIGEST_FROM = 3


class DayNotClosed(Exception):
    """A report was asked for a day that is not over; the message is a sentence."""


@dataclass(slots=True)
class RunResult:
    """What one run did: business days, oldest first. `waiting` are for a later run."""

    published: list[datetime.date] = field(default_factory=list)
    waiting: list[datetime.date] = field(default_factory=list)
    failed: list[datetime.date] = field(default_factory=list)


def run_due_reports(*, now: datetime.datetime, publisher: Publisher | None) -> RunResult:
    """Write down each closed day's report, then publish whatever waits. Safe to repeat."""
    days = due_days(now)
    if len(days) >= DIGEST_FROM:
        issue_digest(days)
    else:
        for day in days:
            issue_report(day)
    result = RunResult()
    waiting = Delivery.objects.claimable().order_by("report__business_day", "pk")
    for delivery_id, day in list(waiting.values_list("pk", "report__business_day")):
        state = publish_delivery(delivery_id, publisher) if publisher else Delivery.State.PENDING
        if state == Delivery.State.PUBLISHED:
            result.published.append(day)
        elif state == Delivery.State.FAILED:
            result.failed.append(day)
        elif state is not None:
            result.waiting.append(day)
    return result


def last_closed_day(now: datetime.datetime) -> datetime.date:
    return shop_calendar().last_closed_day(now, grace=grace_period())


def grace_period() -> datetime.timedelta:
    """Return how long after its end a business day is left to settle."""
    return datetime.timedelta(minutes=settings.REPORT_GRACE_MINUTES)


def due_days(now: datetime.datetime) -> list[datetime.date]:
    """Return the closed business days without a report, oldest first, 14 at the most.

    A day before the shop's first order is not missed.
    """
    first = first_business_day()
    if first is None:
        return []
    last = last_closed_day(now)
    oldest = max(first, last - DAY * (DAYS_BACK - 1))
    days = [oldest + DAY * offset for offset in range((last - oldest).days + 1)]
    reported = set(
        Report.objects.filter(kind=Report.Kind.DAILY, business_day__in=days).values_list(
            "business_day", flat=True
        )
    )
    return [day for day in days if day not in reported]


def issue_report(day: datetime.date) -> Report:
    """Write down a day's report and a delivery for it, or return the one that is there.

    With it come the revisions of earlier days that have changed since: it tells of them. Two
    processes may build it at once; the unique constraint keeps all that one of them wrote.
    """
    try:
        with snapshot():
            corrections = tuple(find_corrections(day))
            built = replace(build_report(day), corrections=corrections)
            report = _write_down(built, revision=1)
            Delivery.objects.create(report=report)
            _write_revisions(corrections, told_in=report)
    except IntegrityError:
        return Report.objects.get(kind=Report.Kind.DAILY, business_day=day, revision=1)
    logger.info(
        "report_issued day=%s sha256=%s corrections=%s", day, report.sha256, len(corrections)
    )
    return report


def issue_digest(days: Sequence[datetime.date]) -> Report | None:
    """Write down the reports of several days and one message for all of them.

    Return None when another process has written one of these days meanwhile: nothing is written
    then, and the next run looks at what is missing.
    """
    try:
        with snapshot():
            corrections = find_corrections(days[0])
            reports = [build_report(day) for day in days]
            message = render_digest(
                reports,
                corrections,
                shop=settings.SHOP_NAME,
                history_url=settings.REPORT_HISTORY_URL,
            )
            digest = _create(Report.Kind.DIGEST, days[-1], message, revision=1)
            Delivery.objects.create(report=digest)
            for report in reports:
                _write_down(report, revision=1, told_in=digest)
            _write_revisions(corrections, told_in=digest)
    except IntegrityError:
        return None
    logger.info("digest_issued from=%s to=%s sha256=%s", days[0], days[-1], digest.sha256)
    return digest


def _write_revisions(corrections: Iterable[Correction], *, told_in: Report) -> None:
    for correction in corrections:
        report = build_report(correction.business_day)
        _write_down(report, revision=correction.revision, told_in=told_in)


def _write_down(report: DailyReport, *, revision: int, told_in: Report | None = None) -> Report:
    message = message_of(report, revision=revision)
    return _create(
        Report.Kind.DAILY, report.summary.day, message, revision=revision, told_in=told_in
    )


def _create(
    kind: Report.Kind,
    day: datetime.date,
    message: Message,
    *,
    revision: int,
    told_in: Report | None = None,
) -> Report:
    return Report.objects.create(
        kind=kind,
        business_day=day,
        revision=revision,
        subject=message.subject,
        text=message.text,
        payload=message.payload,
        sha256=digest_of(message),
        told_in=told_in,
    )


def issue_closed_day(day: datetime.date, *, now: datetime.datetime) -> Report:
    """Write down the report of a day that somebody names; raise DayNotClosed before its end."""
    if day > last_closed_day(now):
        raise DayNotClosed(
            f"The business day {day} is not over yet, or is within {settings.REPORT_GRACE_MINUTES} "
            f"minutes of its end. The newest day that can be reported is {last_closed_day(now)}."
        )
    return issue_report(day)


def current_message(day: datetime.date, *, revision: int | None) -> Message:
    """Return a day's message as the figures stand now."""
    return message_of(build_report(day), revision=revision)


def message_of(report: DailyReport, *, revision: int | None) -> Message:
    return render_message(
        report,
        shop=settings.SHOP_NAME,
        revision=revision,
        history_url=settings.REPORT_HISTORY_URL,
    )


def digest_of(message: Message) -> str:
    content = "\0".join((message.subject, message.text, message.payload))
    return hashlib.sha256(content.encode()).hexdigest()
