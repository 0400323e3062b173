from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from time_machine import travel

from cafe_site.menu.models import Product
from cafe_site.orders.models import Order, PickupSlot
from cafe_site.stock.models import DailyStock
from tests.fixtures.ordering import NOW
from tests.storefront.browsing import add, form_of
from tests.stripe_stand_in import (
    SECRET_KEY,
    WEBHOOK_SECRET,
    StripeStandIn,
    running_stripe,
    signature_of,
)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def stripe(settings: Any) -> Iterator[StripeStandIn]:
    with running_stripe() as stand_in:
        settings.STRIPE_SECRET_KEY = SECRET_KEY
        settings.STRIPE_WEBHOOK_SECRET = WEBHOOK_SECRET
        settings.STRIPE_API_BASE = stand_in.address
        yield stand_in


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Any) -> Any:
    """Do what follows a commit at the end of a block, as outside of a test's transaction."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def order(client: Client, cheesecake: Product, stripe: StripeStandIn, commit: Any) -> Order:
    """Two cheesecakes of five, to be paid online: €8.40."""
    Product.objects.update(daily_quantity=5)
    add(client, cheesecake, 2)
    with commit():
        client.post("/checkout/", form_of(client, payment="online"))
    return Order.objects.get()


@pytest.fixture
def session(client: Client, order: Order, stripe: StripeStandIn) -> str:
    """The payment page that the customer is on."""
    client.get(f"{order.get_absolute_url()}pay/")
    [number] = stripe.sessions
    return number


@pytest.fixture
def tell(client: Client, stripe: StripeStandIn, commit: Any) -> Any:
    """Let Stripe tell the site of a session; return the answer's status."""

    def tell_of(kind: str, number: str, **changes: Any) -> int:
        body = stripe.message(f"checkout.session.{kind}", number, **changes)
        with commit():
            return send(client, body, signature_of(body))

    return tell_of


def send(client: Client, body: bytes, signature: str) -> int:
    answer = client.post(
        "/payments/stripe/",
        body,
        content_type="application/json",
        headers={"Stripe-Signature": signature},
    )
    return answer.status_code


@pytest.fixture
def paid(order: Order, session: str, stripe: StripeStandIn, tell: Any) -> Order:
    stripe.pay(session)
    assert tell("completed", session) == 200
    mail.outbox.clear()
    order.refresh_from_db()
    return order


def held() -> tuple[int, int]:
    """Return how many products are reserved, and how many places of the slot are taken."""
    return DailyStock.objects.get().reserved, PickupSlot.objects.get().taken
