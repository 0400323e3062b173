"""Refunds to the card: claim, request, record; the process may end after each step."""

import logging
from decimal import Decimal

from cafe_site.orders.errors import PaymentRefused, PaymentUnavailable
from cafe_site.orders.models import CardRefund, Payment
from cafe_site.orders.payments import stripe_checkout
from cafe_site.outbox.background import run_after_commit

logger = logging.getLogger(__name__)


def queue_card_refund(payment: Payment, amount: Decimal) -> CardRefund:
    """Queue a refund, to be requested after the surrounding transaction commits."""
    row = CardRefund.objects.create(payment=payment, amount=amount)
    run_after_commit(send_card_refund, row.pk)
    return row


def send_waiting_card_refunds() -> int:
    """Request all due refunds; return how many succeeded."""
    return sum(send_card_refund(pk) for pk in CardRefund.objects.waiting(50))


def send_card_refund(refund_id: int) -> bool:
    """Request one refund, unless it is done or in progress; return whether it succeeded.

    If the process dies after the request, it is repeated with the same key, and Stripe answers with
    the existing refund.
    """
    row = CardRefund.objects.claim(refund_id, lease=CardRefund.LEASE)
    if row is None:
        return False
    try:
        reference = stripe_checkout.refund(
            row.payment.intent_id, row.amount, key=f"refund-{row.payment.order.token}-{row.pk}"
        )
    except PaymentRefused as error:
        CardRefund.objects.give_up(row, error.detail)
        _log_failed(row, error.detail)
    except PaymentUnavailable as error:
        if CardRefund.objects.try_later(row, str(error)):
            logger.warning("card_refund_delayed refund=%s attempt=%s", row.pk, row.fence)
        else:
            _log_failed(row, str(error))
    else:
        CardRefund.objects.settle(
            row, state=CardRefund.State.GIVEN_BACK, reference=reference, last_error=""
        )
        logger.info("card_refund_given_back refund=%s attempt=%s", row.pk, row.fence)
        return True
    return False


def _log_failed(row: CardRefund, reason: str) -> None:
    logger.error("card_refund_failed refund=%s attempt=%s reason=%s", row.pk, row.fence, reason)
