"""Client of Stripe's hosted Checkout, the only module that calls Stripe.

The library takes a tenth of a second to import, so it is imported inside the functions. A café
without online payment never loads it.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from cafe_site.orders.errors import PaymentRefused, PaymentUnavailable, SessionMissing
from cafe_site.shop.money import Currency

# Stripe uses two decimals for these currencies, although they have none.
# https://docs.stripe.com/currencies#special-cases
_TWO_DIGITS = ("ISK", "UGX")
TIMEOUT_SECONDS = 8


@dataclass(frozen=True, slots=True)
class Session:
    """A Stripe Checkout session: one visit to the payment page."""

    id: str
    url: str
    is_open: bool
    is_paid: bool
    intent_id: str
    amount: Decimal
    currency: str


class SignatureInvalid(Exception):
    """The signature of a webhook request is not Stripe's."""


@dataclass(frozen=True, slots=True)
class SessionEvent:
    """A webhook event about a session."""

    kind: str
    session: Session


def is_available() -> bool:
    """Whether this café accepts online payments."""
    return bool(settings.STRIPE_SECRET_KEY)


def create_session(
    *,
    key: str,
    title: str,
    amount: Decimal,
    email: str,
    expires_at: datetime.datetime,
    success_url: str,
    cancel_url: str,
) -> Session:
    """Open a payment page for an amount; the same key always gives the same page.

    Raises PaymentUnavailable or PaymentRefused.
    """
    price = {
        "currency": settings.SHOP_CURRENCY.lower(),
        "unit_amount": to_smallest_units(amount),
        "product_data": {"name": title},
    }
    with _converted_errors():
        created = _client().v1.checkout.sessions.create(
            {
                "mode": "payment",
                "line_items": [{"quantity": 1, "price_data": price}],
                "customer_email": email,
                "expires_at": int(expires_at.timestamp()),
                "success_url": success_url,
                "cancel_url": cancel_url,
            },
            {"idempotency_key": key},
        )
    return _session(created)


def read_session(session_id: str) -> Session:
    """Return the current state of a session. Raises PaymentUnavailable or PaymentRefused."""
    with _converted_errors():
        return _session(_client().v1.checkout.sessions.retrieve(session_id))


def end_session(session_id: str) -> Session:
    """End a session and return it; it may already be ended or paid.

    Raises PaymentUnavailable or PaymentRefused.
    """
    session = read_session(session_id)
    if not session.is_open:
        return session
    with _converted_errors():
        return _session(_client().v1.checkout.sessions.expire(session_id))


def refund(intent_id: str, amount: Decimal, *, key: str) -> str:
    """Refund an amount of a payment, once per key; return Stripe's id of the refund.

    Raises PaymentUnavailable or PaymentRefused.
    """
    with _converted_errors():
        made = _client().v1.refunds.create(
            {"payment_intent": intent_id, "amount": to_smallest_units(amount)},
            {"idempotency_key": key},
        )
    return str(made.id)


def read_event(body: bytes, signature: str) -> SessionEvent | None:
    """Return a signed webhook event, or None if it is not about a session.

    Raises SignatureInvalid if the request is not from Stripe, or is older than five minutes.
    """
    import stripe

    try:
        event = _client().construct_event(body, signature, settings.STRIPE_WEBHOOK_SECRET)
    except (stripe.SignatureVerificationError, ValueError) as error:
        raise SignatureInvalid(str(error)) from error
    if not event.type.startswith("checkout.session."):
        return None
    return SessionEvent(event.type, _session(event.data.object))


def to_smallest_units(amount: Decimal) -> int:
    """Return an amount in Stripe's units: 4.20 EUR is 420."""
    return int(amount.scaleb(_digits()))


def _digits() -> int:
    currency = Currency(settings.SHOP_CURRENCY)
    return 2 if currency.code in _TWO_DIGITS else currency.digits


def _session(found: Any) -> Session:
    return Session(
        id=found.id,
        url=found.url or "",
        is_open=found.status == "open",
        is_paid=found.payment_status == "paid",
        intent_id=found.payment_intent or "",
        # Sessions that only save a card have neither; they are not ours.
        amount=Decimal(found.amount_total or 0).scaleb(-_digits()),
        currency=(found.currency or "").upper(),
    )


def _client() -> Any:
    import stripe

    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        base_addresses={"api": settings.STRIPE_API_BASE},
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        max_network_retries=0,
    )


@contextmanager
def _converted_errors() -> Iterator[None]:
    """Convert errors of the library into PaymentRefused and PaymentUnavailable."""
    import stripe

    refusals = (
        stripe.AuthenticationError,
        stripe.CardError,
        stripe.InvalidRequestError,
        stripe.PermissionError,
    )
    try:
        yield
    except refusals as error:
        refusal = SessionMissing if error.code == "resource_missing" else PaymentRefused
        # Not shown to the customer: the library's message may contain the API key.
        raise refusal(
            _("Online payment is not available at the moment."),
            detail=f"{error.code or type(error).__name__}: {error}",
        ) from error
    except stripe.StripeError as error:
        raise PaymentUnavailable(
            _("The payment service cannot be reached at the moment. Please try again in a minute.")
        ) from error
