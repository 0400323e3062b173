"""The sign-in link by which customers without a password see their own orders."""

import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from cafe_site.accounts.models import User
from cafe_site.accounts.sign_in_links import LINK_LIFETIME, customer_with, make_link_token
from cafe_site.orders.customer_mail import queue_mail
from cafe_site.orders.mails import sign_in_mail
from cafe_site.orders.models import Order, OutgoingMail

SIGN_IN_MAIL = "sign_in"
# Limit of links to one address while the first is valid, so that no mailbox is flooded.
MAX_LINKS = 3


def send_sign_in_link(email: str, *, now: datetime.datetime) -> None:
    """E-mail a sign-in link to the address of earlier orders, if there are any.

    The page shows the same answer either way, so that it does not reveal who ordered here. The link
    goes to the address saved with the order, so that no normalisation sends it to another mailbox.
    """
    orders = Order.objects.filter(customer_email=email)
    known = orders.values_list("customer_email", flat=True).first()
    if known is None:
        return
    earlier = OutgoingMail.objects.filter(
        to=known, kind=SIGN_IN_MAIL, created_at__gt=now - LINK_LIFETIME
    )
    if earlier.count() >= MAX_LINKS:
        return
    token = make_link_token(customer_with(known))
    address = settings.SITE_URL + reverse("orders:customer_sign_in", args=[token])
    queue_mail(SIGN_IN_MAIL, sign_in_mail(address, until=now + LINK_LIFETIME), to=known)


def orders_of(customer: User) -> QuerySet[Order]:
    """Return a customer's orders with their lines, the latest pickup first."""
    return (
        Order.objects.filter(customer_email=customer.customer_email)
        .order_by("-pickup_at", "-pk")
        .prefetch_related("lines")
    )
