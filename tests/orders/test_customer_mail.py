import datetime
import smtplib
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db.models.functions import Now

from cafe_site.accounts.models import User
from cafe_site.menu.models import Product
from cafe_site.orders.basket import ChosenLine
from cafe_site.orders.changes import cancel_order, change_status
from cafe_site.orders.checkout import place_order
from cafe_site.orders.customer_mail import send_mail, send_waiting_mails
from cafe_site.orders.models import Order, OutgoingMail, Status
from cafe_site.orders.status_changes import UNDO_TIME
from cafe_site.outbox import background
from tests.factories import cancel
from tests.fixtures.ordering import NOW, PICKUP, details

State = OutgoingMail.State
# What is known of this shop: its name and its hours.
SIGNATURE = "Café Linde\n\nOpening hours\nMonday: closed\nTuesday to Sunday: 08:00 to 18:00"


def place(product: Product, **changes: Any) -> Order:
    chosen = [ChosenLine(product.pk, (), 2)]
    return place_order(details(**changes), chosen, checkout_key="key", now=NOW)


def step(order: Order, to: Status) -> None:
    """Move an order as the board does; cancelling takes another way."""
    if to == Status.CANCELLED:
        cancel(order.pk, now=NOW)
    else:
        change_status(order.pk, to, by=None, now=PICKUP)


class Broken(EmailBackend):
    """A mail server that fails in the given way."""

    error: Exception = OSError()

    def send_messages(self, messages: Any) -> int:
        raise self.error


@pytest.fixture
def broken(settings: Any) -> type[Broken]:
    settings.EMAIL_BACKEND = f"{Broken.__module__}.Broken"
    return Broken


@pytest.fixture
def move(django_capture_on_commit_callbacks: Any) -> Callable[..., None]:
    """Move an order through statuses; each one's mail leaves before the next is tapped."""

    def move_through(order: Order, *statuses: Status) -> None:
        for status in statuses:
            with django_capture_on_commit_callbacks(execute=True):
                step(order, status)

    return move_through


def kinds_sent() -> list[str]:
    """Return the kinds of what was sent; they are in the Message-ID, which tells mails apart."""
    return [sent.extra_headers["Message-ID"].split(".")[0][1:] for sent in mail.outbox]


def end_waits() -> None:
    past = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    OutgoingMail.objects.filter(not_before__isnull=False).update(not_before=past)
    OutgoingMail.objects.filter(lease_expires_at__isnull=False).update(lease_expires_at=past)


def test_the_confirmation_leaves_when_the_order_is_committed(
    cheesecake: Product, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        order = place(cheesecake, note="No & <candles>")
        assert mail.outbox == []

    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["ada@example.com"], f"Order {order.pk} at Café Linde")
    assert sent.body == (
        "Hello Ada Lovelace,\n\n"
        "thank you for your order. We will have it ready for you on\n"
        "Sunday 22 November 2026, 13:00.\n\n"
        "  2 x Cheesecake  €8.40\n\n"
        "Total: €8.40, to pay at pickup (tax included: €0.55)\n\n"
        "Your note is saved with your order.\n\n"
        "Your order and its state:\n"
        f"http://testserver/orders/{order.pk}/{order.token}/\n\n"
        f"{SIGNATURE}\n"
    )
    assert OutgoingMail.objects.get().state == State.SENT
    [html] = sent.alternatives
    link = f"http://testserver/orders/{order.pk}/{order.token}/"
    assert html.mimetype == "text/html"
    assert f'<a href="{link}">{link}</a>' in html.content
    # The note is not repeated: nobody has confirmed the address.
    assert "candles" not in sent.body + html.content


def test_the_customer_is_told_when_it_is_ready_cancelled_and_on_again(
    cheesecake: Product, move: Callable[..., None]
) -> None:
    order = place(cheesecake)

    move(order, Status.READY, Status.READY, Status.CANCELLED, Status.CANCELLED, Status.PLACED)

    link = f"http://testserver{order.get_absolute_url()}"
    assert [(sent.subject, sent.body) for sent in mail.outbox] == [
        (
            f"Order {order.pk} at Café Linde is ready",
            f"Hello Ada Lovelace,\n\nyour order {order.pk} is ready. "
            "You wanted to collect it on\nSunday 22 November 2026, 13:00."
            f"\n\n{link}\n\n{SIGNATURE}\n",
        ),
        (
            f"Order {order.pk} at Café Linde is cancelled",
            f"Hello Ada Lovelace,\n\nyour order {order.pk} is cancelled. "
            "Do you have a question about this? Please ask us in the shop."
            f"\n\n{link}\n\n{SIGNATURE}\n",
        ),
        (
            f"Order {order.pk} at Café Linde is not cancelled",
            f"Hello Ada Lovelace,\n\nyour order {order.pk} is not cancelled. Please ignore our "
            "last e-mail. We will have it ready for you on\n"
            f"Sunday 22 November 2026, 13:00.\n\n{link}\n\n{SIGNATURE}\n",
        ),
    ]


