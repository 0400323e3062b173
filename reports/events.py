"""Lambda handlers of the reports. Each reads the time, calls one function, and logs the result.

Zappa calls a handler as (event, context), and retries with fewer arguments if it raises TypeError.
So each handler takes exactly these two, and no TypeError leaves it: the work would run up to three
times, and its real error would be lost.
"""

import datetime
import json
import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from reports import due, sweep
from reports.delivery import channel, publishing
from reports.metrics import emit_run

logger = logging.getLogger(__name__)

T = TypeVar("T")


class RunFailed(Exception):
    """Scheduled work failed; Lambda retries it and then raises the alarm."""


def run_due_reports(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Publish the report of every closed business day, week and month that lacks one.

    Raises RunFailed, after everything is recorded, if a report was refused.
    """
    now = now_of(event)
    result = _run(lambda: _run_and_measure(now))
    done = result.outcomes()
    logger.info("run_due_reports %s", json.dumps(done))
    if result.failed:
        raise RunFailed(f"These reports were refused: {', '.join(result.failed)}.")
    if result.broken:
        raise RunFailed(f"These reports failed unexpectedly: {', '.join(result.broken)}.")
    return done


def _run_and_measure(now: datetime.datetime) -> due.RunResult:
    result = due.run_due_reports(now=now, publisher=channel.report_publisher())
    emit_run(result, now=now)
    if result.published or result.failed:
        channel.look_for_recipients()
    return result


def take_receipt(event: dict[str, Any], context: object) -> dict[str, int]:
    """Handle a message that the topic sent back: the receipt that it was accepted."""
    settled = sum(_run(lambda: [_settle(record["Sns"]) for record in event["Records"]]))
    return {"settled": settled}


def _settle(notification: dict[str, Any]) -> bool:
    """Settle the delivery of one message; ignore messages of others."""
    attributes = notification.get("MessageAttributes") or {}
    delivery_id = str(attributes.get("delivery_id", {}).get("Value", ""))
    if notification.get("TopicArn") != settings.REPORT_TOPIC_ARN or not delivery_id.isdecimal():
        logger.warning("receipt_ignored message_id=%s", notification.get("MessageId"))
        return False
    return publishing.record_receipt(int(delivery_id), message_id=str(notification["MessageId"]))


def sweep_outbox(event: dict[str, Any], context: object) -> dict[str, int]:
    """Finish background work of requests: e-mails, payments, card refunds, jobs."""
    done = _run(lambda: sweep.sweep_all(now=now_of(event)))
    if any(done.values()):
        logger.info("sweep_outbox %s", json.dumps(done))
    return done


def now_of(event: dict[str, Any]) -> datetime.datetime:
    """Return the time of an event; a retry of the event has the same time."""
    if "time" not in event:
        return timezone.now()
    return datetime.datetime.fromisoformat(str(event["time"]))


def _run(work: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return work()
    except TypeError as error:
        raise RunFailed(f"The scheduled work failed: {error}") from error
    finally:
        close_old_connections()
