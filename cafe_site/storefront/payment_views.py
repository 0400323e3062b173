"""Redirects to and from the payment page, and Stripe's webhook."""

import logging

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from cafe_site.orders.errors import OrderError, PaymentRefused
from cafe_site.orders.models import Payment
from cafe_site.orders.payments import services, stripe_checkout
from cafe_site.orders.payments.stripe_checkout import SignatureInvalid
from cafe_site.shop.contact import with_how_to_reach_us
from cafe_site.storefront.order_links import find_order

logger = logging.getLogger(__name__)


@login_not_required
@never_cache
@require_safe
def pay(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """Redirect to the payment page. By a link, because the CSP lets no form leave the site."""
    found = find_order(number, token)
    try:
        return HttpResponseRedirect(services.begin_payment(found, now=timezone.now()))
    except OrderError as error:
        sentence = str(error)
        if isinstance(error, PaymentRefused):
            logger.warning("payment_not_begun order=%s reason=%s", number, error.detail)
            if error.detail != sentence:
                # Refused by the payment service; the customer cannot fix that.
                sentence = with_how_to_reach_us(sentence)
        messages.error(request, sentence)
        return redirect(found)


@login_not_required
@never_cache
@require_safe
def paid(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """Handle the return from the payment page, without waiting for Stripe's webhook."""
    found = find_order(number, token)
    payment = Payment.objects.filter(order=found, state=Payment.State.OPEN).first()
    if payment is not None and payment.session_id is not None:
        try:
            session = stripe_checkout.read_session(payment.session_id)
            if session.is_paid:
                services.record_paid(session, now=timezone.now())
        except OrderError as error:
            logger.warning("payment_not_read payment=%s reason=%s", payment.pk, error)
    return redirect(found)


@csrf_exempt
@login_not_required
@require_POST
def stripe_event(request: HttpRequest) -> HttpResponse:
    """Handle a webhook request of Stripe; its signature replaces the CSRF token."""
    if not stripe_checkout.is_available():
        raise Http404
    try:
        event = stripe_checkout.read_event(
            request.body, request.headers.get("Stripe-Signature", "")
        )
    except SignatureInvalid:
        return HttpResponse("The signature is not Stripe's.", status=400, content_type="text/plain")
    if event is None:
        return HttpResponse(status=200)
    try:
        if event.session.is_paid:
            services.record_paid(event.session, now=timezone.now())
        elif event.kind in ("checkout.session.expired", "checkout.session.async_payment_failed"):
            payment = Payment.objects.filter(session_id=event.session.id).first()
            if payment is not None:
                services.close_payment(payment, now=timezone.now())
    except PaymentRefused:
        logger.exception("payment_refused session=%s", event.session.id)
        return HttpResponse(status=409)
    return HttpResponse(status=200)
