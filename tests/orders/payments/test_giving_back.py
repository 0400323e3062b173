"""Tests of refunds of online payments, which go back the same way."""

from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from cafe_site.accounts.models import User
from cafe_site.orders.changes import cancel_order
from cafe_site.orders.models import CardRefund, Order, Status
from cafe_site.orders.payments.card_refunds import send_card_refund
from cafe_site.orders.refunds import refund_order
from cafe_site.orders.sweep import sweep_orders
from reports.delivery.issuing import message_of_day
from reports.messages.payload import csv_of
from tests.answers import messages_of
from tests.fixtures.ordering import NOW, PICKUP
from tests.orders.payments.conftest import held
from tests.stripe_stand_in import StripeStandIn

pytestmark = pytest.mark.usefixtures("opening_hours")


def test_cancelling_without_an_amount_gives_back_what_was_paid_meanwhile(
    paid: Order, stripe: StripeStandIn, commit: Any
) -> None:
    """The page was opened before the money came, and so it asked for no amount."""
    with commit():
        cancel_order(paid.pk, refund_amount=None, reason="Late", by=None, now=NOW)

    paid.refresh_from_db()
    assert (paid.status, paid.kept_amount) == (Status.CANCELLED, 0)
    assert [refund["amount"] for refund in stripe.refunds] == [840]


def test_a_customer_who_cancels_gets_everything_back(
    client: Client, paid: Order, stripe: StripeStandIn, commit: Any
) -> None:
    for _ in range(2):
        with commit():
            client.post(f"{paid.get_absolute_url()}cancel/")

    paid.refresh_from_db()
    assert (paid.status, paid.kept_amount, held()) == (Status.CANCELLED, 0, (0, 0))
    assert [refund["amount"] for refund in stripe.refunds] == [840]
    assert CardRefund.objects.get().state == CardRefund.State.GIVEN_BACK
    [sent] = mail.outbox
    assert "€8.40 will be refunded to your card" in sent.body


def test_staff_cancel_with_a_part_given_back_and_a_reason(
    paid: Order,
    stripe: StripeStandIn,
    staff_member: User,
    sign_in: Any,
    commit: Any,
) -> None:
    staff = sign_in(staff_member)
    page = staff.get(f"/dashboard/orders/{paid.pk}/")
    form = {"cancel-amount": "5.40", "cancel-reason": "Half was baked"}

    for _ in range(2):
        with commit():
            answer = staff.post(f"/dashboard/orders/{paid.pk}/cancel/", form, follow=True)

    assert page.context["cancel_form"]["amount"].value() == Decimal("8.40")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "€5.40 refunded, sam: Half was baked" in html
    assert "€3.00 of the payment was kept." in html
    paid.refresh_from_db()
    assert (paid.status, paid.kept_amount, held()) == (Status.CANCELLED, Decimal("3.00"), (0, 0))
    assert [refund["amount"] for refund in stripe.refunds] == [540]
    report = message_of_day(PICKUP.date())
    assert "Kept from cancelled orders: 3.00, with tax" in " ".join(report.text.split())
    assert '"kept of cancelled orders, with tax",,3.00' in csv_of(report.payload)


@pytest.mark.parametrize(
    ("amount", "place", "sentence"),
    [
        ("8.41", "__all__", "€8.41 cannot be refunded: the order total is €8.40."),
        ("-1", "amount", "Please enter 0 or more."),
        ("", "amount", "Please enter the amount to refund; 0 refunds nothing."),
    ],
)
def test_staff_give_back_no_more_than_was_paid(
    paid: Order, staff_member: User, sign_in: Any, amount: str, place: str, sentence: str
) -> None:
    answer = sign_in(staff_member).post(
        f"/dashboard/orders/{paid.pk}/cancel/", {"cancel-amount": amount, "cancel-reason": "x"}
    )

    assert answer.context["cancel_form"].errors == {place: [sentence]}
    paid.refresh_from_db()
    assert (paid.status, CardRefund.objects.count()) == (Status.PLACED, 0)


