"""Pages of one order for staff: lines, history, cancellation and refunds."""

import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cafe_site.accounts.access import current_user, staff_only
from cafe_site.dashboard.forms import CancelForm, ReasonForm, RefundForm
from cafe_site.once.services import AlreadyDone, FormReused
from cafe_site.orders.changes import cancel_order
from cafe_site.orders.errors import OrderError
from cafe_site.orders.models import CardRefund, Order, Status
from cafe_site.orders.payments.refund_problems import refund_sentence
from cafe_site.orders.refunds import refund_order
from cafe_site.orders.status_changes import UNDO_TIME


def find_order(number: int) -> Order:
    orders = Order.objects.select_related("payment", "voucher")
    return get_object_or_404(orders.prefetch_related("lines", "events__by"), pk=number)


@staff_only
@never_cache
@require_safe
def order(request: HttpRequest, number: int) -> HttpResponse:
    return show_order(request, find_order(number))


def show_order(
    request: HttpRequest,
    found: Order,
    *,
    refund_form: RefundForm | None = None,
    cancel_form: ReasonForm | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "order": found,
        "refund_form": refund_form or RefundForm(prefix="refund"),
        "cancel_form": cancel_form or new_cancel_form(found),
        "now": timezone.now(),
        # Called by the template, only for orders paid online.
        "find_card_refunds": partial(card_refunds_of, found),
    }
    status = 422 if refund_form or cancel_form else 200
    return render(request, "dashboard/order.html", context, status=status)


def card_refunds_of(found: Order) -> list[tuple[CardRefund, str]]:
    """Return the card refunds, each with the reason if it failed."""
    refunds = CardRefund.objects.filter(payment__order=found)
    return [(refund, card_refund_problem(refund)) for refund in refunds]


def card_refund_problem(refund: CardRefund) -> str:
    """Return why a refund failed and what to do; empty while it may still succeed."""
    if refund.state != CardRefund.State.FAILED:
        return ""
    # A refused refund is given up at once; an unanswered one only after all attempts.
    was_answered = refund.fence < CardRefund.MAX_ATTEMPTS
    return refund_sentence(refund.last_error, was_answered=was_answered)


def new_cancel_form(found: Order, data: Any = None) -> ReasonForm:
    """Return the cancellation form, with an amount if the order was paid online."""
    if not found.is_paid_online:
        return ReasonForm(data, prefix="cancel")
    return CancelForm(data, prefix="cancel", initial={"amount": found.total_amount})


@staff_only
@require_POST
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Cancel an order and refund all or part of an online payment, in one step."""
    found = find_order(number)
    form = new_cancel_form(found, request.POST)
    if not form.is_valid():
        return show_order(request, found, cancel_form=form)
    try:
        cancel_order(
            number,
            refund_amount=form.cleaned_data.get("amount"),
            reason=form.cleaned_data["reason"],
            by=current_user(request),
            now=timezone.now(),
            once=form.once,
        )
    except (OrderError, FormReused) as error:
        form.add_error(None, str(error))
        return show_order(request, found, cancel_form=form)
    except AlreadyDone:
        # The first answer was lost, or the order was restored since.
        if not Order.objects.filter(pk=number, status=Status.CANCELLED).exists():
            return redirect("dashboard:order", number)
    messages.success(request, cancelled_words(found))
    return redirect("dashboard:order", number)


def cancelled_words(found: Order) -> str:
    """Return what happened, and for how long it can be undone before the customer is notified."""
    facts = {"number": found.pk, "minutes": UNDO_TIME // datetime.timedelta(minutes=1)}
    if found.is_paid_online or found.is_unpaid or not found.customer_email:
        return _("Order %(number)s is cancelled.") % facts
    return (
        ngettext(
            "Order %(number)s is cancelled. The customer gets an e-mail in %(minutes)s minute. "
            "Until then you can undo it.",
            "Order %(number)s is cancelled. The customer gets an e-mail in %(minutes)s minutes. "
            "Until then you can undo it.",
            facts["minutes"],
        )
        % facts
    )


@staff_only
@require_POST
def refund(request: HttpRequest, number: int) -> HttpResponse:
    found = find_order(number)
    form = RefundForm(request.POST, prefix="refund")
    if not form.is_valid():
        return show_order(request, found, refund_form=form)
    try:
        refund_order(
            number,
            form.cleaned_data["amount"],
            reason=form.cleaned_data["reason"],
            by=current_user(request),
            now=timezone.now(),
            once=form.once,
        )
    except (OrderError, FormReused) as error:
        form.add_error("amount", str(error))
        return show_order(request, found, refund_form=form)
    except AlreadyDone:
        pass
    messages.success(request, _("The refund of order %(number)s is saved.") % {"number": number})
    return redirect("dashboard:order", number)
