"""The demo's schedule: it calls the Lambda entries in zappa_settings.json like EventBridge."""

import datetime
import json
import logging
import threading
from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.db.models import Max

from cafe_site.shop.business_day import DAY
from cafe_site.shop.opening import shop_calendar
from reports.figures.closed_days import last_closed_day
from reports.figures.summary import first_business_day
from reports.models import Report
from script.demo_parts.environment import ACCOUNT, REGION, ROOT
from script.demo_parts.progress import progress

logger = logging.getLogger(__name__)

HOUR = datetime.timedelta(hours=1)
PERIOD_SECONDS = 60
# The number of past evenings with a report in a new demo.
EVENINGS = 28


def scheduled_functions() -> list[str]:
    """Return the scheduled function paths; the first one is that of the reports."""
    stages = json.loads((ROOT / "zappa_settings.json").read_text())
    paths = [
        event["function"]
        for stage in stages.values()
        for event in stage.get("events", [])
        if "expression" in event
    ]
    return list(dict.fromkeys(paths))


def call_entry(path: str, now: datetime.datetime) -> dict[str, Any]:
    """Call an entry like Zappa, with EventBridge's event of a given time."""
    module, _, name = path.rpartition(".")
    event = {
        "version": "0",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "region": REGION,
        "time": f"{now.astimezone(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}",
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{name}-{path}"],
        "detail": {},
        "kwargs": {},
    }
    context = SimpleNamespace(
        function_name="cafe-reports", aws_request_id="demo", get_remaining_time_in_millis=lambda: 0
    )
    result: dict[str, Any] = getattr(import_module(module), name)(event, context)
    return result


@dataclass(frozen=True, slots=True)
class Evening:
    """The report of the last closed business day, and whether this run published it."""

    report: Report
    is_published_now: bool

    @property
    def day(self) -> datetime.date:
        return self.report.business_day


def run_missed_evenings(now: datetime.datetime) -> Evening:
    """Run the schedule once for each evening since the last report.

    A single run would only catch up on the last days. To create a history of every evening, each
    call gets that evening's time.
    """
    entry = scheduled_functions()[0]
    last = last_closed_day(now)
    published: list[str] = []
    if missed := _days_without_report(last):
        for day in progress(missed, "Reports", unit="day"):
            evening = min(shop_calendar().interval_of(day)[1] + HOUR, now)
            published += call_entry(entry, evening)["published"]
    else:
        published += call_entry(entry, now)["published"]
    report = Report.objects.get(business_day=last, kind=Report.Kind.DAILY, revision=1)
    return Evening(report, is_published_now=report.name in published)


def _days_without_report(last: datetime.date) -> list[datetime.date]:
    newest = Report.objects.aggregate(newest=Max("business_day"))["newest"]
    first = first_business_day()
    if first is None:
        return []
    # The first evening catches up on the days before it, as after an outage.
    first = newest + DAY if newest else max(first, last - DAY * (EVENINGS - 1))
    return [first + DAY * offset for offset in range((last - first).days + 1)]


def run_schedule(stopped: threading.Event) -> None:
    """Call every scheduled entry each minute until `stopped` is set."""
    while not stopped.wait(PERIOD_SECONDS):
        for path in scheduled_functions():
            try:
                call_entry(path, datetime.datetime.now(datetime.UTC))
            except Exception:
                # Lambda would retry and raise an alarm; here the next minute is the retry.
                logger.exception("%s failed", path)
