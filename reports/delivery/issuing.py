"""Issuing reports: each is stored once per business day, week or month, and never changes."""

import datetime
import hashlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import override

from cafe_site.shop.periods import Period, PeriodKind, period_with
from reports.content.corrections import Correction
from reports.content.daily import build_report
from reports.content.facts import DailyReport, PeriodReport
from reports.content.period_report import build_period_report
from reports.delivery.revisions import find_corrections
from reports.figures.sales import DaySales
from reports.figures.snapshot import snapshot
from reports.messages.daily_message import render_message
from reports.messages.digest import Digest, render_digest
from reports.messages.message import Message
from reports.messages.payload import day_sales_in
from reports.messages.period_message import render_period_message
from reports.messages.shortening import fitting, shortened, shortened_baking
from reports.models import Delivery, Report

logger = logging.getLogger(__name__)

# The number of days that a run catches up on.
MOST_DAYS_IN_DIGEST = 14


def issue_report(day: datetime.date) -> Report:
    """Store a day's report with a delivery, or return the stored one.

    It also stores new revisions of earlier days that have changed, and mentions them. Two
    processes may build it at once; the unique constraint keeps what one of them wrote.
    """
    try:
        with snapshot():
            corrections = tuple(find_corrections(day))
            built = replace(build_report(day), corrections=corrections)
            report = _store(built, revision=1)
            Delivery.objects.create(report=report)
            _write_revisions(corrections, told_in=report)
    except IntegrityError:
        return Report.objects.daily().first_revisions().get(business_day=day)
    logger.info(
        "report_issued day=%s sha256=%s corrections=%s", day, report.sha256, len(corrections)
    )
    return report


def issue_digest(
    days: Sequence[datetime.date], *, unsent: Sequence[Delivery] = ()
) -> Report | None:
    """Store the reports of several days, and one message for them and for unsent deliveries.

    `unsent` are deliveries of daily reports and of digests that certainly never left. The new
    digest contains them, and they are no longer sent. Returns None, and stores nothing, if another
    process has stored one of these days meanwhile; the next run finds what is missing.
    """
    try:
        with snapshot():
            overtaken = [delivery.report for delivery in unsent if _overtake(delivery)]
            waiting = list(_daily_reports_of(overtaken))
            new = [build_report(day) for day in days]
            reported = [*(report.business_day for report in waiting), *days]
            if not reported:
                return None
            corrections = tuple(find_corrections(min(reported)))
            digest = _write_digest(waiting, new, corrections)
            for report in new:
                _store(report, revision=1, told_in=digest)
            Report.objects.filter(pk__in=[report.pk for report in waiting]).update(told_in=digest)
            _write_revisions(corrections, told_in=digest)
    except IntegrityError:
        return None
    logger.info(
        "digest_issued from=%s to=%s sha256=%s", min(reported), max(reported), digest.sha256
    )
    return digest


def _overtake(delivery: Delivery) -> bool:
    """Mark a waiting delivery as replaced; return False if another process has claimed it."""
    waiting = Delivery.objects.pending().filter(pk=delivery.pk)
    return bool(waiting.update(state=Delivery.State.OVERTAKEN, not_before=None))


def _daily_reports_of(overtaken: Sequence[Report]) -> Iterator[Report]:
    """Yield the daily reports of unsent deliveries, also those in unsent digests."""
    for report in overtaken:
        if report.kind == Report.Kind.DAILY:
            yield report
        else:
            yield from report.tells.daily().first_revisions()


def _write_digest(
    waiting: Sequence[Report],
    new: Sequence[DailyReport],
    corrections: tuple[Correction, ...],
) -> Report:
    # Stored reports are shown as stored; changes since then are corrections.
    sold = [day_sales_in(report.payload) for report in waiting]
    sold += [
        DaySales(report.summary.day, report.summary.is_closed, report.summary.totals)
        for report in new
    ]
    sold.sort(key=lambda day: day.day)
    last = sold[-1].day
    revision = Report.objects.filter(kind=Report.Kind.DIGEST, business_day=last).count() + 1
    digest = Digest(
        days=tuple(sold[-MOST_DAYS_IN_DIGEST:]),
        last=new[-1] if new and new[-1].summary.day == last else build_report(last),
        corrections=corrections,
        older_days=len(sold[:-MOST_DAYS_IN_DIGEST]),
    )
    message = fitting(lambda count: _render_digest(digest, revision, count))
    report = _create(Report.Kind.DIGEST, last, message, revision=revision)
    Delivery.objects.create(report=report)
    return report


