"""Parsing of the business day in a page's address."""

import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cafe_site.shop.business_day import DAY, parse_day
from cafe_site.shop.opening import next_baking_day, shop_calendar


def requested_day(request: HttpRequest) -> datetime.date:
    """Return the business day in the address; today if it is missing or invalid."""
    today = shop_calendar().day_of(timezone.now())
    if "day" not in request.GET:
        return today
    try:
        return parse_day(request.GET["day"])
    except ValueError:
        messages.error(
            request,
            _("“%(value)s” is not a day. Write it as %(today)s. Today is shown.")
            % {"value": request.GET["day"][:20], "today": today.isoformat()},
        )
        return today


def planned_day(request: HttpRequest) -> datetime.date:
    """Return the day in the address, or else the next day to bake for."""
    if "day" in request.GET:
        return requested_day(request)
    return next_baking_day(timezone.now())


def days_context(day: datetime.date, page: str) -> dict[str, Any]:
    """Return the context of the day navigation, also if a form's address renders the page."""
    return {
        "day": day,
        "today": shop_calendar().day_of(timezone.now()),
        "previous_day": day - DAY,
        "next_day": day + DAY,
        "days_path": reverse(f"dashboard:{page}"),
    }
