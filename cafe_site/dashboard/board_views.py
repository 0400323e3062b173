"""Pages of the order board: open orders by pickup time, and their status changes."""

import datetime
from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cafe_site.accounts.access import current_user, staff_only
from cafe_site.dashboard.days import requested_day
from cafe_site.dashboard.forms import MAX_PAUSE_MINUTES, PauseForm, StatusForm
from cafe_site.identity.form_fields import first_error
from cafe_site.once.services import AlreadyDone, FormReused
from cafe_site.orders.changes import change_status
from cafe_site.orders.errors import OrderError
from cafe_site.orders.models import Order, Status
from cafe_site.shop.business_day import DAY
from cafe_site.shop.opening import (
    opening_day,
    pause_orders,
    pickup_rules,
    running_day,
    shop_calendar,
)
from cafe_site.shop.opening_day import OpeningDay

PAUSE_MINUTES = 30


@staff_only
@never_cache
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    opening = requested_opening(request)
    context = {
        "previous_day": opening.day - DAY,
        "next_day": opening.day + DAY,
        **tickets_context(opening),
    }
    return render(request, "dashboard/board.html", context)


@staff_only
@never_cache
@require_safe
def tickets(request: HttpRequest) -> HttpResponse:
    """Return the inner part of the board, which the open page reloads."""
    return render(request, "dashboard/tickets.html", tickets_context(requested_opening(request)))


def requested_opening(request: HttpRequest) -> OpeningDay:
    """Return the day in the address, or else the day whose hours are running.

    After midnight this is the day before, until its hours end, so that staff see the orders of the
    whole evening on one page.
    """
    if "day" in request.GET:
        return opening_day(requested_day(request))
    return running_day(timezone.now())


def tickets_context(opening: OpeningDay) -> dict[str, Any]:
    """Return the board's context for a day: its orders, including those after midnight."""
    now = timezone.now()
    orders = list(Order.objects.for_board(opening.day, opening.night_ends_at))
    pickups = [
        (pickup_at, list(members))
        for pickup_at, members in groupby(orders, key=lambda order: order.pickup_at)
    ]
    paused_until = pickup_rules().paused_until
    return {
        "day": opening.day,
        "today": shop_calendar().day_of(now),
        "now": now,
        "opening": opening,
        "pickups": pickups,
        "to_prepare": quantities_to_prepare(orders),
        "open_count": sum(order.is_open for order in orders),
        "order_count": len(orders),
        "paused_until": paused_until if paused_until and paused_until > now else None,
        "pause_minutes": PAUSE_MINUTES,
    }


def quantities_to_prepare(orders: Iterable[Order]) -> list[tuple[str, int]]:
    """Return the quantity of each product that placed orders still need, largest first."""
    quantities: Counter[str] = Counter()
    for order in orders:
        if order.status == Status.PLACED:
            for line in order.lines.all():
                quantities[line.name] += line.quantity
    return sorted(quantities.items(), key=lambda item: (-item[1], item[0]))


@staff_only
@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    """Pause orders for a number of minutes, or resume them."""
    form = PauseForm(request.POST)
    if not form.is_valid():
        messages.error(
            request,
            _(
                "Nothing was changed: a pause has 1 to %(most)s minutes, and 0 ends it. Reload the "
                "page and try again."
            )
            % {"most": MAX_PAUSE_MINUTES},
        )
    elif minutes := form.cleaned_data["minutes"]:
        until = timezone.now() + datetime.timedelta(minutes=minutes)
        pause_orders(until)
        time = date_format(shop_calendar().local(until), "H:i")
        messages.success(request, _("No orders are taken until %(time)s.") % {"time": time})
    else:
        pause_orders(None)
        messages.success(request, _("Orders are taken again."))
    return redirect("dashboard:board")


@staff_only
@require_POST
def change_order_status(request: HttpRequest, number: int) -> HttpResponse:
    found = get_object_or_404(Order, pk=number)
    form = StatusForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("dashboard:order", number)
    try:
        found = change_status(
            number,
            Status(form.cleaned_data["status"]),
            by=current_user(request),
            now=timezone.now(),
            once=form.once,
        )
    except (OrderError, FormReused) as error:
        messages.error(request, str(error))
    except AlreadyDone:
        # A double tap: the answer to the first one reports the result.
        pass
    else:
        messages.success(
            request,
            _("Order %(number)s: %(status)s.")
            % {"number": number, "status": found.get_status_display()},
        )
    # Back to the board with the button: an order after midnight is on two boards.
    day = form.cleaned_data["day"] or found.business_day
    return redirect(f"{reverse('dashboard:board')}?day={day.isoformat()}#order-{number}")
