"""Publication of issued reports: claim, check, publish, record.

A process may end after any step. The next run continues what is unfinished; claims in the database
ensure that only one process works on a delivery.
"""

import datetime
import logging

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import override

from reports.delivery import channel
from reports.delivery.publishers import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    Publication,
    PublishAmbiguous,
    Publisher,
    PublishRefused,
    PublishThrottled,
)
from reports.messages.message import Message
from reports.models import Attempt, Delivery, Report

logger = logging.getLogger(__name__)

RETRY_DELAY = datetime.timedelta(minutes=1)
# Longest duration of publishing, with a margin.
PUBLISH_TIME = datetime.timedelta(seconds=CONNECT_SECONDS + ANSWER_SECONDS + 2)


def request_copy(report: Report, *, request_key: str) -> Delivery:
    """Request another copy of a report; the same key makes only one copy.

    A delivery that failed or was overtaken is retried under its own number, because most likely
    nobody has received that report yet.
    """
    try:
        with transaction.atomic():
            Report.objects.select_for_update().get(pk=report.pk)
            if asked := Delivery.objects.filter(request_key=request_key).first():
                return asked
            unsent = report.deliveries.exclude(state=Delivery.State.PUBLISHED).first()
            if unsent is not None:
                _retry(unsent, request_key)
                return unsent
            number = report.deliveries.aggregate(last=Max("number"))["last"] or 0
            return Delivery.objects.create(
                report=report, number=number + 1, request_key=request_key
            )
    except IntegrityError:
        return Delivery.objects.get(request_key=request_key)


def _retry(delivery: Delivery, request_key: str) -> None:
    state = Delivery.State.AMBIGUOUS if _may_be_out(delivery) else Delivery.State.PENDING
    over = (Delivery.State.FAILED, Delivery.State.OVERTAKEN)
    Delivery.objects.filter(pk=delivery.pk, state__in=over).update(
        state=state, not_before=None, request_key=request_key
    )


def _may_be_out(delivery: Delivery) -> bool:
    """Whether an attempt may have been accepted: its process got no reply, or died."""
    step = Attempt.Step
    claimed = delivery.attempts.filter(step=step.CLAIMED).count()
    surely_not = delivery.attempts.filter(step__in=(step.FAILED, step.RETRIED_LATER)).count()
    return surely_not < claimed


def publish_requested(delivery_id: int) -> None:
    """Publish one delivery now; used as a background task, which the sweep repeats."""
    publisher = channel.report_publisher()
    if publisher is not None:
        publish_delivery(delivery_id, publisher)


def publish_delivery(delivery_id: int, publisher: Publisher) -> Delivery.State | None:
    """Claim a delivery, publish it outside any transaction, and record the outcome.

    Returns the delivery's new state, or None if it could not be claimed.
    """
    lease = datetime.timedelta(seconds=settings.REPORT_LEASE_SECONDS)
    with transaction.atomic():
        delivery = Delivery.objects.claim(delivery_id, lease=lease)
        if delivery is None:
            return None
        _append(delivery, Attempt.Step.CLAIMED)
    # The state before this claim tells whether an earlier attempt may have succeeded.
    may_be_out = delivery.state in (Delivery.State.AMBIGUOUS, Delivery.State.PUBLISHING)
    publication = publication_of(delivery, may_be_out=may_be_out)
    if not Delivery.objects.still_holds(delivery, margin=PUBLISH_TIME):
        # This process was suspended beyond its lease, so another may be publishing by now.
        logger.error("report_claim_lost delivery=%s attempt=%s", delivery.pk, delivery.fence)
        return None
    try:
        message_id = publisher.publish(publication)
    except PublishRefused as error:
        return _record(delivery, Delivery.State.FAILED, Attempt.Step.FAILED, error.detail)
    except PublishThrottled as error:
        waiting = Delivery.State.AMBIGUOUS if may_be_out else Delivery.State.PENDING
        return _record(
            delivery, waiting, Attempt.Step.RETRIED_LATER, error.detail, delay=RETRY_DELAY
        )
    except PublishAmbiguous as error:
        return _record(
            delivery, Delivery.State.AMBIGUOUS, Attempt.Step.AMBIGUOUS, error.detail, delay=lease
        )
    return _record(
        delivery, Delivery.State.PUBLISHED, Attempt.Step.PUBLISHED, message_id=message_id
    )


def publication_of(delivery: Delivery, *, may_be_out: bool) -> Publication:
    """Return a delivery's message: the frozen report, labelled if it may be a copy."""
    report = delivery.report
    subject, text = report.subject, report.text
    if delivery.number > 1 or may_be_out:
        label = "Copy" if delivery.number > 1 else "Possibly a copy"
        subject = f"{label}: {subject}"[:99]
        with override(settings.REPORT_LANGUAGE):
            words = (
                _("Copy of a report sent before.")
                if delivery.number > 1
                else _("Possibly a copy of a report sent before.")
            )
        text = f"{words}\n\n{text}"
    return Publication(
        Message(subject, text, report.payload),
        attributes={
            "kind": report.kind,
            "business_day": report.business_day.isoformat(),
            "revision": str(report.revision),
            "report_id": str(report.pk),
            "delivery_id": str(delivery.pk),
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
    """Record the outcome of a claim; the attempt is recorded even if the claim was lost."""
    with transaction.atomic():
        is_settled = Delivery.objects.settle(
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
    if is_settled:
        return state
    # It was settled meanwhile: by a receipt, or by the process that took over after the lease.
    return Delivery.State(Delivery.objects.values_list("state", flat=True).get(pk=delivery.pk))


def record_receipt(delivery_id: int, *, message_id: str) -> bool:
    """Settle a delivery whose message the topic sent back; return whether it was unsettled.

    The topic has accepted it, whatever reply its publisher got, so it need not be sent again.
    """
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
        if delivery is None or delivery.state == Delivery.State.PUBLISHED:
            return False
        Delivery.objects.filter(pk=delivery.pk).update(
            state=Delivery.State.PUBLISHED,
            message_id=message_id,
            published_at=Now(),
            lease_expires_at=None,
            not_before=None,
        )
        _append(delivery, Attempt.Step.RECEIVED, message_id=message_id)
    logger.info("report_received delivery=%s message_id=%s", delivery_id, message_id)
    return True


def _append(delivery: Delivery, step: Attempt.Step, detail: str = "", message_id: str = "") -> None:
    Attempt.objects.create(
        delivery=delivery,
        fence=delivery.fence,
        step=step,
        detail=detail[:300],
        message_id=message_id,
    )
