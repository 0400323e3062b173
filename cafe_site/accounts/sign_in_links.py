"""Sign-in links for customers: sent by e-mail, valid once, for 15 minutes."""

import datetime
import secrets
from typing import Any

from django.conf import settings
from sesame.tokens import create_token, parse_token

from cafe_site.accounts.models import User

LINK_LIFETIME = datetime.timedelta(seconds=settings.SESAME_MAX_AGE)
# A token of one scope is not valid in another.
_SCOPE = "my-orders"


def customer_with(email: str) -> User:
    """Return the customer with this address; create one if there is none."""
    customer, is_new = User.objects.get_or_create(
        customer_email=email, defaults={"username": f"customer-{secrets.token_hex(16)}"}
    )
    if is_new:
        customer.set_unusable_password()
        customer.save(update_fields=["password"])
    return customer


def make_link_token(customer: User) -> str:
    """Return a token that signs this customer in once."""
    return str(create_token(customer, _SCOPE))


def customer_of_token(token: str) -> User | None:
    """Return the customer of a token without using it up; None if it is not valid."""
    customer: User | None = parse_token(token, _find_customer, _SCOPE)
    return customer


def use_token(token: str, *, now: datetime.datetime) -> User | None:
    """Return the customer of a token and use it up; None if it is not valid.

    The token depends on `last_login`. Of two concurrent requests, only the first updates it.
    """
    customer = customer_of_token(token)
    if customer is None:
        return None
    unused = User.objects.filter(pk=customer.pk, last_login=customer.last_login)
    return customer if unused.update(last_login=now) else None


def _find_customer(pk: Any) -> User | None:
    return User.objects.filter(pk=pk, is_active=True, customer_email__isnull=False).first()
