"""Closed business days: those that are over and can be reported."""

import datetime

from django.conf import settings

from cafe_site.shop.opening import shop_calendar


def last_closed_day(now: datetime.datetime) -> datetime.date:
    return shop_calendar().last_closed_day(now, grace=grace_period())


def grace_period() -> datetime.timedelta:
    """Return how long a report waits after the end of its business day."""
    return datetime.timedelta(minutes=settings.REPORT_GRACE_MINUTES)