@pytest.mark.parametrize(
    ("moves", "kinds"),
    [
        # Told again: the first time was the wrong button.
        ([Status.READY, Status.PLACED, Status.READY], ["ready", "ready-2"]),
        # No second e-mail: the order was ready all the time.
        ([Status.READY, Status.COLLECTED, Status.READY], ["ready"]),
        ([Status.READY, Status.NOT_COLLECTED, Status.READY], ["ready"]),
        # The wrong button is taken back: that is no news, and what comes after it is.
        ([Status.COLLECTED, Status.READY], []),
        ([Status.NOT_COLLECTED, Status.READY], []),
        ([Status.NOT_COLLECTED, Status.PLACED, Status.READY], ["ready"]),
        (
            [Status.CANCELLED, Status.PLACED, Status.CANCELLED, Status.PLACED],
            ["cancelled", "stands_again", "cancelled-2", "stands_again-2"],
        ),
    ],
)
def test_a_status_that_was_undone_is_told_when_it_is_reached_again(
    cheesecake: Product, move: Callable[..., None], moves: list[Status], kinds: list[str]
) -> None:
    order = place(cheesecake)

    move(order, *moves)

    assert kinds_sent() == kinds


@pytest.mark.parametrize(
    ("moves", "kinds"),
    [
        ([Status.READY, Status.PLACED], ["placed"]),
        ([Status.READY, Status.PLACED, Status.READY], ["placed", "ready-2"]),
        ([Status.READY, Status.COLLECTED], ["placed"]),
        ([Status.READY, Status.COLLECTED, Status.READY], ["placed"]),
        ([Status.CANCELLED, Status.PLACED], ["placed"]),
        ([Status.CANCELLED, Status.PLACED, Status.CANCELLED], ["placed", "cancelled-2"]),
    ],
)
def test_what_was_undone_before_its_mail_left_is_never_told(
    cheesecake: Product, settings: Any, moves: list[Status], kinds: list[str]
) -> None:
    settings.BACKGROUND = "schedule"
    order = place(cheesecake)
    for status in moves:
        step(order, status)

    send_waiting_mails()

    assert kinds_sent() == kinds


@pytest.mark.parametrize(
    ("told", "untold", "kinds"),
    [
        (
            [Status.CANCELLED],
            [Status.PLACED, Status.CANCELLED, Status.PLACED],
            ["cancelled", "stands_again-2"],
        ),
        (
            [Status.CANCELLED, Status.PLACED],
            [Status.CANCELLED, Status.PLACED],
            ["cancelled", "stands_again"],
        ),
    ],
)
def test_a_cancellation_is_taken_back_if_it_is_the_last_that_was_told(
    cheesecake: Product,
    settings: Any,
    told: list[Status],
    untold: list[Status],
    kinds: list[str],
) -> None:
    settings.BACKGROUND = "schedule"
    order = place(cheesecake)
    for status in told:
        step(order, status)
        send_waiting_mails()
    for status in untold:
        step(order, status)

    send_waiting_mails()

    assert kinds_sent()[1:] == kinds


def test_a_cancellation_on_its_way_when_it_is_undone_is_put_right_and_not_tried_again(
    cheesecake: Product, settings: Any
) -> None:
    settings.BACKGROUND = "schedule"
    order = place(cheesecake)
    cancel(order.pk, now=NOW)
    cancelled = OutgoingMail.objects.get(kind="cancelled")
    claimed = OutgoingMail.objects.claim(cancelled.pk, lease=datetime.timedelta(minutes=2))

    change_status(order.pk, Status.PLACED, by=None, now=NOW)
    OutgoingMail.objects.try_later(claimed, "SMTPServerDisconnected")
    end_waits()
    send_waiting_mails()

    states = OutgoingMail.objects.order_by("pk").values_list("kind", "state", "last_error")
    assert list(states) == [
        ("placed", State.SENT, ""),
        ("cancelled", State.FAILED, "Undone"),
        ("stands_again", State.SENT, ""),
    ]


