"""Giving money back the way it was paid. Claim, ask, record: each may be a process's last step."""

import datetime
import logging
from decimal import Decimal

from django.db.models.functions import Now

from cafe_site.orders.background import run_after_commit
from cafe_site.orders.errors import PaymentRefused, PaymentUnavailable
from cafe_site.orders.models import CardRefund, Payment
from cafe_site.orders.payments import stripe_checkout

logger = logging.getLogger(__name__)

LEASE = datetime.timedelta(minutes=2)
# With the delays doubling from a minute, the last attempt falls within five hours: Stripe forgets
# an idempotency key after a day, and would then give the money back twice.
MAX_ATTEMPTS = 8
FIRST_DELAY = datetime.timedelta(minutes=1)


def queue_card_refund(payment: Payment, amount: Decimal) -> CardRefund:
    """Write down what goes back; it leaves when the transaction around this has committed."""
    row = CardRefund.objects.create(payment=payment, amount=amount)
    run_after_commit(send_card_refund, row.pk)
    return row


def send_waiting_card_refunds() -> int:
    """Ask for whatever waits for its turn; return how many were given back."""
    waiting = CardRefund.objects.claimable().order_by("pk").values_list("pk", flat=True)
    return sum(send_card_refund(pk) for pk in list(waiting[:50]))


def send_card_refund(refund_id: int) -> bool:
    """Give one amount back unless that is done or being done; say whether it was given back.

    A process that dies after asking leaves a row that is asked for again; the key is the same,
    and Stripe answers with the refund that it made then.
    """
    row = CardRefund.objects.claim(refund_id, lease=LEASE)
    if row is None:
        return False
    try:
        reference = stripe_checkout.refund(
            row.payment.intent_id, row.amount, key=f"refund-{row.payment.order.token}-{row.pk}"
        )
    except PaymentRefused as error:
        _give_up(row, error.detail)
    except PaymentUnavailable as error:
        if row.fence >= MAX_ATTEMPTS:
            _give_up(row, str(error))
        else:
            CardRefund.objects.settle(
                row,
                state=CardRefund.State.QUEUED,
                not_before=Now() + FIRST_DELAY * 2 ** (row.fence - 1),
                last_error=str(error)[:300],
            )
            logger.warning("card_refund_delayed refund=%s attempt=%s", row.pk, row.fence)
    else:
        CardRefund.objects.settle(
            row, state=CardRefund.State.GIVEN_BACK, reference=reference, last_error=""
        )
        logger.info("card_refund_given_back refund=%s attempt=%s", row.pk, row.fence)
        return True
    return False


def _give_up(row: CardRefund, reason: str) -> None:
    CardRefund.objects.settle(row, state=CardRefund.State.FAILED, last_error=reason[:300])
    logger.error("card_refund_failed refund=%s attempt=%s reason=%s", row.pk, row.fence, reason)
