"""Tests of unpaid orders: they are cancelled in time and cannot be paid afterwards."""

import datetime
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from cafe_site.orders.changes import change_status
from cafe_site.orders.models import Order, Payment, Status
from cafe_site.orders.sweep import sweep_orders
from reports.figures.summary import summarize_day
from tests.answers import messages_of
from tests.factories import cancel
from tests.fixtures.ordering import NOW, PICKUP
from tests.orders.payments.conftest import held
from tests.stripe_stand_in import StripeStandIn

pytestmark = pytest.mark.usefixtures("opening_hours")
MINUTE = datetime.timedelta(minutes=1)


def test_an_order_whose_page_expired_gives_everything_back(
    order: Order, session: str, stripe: StripeStandIn, tell: Any
) -> None:
    stripe.sessions[session].update(status="expired")

    tell("expired", session)
    tell("expired", session)

    order.refresh_from_db()
    assert (order.status, order.payment.state) == (Status.CANCELLED, Payment.State.CLOSED)
    assert held() == (0, 0)
    assert [sent.subject for sent in mail.outbox] == [
        f"Order {order.pk} at Café Linde is cancelled"
    ]


def test_who_never_begins_to_pay_loses_the_order_after_a_quarter_of_an_hour(
    order: Order, stripe: StripeStandIn
) -> None:
    assert sweep_orders(now=NOW + 14 * MINUTE)["payments"] == 0
    assert held() == (2, 1)

    assert sweep_orders(now=NOW + 15 * MINUTE)["payments"] == 1
    assert sweep_orders(now=NOW + 15 * MINUTE)["payments"] == 0

    order.refresh_from_db()
    assert (order.status, held()) == (Status.CANCELLED, (0, 0))


def test_the_sweep_sends_what_it_wrote_itself_where_nothing_else_does(
    order: Order, settings: Any
) -> None:
    settings.BACKGROUND = "schedule"

    done = sweep_orders(now=NOW + 15 * MINUTE)

    assert done == {"payments": 1, "card_refunds": 0, "mails": 1, "forgotten_forms": 0}
    assert [sent.subject for sent in mail.outbox] == [
        f"Order {order.pk} at Café Linde is cancelled"
    ]


def test_who_does_not_finish_loses_the_order_and_the_page_without_a_message(
    order: Order, session: str, stripe: StripeStandIn
) -> None:
    sweep_orders(now=NOW + 31 * MINUTE)

    order.refresh_from_db()
    assert (order.status, held()) == (Status.CANCELLED, (0, 0))
    assert stripe.sessions[session]["status"] == "expired"


def test_a_payment_whose_message_never_came_is_found_by_the_sweep(
    order: Order, session: str, stripe: StripeStandIn
) -> None:
    stripe.pay(session)

    sweep_orders(now=NOW + 31 * MINUTE)

    order.refresh_from_db()
    assert (order.status, held()) == (Status.PLACED, (2, 1))


def test_while_stripe_is_down_an_order_is_not_given_up(
    order: Order, session: str, stripe: StripeStandIn
) -> None:
    stripe.pay(session)
    stripe.failure = "down"

    assert sweep_orders(now=NOW + 31 * MINUTE)["payments"] == 0
    stripe.failure = ""
    assert sweep_orders(now=NOW + 40 * MINUTE)["payments"] == 1

    order.refresh_from_db()
    assert order.status == Status.PLACED


def test_while_stripe_is_down_the_sweep_asks_once_and_goes_on(
    order: Order, session: str, stripe: StripeStandIn, commit: Any
) -> None:
    # Another one that is due, whose payment lies in front of the first.
    other = Order.objects.get(pk=order.pk)
    other.pk, other.token, other.checkout_key = None, "another", "another"
    other.save()
    Payment.objects.create(
        order=other, amount=other.total_amount, session_id="cs_test_9", expires_at=NOW
    )
    stripe.failure, stripe.asked = "down", 0

    sweep_orders(now=NOW + 31 * MINUTE)

    assert stripe.asked == 1


def test_a_page_that_stripe_does_not_know_holds_nothing_for_ever(
    order: Order, session: str, stripe: StripeStandIn
) -> None:
    # The café has moved to another account at Stripe.
    stripe.sessions.clear()

    assert sweep_orders(now=NOW + 31 * MINUTE)["payments"] == 1

    order.refresh_from_db()
    assert (order.status, held()) == (Status.CANCELLED, (0, 0))


def test_a_given_up_order_cannot_be_paid_any_more(
    client: Client, order: Order, stripe: StripeStandIn
) -> None:
    sweep_orders(now=NOW + 15 * MINUTE)

    answer = client.get(f"{order.get_absolute_url()}pay/", follow=True)

    assert messages_of(answer) == [f"Order {order.pk} is not waiting for a payment."]
    assert not stripe.sessions


def test_a_customer_who_cancels_closes_the_page(
    client: Client, order: Order, session: str, stripe: StripeStandIn, commit: Any
) -> None:
    with commit():
        client.post(f"{order.get_absolute_url()}cancel/")

    order.refresh_from_db()
    assert (order.status, order.payment.state) == (Status.CANCELLED, Payment.State.CLOSED)
    assert stripe.sessions[session]["status"] == "expired"
    assert held() == (0, 0)


def test_money_that_comes_after_the_order_was_given_up_goes_back(
    order: Order, session: str, stripe: StripeStandIn, tell: Any, commit: Any
) -> None:
    stripe.pay(session)
    with commit():
        cancel(order.pk, now=NOW)

    tell("completed", session)
    tell("completed", session)

    order.refresh_from_db()
    assert (order.status, held()) == (Status.CANCELLED, (0, 0))
    assert [refund["amount"] for refund in stripe.refunds] == [840]
    assert [sent.subject for sent in mail.outbox] == [
        f"Order {order.pk} at Café Linde is cancelled",
        f"Refund of your payment for order {order.pk} at Café Linde",
    ]
    assert "€8.40 will be refunded to your card" in mail.outbox[1].body
    assert summarize_day(PICKUP.date()).totals.orders == 0


def test_money_for_an_order_that_staff_took_up_again_is_kept(
    order: Order, session: str, stripe: StripeStandIn, tell: Any
) -> None:
    cancel(order.pk, now=NOW)
    change_status(order.pk, Status.PLACED, by=None, now=NOW)
    stripe.pay(session)

    tell("completed", session)

    order.refresh_from_db()
    assert (order.status, order.is_paid_online) == (Status.PLACED, True)
    assert stripe.refunds == []
