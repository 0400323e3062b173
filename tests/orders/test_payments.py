"""Paying online through Stripe: paid once, given up in time, and given back when it has to be."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from time_machine import travel

from cafe_site.accounts.models import User
from cafe_site.menu.models import Product
from cafe_site.orders.models import (
    CardRefund,
    Order,
    OutgoingMail,
    Payment,
    PickupSlot,
    Status,
    Voucher,
)
from cafe_site.orders.payments.card_refunds import send_card_refund
from cafe_site.orders.refunds import refund_order
from cafe_site.orders.services import cancel_order, change_status
from cafe_site.orders.sweep import sweep_outbox
from cafe_site.stock.models import DailyStock
from reports.issuing import message_of_day
from reports.payload import csv_of
from reports.summary import summarize_day
from tests.orders.browsing import add, form_of, messages_of
from tests.orders.conftest import NOW, PICKUP
from tests.stripe_stand_in import (
    SECRET_KEY,
    WEBHOOK_SECRET,
    StripeStandIn,
    running_stripe,
    signature_of,
)

pytestmark = pytest.mark.usefixtures("opening_hours")
MINUTE = datetime.timedelta(minutes=1)


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
        ("refuses", "Paying online does not work at the moment. Please call us."),
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


# Giving up


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
    assert sweep_outbox(now=NOW + 14 * MINUTE)["payments"] == 0
    assert held() == (2, 1)

    assert sweep_outbox(now=NOW + 15 * MINUTE)["payments"] == 1
    assert sweep_outbox(now=NOW + 15 * MINUTE)["payments"] == 0

    order.refresh_from_db()
    assert (order.status, held()) == (Status.CANCELLED, (0, 0))


def test_the_sweep_sends_what_it_wrote_itself_where_nothing_else_does(
    order: Order, settings: Any
) -> None:
    settings.BACKGROUND = "schedule"

    done = sweep_outbox(now=NOW + 15 * MINUTE)

    assert done == {"payments": 1, "card_refunds": 0, "mails": 1}
    assert [sent.subject for sent in mail.outbox] == [
        f"Order {order.pk} at Café Linde is cancelled"
    ]


def test_who_does_not_finish_loses_the_order_and_the_page_without_a_message(
    order: Order, session: str, stripe: StripeStandIn
) -> None:
    sweep_outbox(now=NOW + 31 * MINUTE)

    order.refresh_from_db()
    assert (order.status, held()) == (Status.CANCELLED, (0, 0))
    assert stripe.sessions[session]["status"] == "expired"


def test_a_payment_whose_message_never_came_is_found_by_the_sweep(
    order: Order, session: str, stripe: StripeStandIn
) -> None:
    stripe.pay(session)

    sweep_outbox(now=NOW + 31 * MINUTE)

    order.refresh_from_db()
    assert (order.status, held()) == (Status.PLACED, (2, 1))


def test_while_stripe_is_down_an_order_is_not_given_up(
    order: Order, session: str, stripe: StripeStandIn
) -> None:
    stripe.pay(session)
    stripe.failure = "down"

    assert sweep_outbox(now=NOW + 31 * MINUTE)["payments"] == 0
    stripe.failure = ""
    assert sweep_outbox(now=NOW + 40 * MINUTE)["payments"] == 1

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

    sweep_outbox(now=NOW + 31 * MINUTE)

    assert stripe.asked == 1


def test_a_page_that_stripe_does_not_know_holds_nothing_for_ever(
    order: Order, session: str, stripe: StripeStandIn
) -> None:
    # The café has moved to another account at Stripe.
    stripe.sessions.clear()

    assert sweep_outbox(now=NOW + 31 * MINUTE)["payments"] == 1

    order.refresh_from_db()
    assert (order.status, held()) == (Status.CANCELLED, (0, 0))


def test_a_given_up_order_cannot_be_paid_any_more(
    client: Client, order: Order, stripe: StripeStandIn
) -> None:
    sweep_outbox(now=NOW + 15 * MINUTE)

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
        change_status(order.pk, Status.CANCELLED, by=None, now=NOW)

    tell("completed", session)
    tell("completed", session)

    order.refresh_from_db()
    assert (order.status, held()) == (Status.CANCELLED, (0, 0))
    assert [refund["amount"] for refund in stripe.refunds] == [840]
    assert [sent.subject for sent in mail.outbox] == [
        f"Order {order.pk} at Café Linde is cancelled",
        f"Your payment for order {order.pk} at Café Linde goes back",
    ]
    assert "€8.40 goes back the way you paid" in mail.outbox[1].body
    assert summarize_day(PICKUP.date()).totals.orders == 0


def test_money_for_an_order_that_staff_took_up_again_is_kept(
    order: Order, session: str, stripe: StripeStandIn, tell: Any
) -> None:
    change_status(order.pk, Status.CANCELLED, by=None, now=NOW)
    change_status(order.pk, Status.PLACED, by=None, now=NOW)
    stripe.pay(session)

    tell("completed", session)

    order.refresh_from_db()
    assert (order.status, order.is_paid_online) == (Status.PLACED, True)
    assert stripe.refunds == []


# Giving back


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
    assert "€8.40 goes back the way you paid" in sent.body


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
    assert "€3.00 of it was kept." in html
    paid.refresh_from_db()
    assert (paid.status, paid.kept_amount, held()) == (Status.CANCELLED, Decimal("3.00"), (0, 0))
    assert [refund["amount"] for refund in stripe.refunds] == [540]
    report = message_of_day(PICKUP.date())
    assert "Kept of cancelled orders: 3.00, with tax" in " ".join(report.text.split())
    assert '"kept of cancelled orders, with tax",,3.00' in csv_of(report.payload)


@pytest.mark.parametrize(
    ("amount", "place", "sentence"),
    [
        ("8.41", "__all__", "€8.41 cannot be refunded: the order comes to €8.40."),
        ("-1", "amount", "Please give back nothing (0) or more."),
        ("", "amount", "Please give the amount to give back; 0 gives back nothing."),
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
    assert f'id="order-{paid.pk}-cancelled"' not in board
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

    assert sweep_outbox(now=NOW)["card_refunds"] == 1
    assert sweep_outbox(now=NOW)["card_refunds"] == 0

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

    sweep_outbox(now=NOW)

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
    assert "The account is closed." in page
    assert "Give it back at Stripe or at the counter." in page
    assert not send_card_refund(CardRefund.objects.get().pk)


def test_after_eight_attempts_a_refund_is_given_up(
    paid: Order, stripe: StripeStandIn, commit: Any
) -> None:
    stripe.failure = "down"
    with commit():
        refund_order(paid.pk, Decimal("4.20"), reason="Burnt", by=None, now=NOW)

    for _ in range(7):
        CardRefund.objects.update(not_before=None)
        sweep_outbox(now=NOW)

    assert CardRefund.objects.get().state == CardRefund.State.FAILED
