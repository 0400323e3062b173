"""Services of online payment: begin, record as paid, give up. All are safe to repeat."""

import datetime
import logging

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cafe_site.orders.customer_mail import queue_order_mail
from cafe_site.orders.errors import PaymentRefused, PaymentUnavailable, SessionMissing
from cafe_site.orders.mails import late_payment_mail
from cafe_site.orders.models import Order, OrderEvent, Payment, Status
from cafe_site.orders.payments import stripe_checkout
from cafe_site.orders.payments.card_refunds import queue_card_refund
from cafe_site.orders.payments.stripe_checkout import Session
from cafe_site.orders.status_changes import lock_order, move_order

logger = logging.getLogger(__name__)

# How long the payment page stays open: Stripe requires at least 30 minutes.
TIME_TO_PAY = datetime.timedelta(minutes=31)
_SHORTEST = datetime.timedelta(minutes=30)


def begin_payment(order: Order, *, now: datetime.datetime) -> str:
    """Return the address of an order's payment page; repeated calls return the same page.

    Raises PaymentRefused if it is paid or given up, and PaymentUnavailable.
    """
    payment = Payment.objects.filter(order=order).first()
    is_waiting = payment is not None and payment.state == Payment.State.OPEN and order.is_unpaid
    if payment is None or not is_waiting or now >= payment.expires_at:
        raise PaymentRefused(
            _("Order %(number)s is not waiting for a payment.") % {"number": order.pk}
        )
    if payment.session_url:
        return payment.session_url
    payment = _claim_page(payment, now=now)
    page = [order.pk, order.token]
    session = stripe_checkout.create_session(
        # With this key, concurrent calls get the same page; two pages might both be paid.
        key=f"session-{order.token}-{int(payment.expires_at.timestamp())}",
        title=_("Order %(number)s at %(shop)s") % {"number": order.pk, "shop": settings.SHOP_NAME},
        amount=payment.amount,
        email=order.customer_email,
        expires_at=payment.expires_at,
        success_url=settings.SITE_URL + reverse("orders:paid", args=page),
        cancel_url=settings.SITE_URL + reverse("orders:order", args=page),
    )
    Payment.objects.filter(pk=payment.pk, session_id=None).update(
        session_id=session.id, session_url=session.url
    )
    # Not the session of this call: if another call saved its session first, that one is valid.
    payment.refresh_from_db()
    return payment.session_url


def _claim_page(payment: Payment, *, now: datetime.datetime) -> Payment:
    """Set when the page expires, once for all concurrent calls.

    A page that was not created in time gets a later expiry and so another key. The earlier page may
    exist, but nobody was sent to it.
    """
    if payment.expires_at - now < _SHORTEST:
        Payment.objects.filter(
            pk=payment.pk, session_id=None, expires_at=payment.expires_at
        ).update(expires_at=now.replace(microsecond=0) + TIME_TO_PAY)
        payment.refresh_from_db()
    return payment


def record_paid(session: Session, *, now: datetime.datetime) -> None:
    """Record a payment once; refund it if the order was given up."""
    payment = Payment.objects.filter(session_id=session.id).first()
    if payment is None:
        # Belongs to another shop on the same Stripe account.
        logger.info("payment_unknown session=%s", session.id)
        return
    if (session.amount, session.currency) != (payment.amount, settings.SHOP_CURRENCY):
        raise PaymentRefused(f"Payment {payment.pk} is about another amount than it was opened for")
    with transaction.atomic():
        order = lock_order(payment.order_id)
        is_first = Payment.objects.filter(~Q(state=Payment.State.PAID), pk=payment.pk).update(
            state=Payment.State.PAID, intent_id=session.intent_id, paid_at=now
        )
        if not is_first:
            return
        if order.status == Status.UNPAID:
            move_order(order, Status.PLACED, by=None, now=now, kind=OrderEvent.Kind.PAID)
        elif order.is_open:
            # Given up, then restored by staff.
            OrderEvent.objects.create(
                order=order, kind=OrderEvent.Kind.PAID, status=order.status, at=now
            )
        else:
            _give_back_late(order, now=now)
    logger.info("payment_recorded payment=%s order=%s", payment.pk, payment.order_id)


def _give_back_late(order: Order, *, now: datetime.datetime) -> None:
    """Refund a payment that arrived after the order was given up."""
    OrderEvent.objects.create(
        order=order,
        kind=OrderEvent.Kind.REFUNDED,
        status=order.status,
        amount=order.payment.amount,
        reason=_("Paid after the order was cancelled"),
        at=now,
    )
    queue_card_refund(order.payment, order.payment.amount)
    with override(order.language):
        queue_order_mail(order, "late_payment", late_payment_mail(order))


def close_payment(payment: Payment, *, now: datetime.datetime, reason: str = "") -> None:
    """Give up an unpaid order and release what it held; the page must be closed before."""
    with transaction.atomic():
        order = lock_order(payment.order_id)
        Payment.objects.filter(pk=payment.pk, state=Payment.State.OPEN).update(
            state=Payment.State.CLOSED
        )
        if order.status == Status.UNPAID:
            move_order(order, Status.CANCELLED, by=None, now=now, reason=reason)


def settle_payment(payment_id: int) -> None:
    """Close a payment page and record the outcome; used as a background task."""
    payment = Payment.objects.get(pk=payment_id)
    if payment.state != Payment.State.OPEN:
        return
    now = timezone.now()
    if payment.session_id is not None:
        try:
            session = stripe_checkout.end_session(payment.session_id)
        except SessionMissing:
            # Belongs to another account, because the keys have changed: nobody can pay it here.
            logger.exception("payment_session_missing payment=%s", payment.pk)
        else:
            if session.is_paid:
                record_paid(session, now=now)
                return
    close_payment(payment, now=now, reason=_("Not paid in time"))


def settle_due_payments(*, now: datetime.datetime) -> int:
    """Settle expired payments, also without a webhook event; return how many."""
    due = Payment.objects.filter(state=Payment.State.OPEN, expires_at__lte=now)
    settled = 0
    for payment_id in due.order_by("pk").values_list("pk", flat=True)[:50]:
        try:
            settle_payment(payment_id)
        except PaymentUnavailable as error:
            # The others would not get an answer either; do not delay the rest of the sweep.
            logger.warning("payments_not_settled reason=%s", error)
            break
        except PaymentRefused as error:
            logger.warning("payment_not_settled payment=%s reason=%s", payment_id, error)
        else:
            settled += 1
    return settled
