"""What somebody who sleeps is woken by: CloudWatch metrics, and how old the oldest gap is."""

import datetime
import json
import logging

from django.db.models import Q

from cafe_site.shop.business_day import DAY
from cafe_site.shop.opening import shop_calendar
from reports.jobs import DAYS_BACK, RunResult, grace_period, last_closed_day
from reports.models import Delivery, Report
from reports.summary import first_business_day

# Its formatter adds nothing: CloudWatch reads the line as JSON.
_metrics = logging.getLogger("reports.emf")
NAMESPACE = "Cafe/Reports"


def oldest_unreported_day(now: datetime.datetime) -> datetime.date | None:
    """Return the oldest closed business day that no published report tells of, or None.

    It looks as far back as the reports catch up, and not before the shop's first order.
    """
    first = first_business_day()
    if first is None:
        return None
    last = last_closed_day(now)
    oldest = max(first, last - DAY * (DAYS_BACK - 1))
    published = Q(deliveries__state=Delivery.State.PUBLISHED) | Q(
        told_in__deliveries__state=Delivery.State.PUBLISHED
    )
    told = set(
        Report.objects.filter(
            published, kind=Report.Kind.DAILY, business_day__range=(oldest, last)
        ).values_list("business_day", flat=True)
    )
    days = (oldest + DAY * offset for offset in range((last - oldest).days + 1))
    return next((day for day in days if day not in told), None)


def unreported_hours(now: datetime.datetime) -> float:
    """Return for how many hours the oldest unreported day has been due; 0 when there is none."""
    day = oldest_unreported_day(now)
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
        "Failed": len(result.failed),
        "UnreportedHours": unreported_hours(now),
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
