"""Page of one order, open to anybody who has its secret link."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cafe_site.identity.form_fields import first_error
from cafe_site.once.forms import OnceForm
from cafe_site.once.services import AlreadyDone, FormReused
from cafe_site.orders.changes import can_cancel, cancel_by_customer
from cafe_site.orders.errors import OrderError
from cafe_site.orders.models import Order, Status
from cafe_site.shop.contact import read_contact
from cafe_site.shop.facts import phone_words
from cafe_site.storefront.calendar_file import Appointment, render_calendar
from cafe_site.storefront.order_links import find_order


def order_context(found: Order) -> dict[str, Any]:
    is_waiting = found.is_open or found.is_unpaid
    return {"order": found, "can_cancel": is_waiting and can_cancel(found, now=timezone.now())}


@login_not_required
@never_cache
@require_safe
def order(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """Show an order to anybody who has its link."""
    return render(request, "orders/order.html", order_context(find_order(number, token)))


@login_not_required
@never_cache
@require_safe
def order_state(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """Return the inner part of the order page, which the open page reloads."""
    return render(request, "orders/order_state.html", order_context(find_order(number, token)))


@login_not_required
@require_POST
def cancel(request: HttpRequest, number: int, token: str) -> HttpResponse:
    found = find_order(number, token)
    form = OnceForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect(found)
    try:
        cancel_by_customer(found.pk, now=timezone.now(), once=form.once)
    except (OrderError, FormReused) as error:
        messages.error(request, str(error))
    except AlreadyDone:
        pass
    return redirect(found)


@login_not_required
@never_cache
@require_safe
def calendar_file(request: HttpRequest, number: int, token: str) -> HttpResponse:
    found = find_order(number, token)
    contact = read_contact()
    lines = [f"{line.quantity} x {line.name}" for line in found.lines.all()]
    appointment = Appointment(
        uid=f"order-{found.pk}@{request.get_host()}",
        start=found.pickup_at,
        title=_("Collect order %(number)s at %(shop)s")
        % {"number": found.pk, "shop": settings.SHOP_NAME},
        text="\n".join([*lines, *([phone_words(contact)] if contact.phone else [])]),
        location=", ".join(contact.address_lines),
        url=request.build_absolute_uri(found.get_absolute_url()),
        is_cancelled=found.status == Status.CANCELLED,
    )
    return HttpResponse(
        render_calendar(appointment, now=timezone.now()),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="order-{found.pk}.ics"'},
    )
