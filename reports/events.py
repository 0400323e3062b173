"""The Lambda entries of the reports: read the time, call one job, log, leave connections usable.

Zappa calls an entry as (event, context), and again with fewer arguments whenever it raises a
TypeError. So each entry takes exactly those two, and none lets a TypeError out: the job would run
up to three times, and its real error would be lost.
"""

import datetime
import json
import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import close_old_connections
from django.utils import timezone

from cafe_site.orders.outbox import send_waiting_mails as send_waiting_order_mails
from reports import jobs

logger = logging.getLogger(__name__)

T = TypeVar("T")


class JobFailed(Exception):
    """A job did not do what it should; Lambda repeats it and then raises the alarm."""


def run_due_reports(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Publish the report of every closed business day that lacks one.

    Raises JobFailed after everything is recorded when a report was refused.
    """
    result = _run(lambda: jobs.run_due_reports(now=now_of(event), publisher=jobs.topic_publisher()))
    days = {
        name: [day.isoformat() for day in getattr(result, name)]
        for name in ("published", "waiting", "failed")
    }
    logger.info("run_due_reports %s", json.dumps(days))
    if result.failed:
        raise JobFailed(f"SNS refused the report of: {', '.join(days['failed'])}.")
    return days


def send_waiting_mails(event: dict[str, Any], context: object) -> dict[str, int]:
    """Send the customers' e-mails that could not be sent when they were written."""
    sent = _run(send_waiting_order_mails)
    if sent:
        logger.info("send_waiting_mails sent=%s", sent)
    return {"sent": sent}


def now_of(event: dict[str, Any]) -> datetime.datetime:
    """Return the moment that an event stands for: a retry of it means the same moment."""
    if "time" not in event:
        return timezone.now()
    return datetime.datetime.fromisoformat(str(event["time"]))


def _run(job: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return job()
    except TypeError as error:
        raise JobFailed(f"The job is broken: {error}") from error
    finally:
        close_old_connections()
