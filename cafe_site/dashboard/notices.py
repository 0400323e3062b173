"""Notices above the owners' pages."""

from typing import Any

from reports.delivery import channel
from reports.delivery.recipients import is_anybody_confirmed
from reports.models import Delivery


def delivery_notice() -> dict[str, Any]:
    """Return what prevents delivery of reports, and the newest refused report."""
    failed = (
        Delivery.objects.scheduled()
        .filter(state=Delivery.State.FAILED)
        .select_related("report")
        .order_by("-report__business_day")
        .first()
    )
    return {
        "has_channel": channel.is_set_up(),
        "is_anybody_confirmed": is_anybody_confirmed(),
        "failed": failed.report if failed else None,
    }
