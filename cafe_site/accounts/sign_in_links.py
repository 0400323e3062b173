"""Sign-in by an e-mailed link, for customers: one use, a quarter of an hour, no password."""

import datetime
import secrets
from typing import Any

from django.conf import settings
from sesame.tokens import create_token, parse_token

from cafe_site.accounts.models import User

LINK_LIFETIME = datetime.timedelta(seconds=settings.SESAME_MAX_AGE)
# A token for one purpose is none for another.
_SCOPE = "my-orders"


def customer_with(email: str) -> User:
    """Return the customer of an address; make one for a new address."""
    customer, is_new = User.objects.get_or_create(
        customer_email=email, defaults={"username": f"customer-{secrets.token_hex(16)}"}
    )
    if is_new:
        customer.set_unusable_password()
        customer.save(update_fields=["password"])
    return customer


def make_link_token(customer: User) -> str:
    """Return a token that signs this customer in, once."""
    return str(create_token(customer, _SCOPE))


def customer_of_token(token: str) -> User | None:
    """Return whom a token would sign in, without using it up; None when it no longer holds."""
    customer: User | None = parse_token(token, _find_customer, _SCOPE)
    return customer


def use_token(token: str, *, now: datetime.datetime) -> User | None:
    """Return whom a token signs in and use it up; None when it no longer holds.

    The token depends on the last sign-in. Of two that come at once, one writes that first.
    """
    customer = customer_of_token(token)
    if customer is None:
        return None
    unused = User.objects.filter(pk=customer.pk, last_login=customer.last_login)
    return customer if unused.update(last_login=now) else None


def _find_customer(pk: Any) -> User | None:
    return User.objects.filter(pk=pk, is_active=True, customer_email__isnull=False).first()