def test_a_tap_on_the_board_never_keeps_a_customers_money(
    paid: Order, staff_member: User, sign_in: Any
) -> None:
    staff = sign_in(staff_member)

    board = staff.get("/dashboard/orders/").content.decode()
    staff.post(f"/dashboard/orders/{paid.pk}/status/", {"status": "cancelled"})

    assert f'id="order-{paid.pk}-ready"' in board
    # A link to where the amount is asked for, not a button.
    assert f'id="order-{paid.pk}-cancelled" class="button button-quiet" href=' in board
    assert "paid online" in board
    paid.refresh_from_db()
    assert paid.status == Status.PLACED


def test_what_was_cancelled_and_given_back_does_not_come_back(
    paid: Order, staff_member: User, sign_in: Any
) -> None:
    cancel_order(paid.pk, refund_amount=Decimal("8.40"), reason="", by=None, now=NOW)

    answer = sign_in(staff_member).post(
        f"/dashboard/orders/{paid.pk}/status/", {"status": "placed"}, follow=True
    )

    assert "cannot become placed" in messages_of(answer)[0]


def test_a_refund_goes_back_the_way_it_was_paid(
    paid: Order, stripe: StripeStandIn, commit: Any
) -> None:
    for amount in ("4.20", "1.00"):
        with commit():
            refund_order(paid.pk, Decimal(amount), reason="Burnt", by=None, now=NOW)
    with commit():
        cancel_order(paid.pk, refund_amount=Decimal("3.20"), reason="", by=None, now=NOW)

    assert [refund["amount"] for refund in stripe.refunds] == [420, 100, 320]
    paid.refresh_from_db()
    assert paid.kept_amount == 0


def test_a_refund_that_stripe_did_not_hear_of_is_asked_for_again(
    paid: Order, stripe: StripeStandIn, commit: Any
) -> None:
    stripe.failure = "down"
    with commit():
        refund_order(paid.pk, Decimal("4.20"), reason="Burnt", by=None, now=NOW)
    waiting = CardRefund.objects.get()
    stripe.failure = ""
    CardRefund.objects.update(not_before=None)

    assert sweep_orders(now=NOW)["card_refunds"] == 1
    assert sweep_orders(now=NOW)["card_refunds"] == 0

    assert waiting.state == CardRefund.State.QUEUED
    assert len(stripe.refunds) == 1


def test_a_refund_whose_answer_was_lost_is_not_made_twice(
    paid: Order, stripe: StripeStandIn, commit: Any
) -> None:
    stripe.failure = "lost"
    with commit():
        refund_order(paid.pk, Decimal("4.20"), reason="Burnt", by=None, now=NOW)
    stripe.failure = ""
    CardRefund.objects.update(not_before=None)

    sweep_orders(now=NOW)

    assert len(stripe.refunds) == 1
    assert CardRefund.objects.get().state == CardRefund.State.GIVEN_BACK


def test_a_refund_that_stripe_refuses_is_shown_to_staff(
    paid: Order, stripe: StripeStandIn, commit: Any, staff_member: User, sign_in: Any
) -> None:
    stripe.failure = "refuses"
    with commit():
        refund_order(paid.pk, Decimal("4.20"), reason="Burnt", by=None, now=NOW)

    page = sign_in(staff_member).get(f"/dashboard/orders/{paid.pk}/").content.decode()

    assert CardRefund.objects.get().state == CardRefund.State.FAILED
    assert "The account is closed." in CardRefund.objects.get().last_error
    assert "The account is closed." not in page
    assert "Stripe refused the refund. Give the money back at Stripe or at the counter." in page
    assert not send_card_refund(CardRefund.objects.get().pk)


def test_after_eight_attempts_a_refund_is_given_up(
    paid: Order, stripe: StripeStandIn, commit: Any
) -> None:
    stripe.failure = "down"
    with commit():
        refund_order(paid.pk, Decimal("4.20"), reason="Burnt", by=None, now=NOW)

    for _ in range(7):
        CardRefund.objects.update(not_before=None)
        sweep_orders(now=NOW)

    assert CardRefund.objects.get().state == CardRefund.State.FAILED