def _render_digest(digest: Digest, revision: int, count: int | None) -> Message:
    if count is not None:
        last = digest.last
        baking = last.baking and shortened_baking(last.baking, count)
        summary = shortened(last.summary, count)
        digest = replace(digest, last=replace(last, summary=summary, baking=baking))
    with override(settings.REPORT_LANGUAGE):
        return render_digest(
            digest,
            revision=revision,
            shop=settings.SHOP_NAME,
            history_url=settings.REPORT_HISTORY_URL,
        )


def issue_period_report(period: Period) -> Report:
    """Store the report of a week or a month with a delivery, or return the stored one."""
    kind = Report.Kind(period.kind)
    try:
        with snapshot():
            message = _message_of_period(build_period_report(period), revision=1)
            report = _create(kind, period.last, message, revision=1)
            Delivery.objects.create(report=report)
    except IntegrityError:
        return Report.objects.first_revisions().get(kind=kind, business_day=period.last)
    logger.info("report_issued kind=%s day=%s sha256=%s", kind, period.last, report.sha256)
    return report


def _write_revisions(corrections: Iterable[Correction], *, told_in: Report) -> None:
    for correction in corrections:
        report = build_report(correction.business_day)
        _store(report, revision=correction.revision, told_in=told_in)


def _store(report: DailyReport, *, revision: int, told_in: Report | None = None) -> Report:
    message = _message_of_day(report, revision=revision)
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
        sha256=fingerprint_of(message),
        told_in=told_in,
    )


def current_message(report: Report) -> Message:
    """Return the message that a report would have with the current figures."""
    if report.kind == Report.Kind.DAILY:
        return _message_of_day(build_report(report.business_day), revision=report.revision)
    return _message_of_period(build_period_report(_period_of(report)), revision=report.revision)


def whole_message(report: Report) -> Message:
    """Return the current message without shortening, for files."""
    if report.kind == Report.Kind.DAILY:
        return message_of_day(report.business_day)
    return message_of_period(_period_of(report))


def _period_of(report: Report) -> Period:
    return period_with(report.business_day, PeriodKind(report.kind))


def message_of_day(day: datetime.date) -> Message:
    """Return a day's current message without shortening; nothing is stored."""
    return _render_day(build_report(day), None)


def message_of_period(period: Period) -> Message:
    """Return the current message of a week or a month, not shortened; nothing is stored."""
    return _render_period(build_period_report(period), None)


def _message_of_day(report: DailyReport, *, revision: int) -> Message:
    def render(count: int | None) -> Message:
        if count is None:
            return _render_day(report, revision)
        fewer = replace(
            report,
            summary=shortened(report.summary, count),
            baking=report.baking and shortened_baking(report.baking, count),
        )
        return _render_day(fewer, revision)

    return fitting(render)


def _message_of_period(report: PeriodReport, *, revision: int) -> Message:
    def render(count: int | None) -> Message:
        if count is None:
            return _render_period(report, revision)
        return _render_period(replace(report, summary=shortened(report.summary, count)), revision)

    return fitting(render)


def _render_day(report: DailyReport, revision: int | None) -> Message:
    with override(settings.REPORT_LANGUAGE):
        return render_message(
            report,
            shop=settings.SHOP_NAME,
            revision=revision,
            history_url=settings.REPORT_HISTORY_URL,
        )


def _render_period(report: PeriodReport, revision: int | None) -> Message:
    with override(settings.REPORT_LANGUAGE):
        return render_period_message(
            report,
            shop=settings.SHOP_NAME,
            revision=revision,
            history_url=settings.REPORT_HISTORY_URL,
        )


def fingerprint_of(message: Message) -> str:
    content = "\0".join((message.subject, message.text, message.payload))
    return hashlib.sha256(content.encode()).hexdigest()
