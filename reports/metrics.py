"""Metrics behind the on-call alarm, in CloudWatch's format, and the oldest unreported day."""

import datetime
import json
import logging

from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from cafe_site.shop.business_day import DAY
from cafe_site.shop.opening import shop_calendar
from reports.due import DAYS_BACK, RunResult
from reports.figures.closed_days import grace_period, last_closed_day
from reports.figures.summary import first_business_day
from reports.models import Delivery, Report

# This logger's formatter adds nothing, because CloudWatch parses the line as JSON.
_metrics = logging.getLogger("reports.emf")
NAMESPACE = "Cafe/Reports"


def oldest_unreported_day(
    now: datetime.datetime, first: datetime.date | None = None
) -> datetime.date | None:
    """Return the oldest closed business day without a published report, or None.

    `first` is the shop's first business day; it is queried if not given. Days without a report
    count as far back as the reports catch up, and not before the shop's first order; an issued
    report that is not published counts at any age.
    """
    first = first or first_business_day()
    if first is None:
        return None
    last = last_closed_day(now)
    oldest = max(first, last - DAY * (DAYS_BACK - 1))
    days = [oldest + DAY * offset for offset in range((last - oldest).days + 1)]
    daily = Report.objects.daily().first_revisions()
    written = set(daily.between(oldest, last).values_list("business_day", flat=True))
    missing = next((day for day in days if day not in written), None)
    # An issued report counts until it is published, at any age.
    owed = daily.filter(~Exists(_publications())).aggregate(oldest=Min("business_day"))["oldest"]
    return min((day for day in (missing, owed) if day is not None), default=None)


def _publications() -> QuerySet[Delivery]:
    """Return the deliveries that published the report of an outer query."""
    return Delivery.objects.filter(
        Q(report=OuterRef("pk")) | Q(report=OuterRef("told_in")), state=Delivery.State.PUBLISHED
    )


def unreported_hours(now: datetime.datetime, first: datetime.date | None = None) -> float:
    """Return how many hours the oldest unreported day is overdue; 0 without one."""
    day = oldest_unreported_day(now, first)
    if day is None:
        return 0.0
    due = shop_calendar().interval_of(day)[1] + grace_period()
    return round((now - due).total_seconds() / 3600, 2)


def emit_run(result: RunResult, *, now: datetime.datetime) -> None:
    """Log one run in CloudWatch's embedded metric format.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    values = {
        "Published": len(result.published),
        "Late": len(result.waiting),
        "Failed": len(result.failed) + len(result.broken),
        "UnreportedHours": unreported_hours(now, result.first_day),
    }
    definitions = [
        {"Name": name, "Unit": "None" if name == "UnreportedHours" else "Count"} for name in values
    ]
    line = {
        "_aws": {
            "Timestamp": int(now.timestamp() * 1000),
            "CloudWatchMetrics": [
                {"Namespace": NAMESPACE, "Dimensions": [[]], "Metrics": definitions}
            ],
        },
        **values,
    }
    _metrics.info(json.dumps(line))