def test_what_staff_cancel_is_not_mailed_while_they_can_undo_it(
    cheesecake: Product, staff_member: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        order = place(cheesecake)
    mail.outbox.clear()

    with django_capture_on_commit_callbacks(execute=True):
        cancel_order(order.pk, refund_amount=None, reason="Wrong one", by=staff_member, now=PICKUP)
    at_once = send_waiting_mails()
    with django_capture_on_commit_callbacks(execute=True):
        change_status(order.pk, Status.PLACED, by=staff_member, now=PICKUP)
    end_waits()
    send_waiting_mails()

    assert (at_once, mail.outbox) == (0, [])


def test_what_staff_cancel_is_mailed_when_the_time_to_undo_it_is_over(
    cheesecake: Product, staff_member: User
) -> None:
    order = place(cheesecake)
    OutgoingMail.objects.all().delete()
    cancel_order(order.pk, refund_amount=None, reason="Oven broken", by=staff_member, now=PICKUP)
    held = OutgoingMail.objects.get()
    waits = OutgoingMail.objects.filter(not_before__gt=Now() + UNDO_TIME / 2).exists()

    end_waits()
    send_waiting_mails()

    assert (held.state, waits, kinds_sent()) == (State.QUEUED, True, ["cancelled"])


def test_a_mail_is_sent_once_however_often_it_is_asked_for(
    cheesecake: Product, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        place(cheesecake)

    assert (send_mail(OutgoingMail.objects.get().pk), send_waiting_mails()) == (False, 0)
    assert len(mail.outbox) == 1


def test_a_mail_server_that_is_down_loses_neither_order_nor_mail(
    cheesecake: Product, broken: type[Broken], settings: Any, django_capture_on_commit_callbacks
) -> None:
    broken.error = smtplib.SMTPServerDisconnected("down")
    with django_capture_on_commit_callbacks(execute=True):
        place(cheesecake)
    waiting = OutgoingMail.objects.get()
    too_early = send_waiting_mails()

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    end_waits()
    later = send_waiting_mails()

    assert (waiting.state, waiting.last_error) == (State.QUEUED, "SMTPServerDisconnected")
    assert (too_early, later, len(mail.outbox)) == (0, 1, 1)


def test_a_mail_is_given_up_after_eight_attempts(cheesecake: Product, broken: type[Broken]) -> None:
    broken.error = TimeoutError()
    place(cheesecake)

    for _ in range(10):
        end_waits()
        send_waiting_mails()

    given_up = OutgoingMail.objects.get()
    assert (given_up.state, given_up.fence) == (State.FAILED, 8)


def test_an_address_that_is_refused_is_not_tried_again(
    cheesecake: Product, broken: type[Broken]
) -> None:
    broken.error = smtplib.SMTPRecipientsRefused({"ada@example.com": (550, b"unknown")})
    place(cheesecake)

    send_waiting_mails()

    assert OutgoingMail.objects.get().state == State.FAILED


def test_a_mail_that_cannot_be_built_is_given_up_and_holds_up_no_other(
    cheesecake: Product,
) -> None:
    place(cheesecake)
    place_order(details(), [ChosenLine(cheesecake.pk, (), 1)], checkout_key="another", now=NOW)
    bad = OutgoingMail.objects.earliest("pk")
    OutgoingMail.objects.filter(pk=bad.pk).update(subject="two\nlines")

    sent = send_waiting_mails()

    states = OutgoingMail.objects.order_by("pk").values_list("state", "last_error")
    assert (sent, list(states)) == (1, [(State.FAILED, "BadHeaderError"), (State.SENT, "")])


def test_a_mail_whose_sender_died_is_sent_after_its_lease(cheesecake: Product) -> None:
    place(cheesecake)
    queued = OutgoingMail.objects.get()
    OutgoingMail.objects.claim(queued.pk, lease=datetime.timedelta(minutes=2))

    while_leased = send_waiting_mails()
    end_waits()
    later = send_waiting_mails()

    assert (while_leased, later) == (0, 1)
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<placed.{queued.pk}@testserver>"


# The other call parts from old connections, which a test's own transaction would not survive.
@pytest.mark.django_db(transaction=True)
def test_on_lambda_the_mail_is_handed_to_another_call(
    cheesecake: Product, settings: Any, monkeypatch
) -> None:
    settings.BACKGROUND = "lambda"
    handed_over = []
    monkeypatch.setattr(
        "zappa.asynchronous.run", lambda work, args: handed_over.append((work, args))
    )

    place(cheesecake)

    path = "cafe_site.orders.customer_mail.send_mail"
    assert handed_over == [(background.run_task, [path, OutgoingMail.objects.get().pk])]
    assert mail.outbox == []
    background.run_task(*handed_over[0][1])
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_work_with_a_type_error_does_not_look_like_a_wrong_call_to_zappa() -> None:
    with pytest.raises(background.TaskFailed, match=r"send_mail failed: .* 1 required"):
        background.run_task("cafe_site.orders.customer_mail.send_mail")


def test_a_hand_over_that_fails_leaves_the_mail_to_the_sweep(
    cheesecake: Product, settings: Any, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    settings.BACKGROUND = "lambda"

    def fail(*given: Any, **named: Any) -> None:
        raise ConnectionError("Lambda cannot be reached")

    monkeypatch.setattr(background, "_run_on_lambda", fail)

    with django_capture_on_commit_callbacks(execute=True):
        place(cheesecake)

    assert send_waiting_mails() == 1
