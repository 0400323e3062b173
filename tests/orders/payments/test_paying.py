"""Tests of paying through Stripe: an order is paid once, and the payment places it."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from cafe_site.menu.models import Product
from cafe_site.orders.models import CardRefund, Order, OutgoingMail, Payment, Status, Voucher
from reports.figures.summary import summarize_day
from tests.answers import messages_of
from tests.fixtures.ordering import NOW, PICKUP
from tests.orders.payments.conftest import held, send
from tests.storefront.browsing import add, form_of
from tests.stripe_stand_in import StripeStandIn, signature_of

pytestmark = pytest.mark.usefixtures("opening_hours")
MINUTE = datetime.timedelta(minutes=1)


# Without a key


def test_without_a_key_nothing_of_it_is_shown(client: Client, cheesecake: Product) -> None:
    add(client, cheesecake)
    page = client.get("/checkout/").content.decode()

    client.post("/checkout/", form_of(client, payment="online"))

    assert 'name="payment"' not in page
    assert "You pay when you collect it." in page
    assert (Order.objects.get().status, Payment.objects.count()) == (Status.PLACED, 0)
    assert client.post("/payments/stripe/").status_code == 404


# Placing and paying


def test_at_pickup_is_what_is_chosen_unless_somebody_changes_it(
    client: Client, cheesecake: Product, stripe: StripeStandIn
) -> None:
    add(client, cheesecake)

    client.post("/checkout/", form_of(client, payment="pickup"))

    assert Order.objects.get().status == Status.PLACED
    assert not Payment.objects.exists()


@pytest.mark.parametrize("payment", ["", "barter"])
def test_another_way_to_pay_is_refused(
    client: Client, cheesecake: Product, stripe: StripeStandIn, payment: str
) -> None:
    add(client, cheesecake)

    answer = client.post("/checkout/", form_of(client, payment=payment))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["payment"]
    assert not Order.objects.exists()


def test_an_unpaid_order_holds_what_it_needs_and_is_no_sale(client: Client, order: Order) -> None:
    page = client.get(order.get_absolute_url()).content.decode()

    assert order.status == Status.UNPAID
    assert held() == (2, 1)
    assert list(order.lines.values_list("counted", flat=True)) == [False]
    assert summarize_day(PICKUP.date()).totals.orders == 0
    assert "One step left: your payment" in page
    assert "until 11:15" in page
    assert "Pay €8.40 now" in page
    assert not OutgoingMail.objects.exists()


def test_an_order_that_costs_nothing_needs_no_payment(
    client: Client, cheesecake: Product, stripe: StripeStandIn
) -> None:
    Voucher.objects.create(code="GIFT", discount_share=Decimal(1))
    add(client, cheesecake)
    client.post("/basket/voucher/", {"code": "GIFT"})

    client.post("/checkout/", form_of(client, payment="online"))

    assert (Order.objects.get().status, Payment.objects.count()) == (Status.PLACED, 0)


def test_the_link_leads_to_one_payment_page_however_often_it_is_used(
    client: Client, order: Order, stripe: StripeStandIn
) -> None:
    answers = [client.get(f"{order.get_absolute_url()}pay/") for _ in range(3)]

    [session] = stripe.sessions.values()
    assert {answer["Location"] for answer in answers} == {session["url"]}
    assert (session["amount_total"], session["currency"]) == (840, "eur")
    assert session["success_url"] == f"http://testserver{order.get_absolute_url()}paid/"
    # The order is kept for as long as the page is open.
    assert Payment.objects.get().expires_at == NOW + 31 * MINUTE


def test_a_paid_order_is_placed_and_counts(
    client: Client, order: Order, session: str, stripe: StripeStandIn, tell: Any
) -> None:
    stripe.pay(session)

    assert tell("completed", session) == 200

    order.refresh_from_db()
    assert order.status == Status.PLACED
    assert list(order.events.values_list("kind", "status")) == [
        ("placed", "unpaid"),
        ("paid", "placed"),
    ]
    assert summarize_day(PICKUP.date()).totals.orders == 1
    assert held() == (2, 1)
    [sent] = mail.outbox
    assert "Total: €8.40, paid online" in sent.body
    assert "Paid online." in client.get(order.get_absolute_url()).content.decode()


def test_an_order_is_paid_once_however_often_stripe_says_so(
    client: Client, order: Order, session: str, stripe: StripeStandIn, tell: Any, commit: Any
) -> None:
    stripe.pay(session)

    for _ in range(3):
        tell("completed", session)
    tell("async_payment_succeeded", session)
    with commit():
        client.get(f"{order.get_absolute_url()}paid/")

    assert order.events.filter(kind="paid").count() == 1
    assert len(mail.outbox) == 1
    assert not CardRefund.objects.exists()


def test_whoever_comes_back_from_paying_needs_no_message_of_stripes(
    client: Client, order: Order, session: str, stripe: StripeStandIn
) -> None:
    stripe.pay(session)

    answer = client.get(f"{order.get_absolute_url()}paid/", follow=True)

    assert "Thank you, your order is placed" in answer.content.decode()


def test_whoever_comes_back_without_paying_is_asked_again(
    client: Client, order: Order, session: str
) -> None:
    answer = client.get(f"{order.get_absolute_url()}paid/", follow=True)

    assert "Pay €8.40 now" in answer.content.decode()


def test_a_message_without_money_places_nothing(order: Order, session: str, tell: Any) -> None:
    # A slow way of paying: the page is done, the money is not there.
    assert tell("completed", session, status="complete") == 200

    order.refresh_from_db()
    assert order.status == Status.UNPAID


@pytest.mark.parametrize("broken", ["secret", "age", "body", "nothing"])
def test_a_message_that_is_not_stripes_changes_nothing(
    client: Client, order: Order, session: str, stripe: StripeStandIn, broken: str
) -> None:
    stripe.pay(session)
    body = stripe.message("checkout.session.completed", session)
    signature = {
        "secret": signature_of(body, secret="whsec_guessed"),
        "age": signature_of(body, at=(NOW - 6 * MINUTE).timestamp()),
        "body": signature_of(body + b" "),
        "nothing": "",
    }[broken]

    assert send(client, body, signature) == 400

    order.refresh_from_db()
    assert order.status == Status.UNPAID


def test_what_is_no_json_or_about_something_else_is_no_error(
    client: Client, stripe: StripeStandIn
) -> None:
    other = b'{"id": "evt", "object": "event", "type": "charge.updated", "data": {"object": {}}}'

    assert send(client, b"{", signature_of(b"{")) == 400
    assert send(client, other, signature_of(other)) == 200


@pytest.mark.parametrize("changes", [{"amount_total": 1}, {"currency": "usd"}])
def test_another_amount_than_the_orders_is_not_taken_for_it(
    order: Order, session: str, stripe: StripeStandIn, tell: Any, changes: dict[str, Any]
) -> None:
    stripe.pay(session)

    assert tell("completed", session, **changes) == 409

    order.refresh_from_db()
    assert (order.status, order.payment.state) == (Status.UNPAID, Payment.State.OPEN)


def test_a_session_of_another_shop_is_left_alone(
    order: Order, session: str, stripe: StripeStandIn, tell: Any
) -> None:
    assert tell("completed", session, id="cs_of_another", payment_status="paid") == 200

    order.refresh_from_db()
    assert order.status == Status.UNPAID


# When Stripe does not answer


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        ("down", "The payment service cannot be reached at the moment."),
        ("refuses", "Online payment is not available at the moment. Please ask us in the shop."),
    ],
)
def test_a_payment_page_that_cannot_be_made_is_told_and_made_later(
    client: Client, order: Order, stripe: StripeStandIn, clock: Any, failure: str, sentence: str
) -> None:
    stripe.failure = failure
    answer = client.get(f"{order.get_absolute_url()}pay/", follow=True)
    stripe.failure = ""
    # By then the first page would be open for less than the 30 minutes that Stripe wants.
    clock.shift(3 * MINUTE)

    later = client.get(f"{order.get_absolute_url()}pay/")

    assert messages_of(answer)[0].startswith(sentence)
    assert "sk_" not in messages_of(answer)[0]
    assert later["Location"] == next(iter(stripe.sessions.values()))["url"]


def test_a_page_whose_address_was_lost_on_the_way_is_found_again(
    client: Client, order: Order, stripe: StripeStandIn
) -> None:
    stripe.failure = "lost"
    client.get(f"{order.get_absolute_url()}pay/")
    stripe.failure = ""

    answer = client.get(f"{order.get_absolute_url()}pay/")

    [session] = stripe.sessions.values()
    assert answer["Location"] == session["url"]
