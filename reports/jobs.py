"""Which business days lack a report, writing it down, and bringing it to the topic.

Build, claim, publish, record: four steps, and each may be the last one of a process. What is half
done is taken up by the next run; the database decides who does it.
"""

import datetime
import hashlib
import logging
from dataclasses import dataclass, field

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.db.models.functions import Now

from cafe_site.shop.business_day import DAY
from cafe_site.shop.opening import shop_calendar
from reports.daily import build_report, snapshot
from reports.message import Message, render_message
from reports.models import Attempt, Delivery, Report
from reports.publishers import (
    Publication,
    PublishAmbiguous,
    Publisher,
    PublishRefused,
    PublishThrottled,
    SnsPublisher,
)
from reports.summary import first_business_day

logger = logging.getLogger(__name__)

DAYS_BACK = 14
RETRY_DELAY = datetime.timedelta(minutes=1)


class DayNotClosed(Exception):
    """A report was asked for a day that is not over; the message is a sentence."""


@dataclass(slots=True)
class RunResult:
    """What one run did: business days, oldest first. `waiting` are for a later run."""

    published: list[datetime.date] = field(default_factory=list)
    waiting: list[datetime.date] = field(default_factory=list)
    failed: list[datetime.date] = field(default_factory=list)


def topic_publisher() -> Publisher | None:
    """Return the publisher of this deployment, or None where no topic is set: a dry run."""
    return SnsPublisher(settings.REPORT_TOPIC_ARN) if settings.REPORT_TOPIC_ARN else None


def run_due_reports(*, now: datetime.datetime, publisher: Publisher | None) -> RunResult:
    """Write down each closed day's report, then publish whatever waits. Safe to repeat."""
    for day in due_days(now):
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
    grace = datetime.timedelta(minutes=settings.REPORT_GRACE_MINUTES)
    return shop_calendar().last_closed_day(now, grace=grace)


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

    Two processes may build it at once; the unique constraint keeps one of them.
    """
    try:
        with snapshot():
            message = current_message(day, revision=1)
            report = Report.objects.create(
                kind=Report.Kind.DAILY,
                business_day=day,
                revision=1,
                subject=message.subject,
                text=message.text,
                payload=message.payload,
                sha256=digest_of(message),
            )
            Delivery.objects.create(report=report)
    except IntegrityError:
        return Report.objects.get(kind=Report.Kind.DAILY, business_day=day, revision=1)
    logger.info("report_issued day=%s sha256=%s", day, report.sha256)
    return report


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
    return render_message(
        build_report(day),
        shop=settings.SHOP_NAME,
        revision=revision,
        history_url=settings.REPORT_HISTORY_URL,
    )


def digest_of(message: Message) -> str:
    content = "\0".join((message.subject, message.text, message.payload))
    return hashlib.sha256(content.encode()).hexdigest()


def request_copy(report: Report, *, request_key: str) -> Delivery:
    """Ask for a report to be sent again; one key asks once, however often it is used.

    A delivery that failed is tried anew under its own number: nobody has had that report yet.
    """
    try:
        with transaction.atomic():
            Report.objects.select_for_update().get(pk=report.pk)
            if asked := Delivery.objects.filter(request_key=request_key).first():
                return asked
            unsent = report.deliveries.exclude(state=Delivery.State.PUBLISHED).first()
            if unsent is not None:
                Delivery.objects.filter(pk=unsent.pk, state=Delivery.State.FAILED).update(
                    state=Delivery.State.PENDING, not_before=None, request_key=request_key
                )
                return unsent
            number = report.deliveries.aggregate(last=Max("number"))["last"] or 0
            return Delivery.objects.create(
                report=report, number=number + 1, request_key=request_key
            )
    except IntegrityError:
        return Delivery.objects.get(request_key=request_key)


def publish_requested(delivery_id: int) -> None:
    """Publish one delivery now; for work behind a request, which the schedule sweeps."""
    publisher = topic_publisher()
    if publisher is not None:
        publish_delivery(delivery_id, publisher)


def publish_delivery(delivery_id: int, publisher: Publisher) -> Delivery.State | None:
    """Claim a delivery, publish it with no transaction open, and record what came of it.

    Returns the delivery's new state, or None when it was not there to be claimed.
    """
    lease = datetime.timedelta(seconds=settings.REPORT_LEASE_SECONDS)
    with transaction.atomic():
        delivery = Delivery.objects.claim(delivery_id, lease=lease)
        if delivery is None:
            return None
        _append(delivery, Attempt.Step.CLAIMED)
    # The row as it was before this claim: did an earlier attempt perhaps succeed?
    may_be_out = delivery.state in (Delivery.State.AMBIGUOUS, Delivery.State.PUBLISHING)
    publication = publication_of(delivery, may_be_out=may_be_out)
    try:
        message_id = publisher.publish(publication)
    except PublishRefused as error:
        return _record(delivery, Delivery.State.FAILED, Attempt.Step.FAILED, str(error))
    except PublishThrottled as error:
        waiting = Delivery.State.AMBIGUOUS if may_be_out else Delivery.State.PENDING
        return _record(delivery, waiting, Attempt.Step.RETRIED_LATER, str(error), delay=RETRY_DELAY)
    except PublishAmbiguous as error:
        return _record(
            delivery, Delivery.State.AMBIGUOUS, Attempt.Step.AMBIGUOUS, str(error), delay=lease
        )
    return _record(
        delivery, Delivery.State.PUBLISHED, Attempt.Step.PUBLISHED, message_id=message_id
    )


def publication_of(delivery: Delivery, *, may_be_out: bool) -> Publication:
    """Return what a delivery sends: the frozen report, labelled where it may not be the first."""
    report = delivery.report
    subject, text = report.subject, report.text
    if delivery.number > 1 or may_be_out:
        label = "Copy" if delivery.number > 1 else "Possibly a copy"
        subject = f"{label}: {subject}"[:99]
        text = f"{label} of a report sent before.\n\n{text}"
    return Publication(
        Message(subject, text, report.payload),
        attributes={
            "kind": report.kind,
            "business_day": report.business_day.isoformat(),
            "revision": str(report.revision),
            "report_id": str(report.pk),
        },
    )


def _record(
    delivery: Delivery,
    state: Delivery.State,
    step: Attempt.Step,
    detail: str = "",
    *,
    message_id: str = "",
    delay: datetime.timedelta | None = None,
) -> Delivery.State:
    """Write down the outcome of a claim; the attempt is kept even when the claim was lost."""
    with transaction.atomic():
        Delivery.objects.settle(
            delivery,
            state=state,
            message_id=message_id,
            published_at=Now() if state == Delivery.State.PUBLISHED else None,
            not_before=Now() + delay if delay else None,
        )
        _append(delivery, step, detail, message_id)
    level = logging.INFO if state == Delivery.State.PUBLISHED else logging.ERROR
    logger.log(
        level,
        "report_%s day=%s delivery=%s attempt=%s message_id=%s detail=%s",
        step,
        delivery.report.business_day,
        delivery.pk,
        delivery.fence,
        message_id,
        detail,
    )
    return state


def _append(delivery: Delivery, step: Attempt.Step, detail: str = "", message_id: str = "") -> None:
    Attempt.objects.create(
        delivery=delivery,
        fence=delivery.fence,
        step=step,
        detail=detail[:300],
        message_id=message_id,
    )
