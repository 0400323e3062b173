"""Tests of the staff's page of one order: cancelling with a reason, and refunds."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from time_machine import travel

from cafe_site.menu.models import Product
from cafe_site.orders.models import Order, Status
from tests.dashboard.conftest import NOW, PICKUP
from tests.factories import make_order


@pytest.fixture(autouse=True)
def sunday_at_eleven():
    with travel(NOW, tick=False):
        yield


def test_a_refund_is_written_down_with_its_reason(counter: Client, product: Product) -> None:
    order = make_order(PICKUP, {product: 2})

    answer = counter.post(
        f"/dashboard/orders/{order.pk}/refund/",
        {"refund-amount": "4.20", "refund-reason": "Burnt"},
        follow=True,
    )

    page = answer.content.decode()
    assert "€4.20 refunded" in page
    assert ", sam: Burnt" in page
    assert Order.objects.get().total_amount == Decimal("4.20")


def test_a_refund_that_is_sent_twice_goes_back_once(counter: Client, product: Product) -> None:
    order = make_order(PICKUP, {product: 2})
    address = f"/dashboard/orders/{order.pk}/refund/"
    form = {"refund-amount": "4.20", "refund-reason": "Burnt", "refund-form_key": "one"}

    said = [
        [str(message) for message in counter.post(address, form, follow=True).context["messages"]]
        for _ in range(2)
    ]
    other = counter.post(address, form | {"refund-amount": "1.00"})

    assert said == [[f"The refund of order {order.pk} is saved."]] * 2
    assert (Order.objects.get().total_amount, order.events.count()) == (Decimal("4.20"), 1)
    assert other.context["refund_form"].errors == {
        "amount": [
            "This form was already sent with other content. Nothing else was changed. Reload the "
            "page to make another change."
        ]
    }


def test_a_refund_that_was_refused_may_be_corrected_and_sent_again(
    counter: Client, product: Product
) -> None:
    order = make_order(PICKUP, {product: 1})
    address = f"/dashboard/orders/{order.pk}/refund/"
    form = {"refund-amount": "42.00", "refund-reason": "Burnt", "refund-form_key": "one"}

    refused = counter.post(address, form)
    counter.post(address, form | {"refund-amount": "4.20"})

    assert refused.status_code == 422
    assert Order.objects.get().total_amount == 0


def test_each_page_has_forms_of_its_own(counter: Client, product: Product) -> None:
    order = make_order(PICKUP, {product: 1}, status=Status.PLACED)
    address = f"/dashboard/orders/{order.pk}/"

    pages = [counter.get(address).content.decode() for _ in range(2)]
    keys = [re.findall(r'form_key" value="([\w-]{22})"', page) for page in pages]

    # Status, cancel, refund, twice.
    assert len(set(keys[0]) | set(keys[1])) == 6


@pytest.mark.parametrize("form", ["status", "cancel", "refund"])
def test_a_form_without_its_key_changes_nothing(
    counter: Client, product: Product, form: str
) -> None:
    order = make_order(PICKUP, {product: 1}, status=Status.PLACED)
    fields = {
        "status": {"status": "ready", "form_key": ""},
        "cancel": {"cancel-reason": "x", "cancel-form_key": ""},
        "refund": {"refund-amount": "1", "refund-reason": "x", "refund-form_key": ""},
    }

    answer = counter.post(f"/dashboard/orders/{order.pk}/{form}/", fields[form], follow=True)

    assert "This form is incomplete. Reload the page and try again." in answer.content.decode()
    assert order.events.count() == 0


@pytest.mark.parametrize(
    ("form", "field", "sentence"),
    [
        (
            {"refund-amount": "", "refund-reason": "x"},
            "amount",
            "Please enter the amount to refund.",
        ),
        (
            {"refund-amount": "four", "refund-reason": "x"},
            "amount",
            "Please enter the amount as a number, such as 4.50.",
        ),
        ({"refund-amount": "0", "refund-reason": "x"}, "amount", "Please refund at least 0.01."),
        (
            {"refund-amount": "1.005", "refund-reason": "x"},
            "amount",
            "Please enter no more than 2 digits after the point.",
        ),
        (
            {"refund-amount": "4.21", "refund-reason": "x"},
            "amount",
            "€4.21 cannot be refunded: the order total is €4.20.",
        ),
        (
            {"refund-amount": "1.00", "refund-reason": ""},
            "reason",
            "Enter a reason, for the bookkeeping.",
        ),
    ],
)
def test_a_wrong_refund_is_told_beside_the_field(
    counter: Client, product: Product, form: dict[str, str], field: str, sentence: str
) -> None:
    order = make_order(PICKUP, {product: 1})

    answer = counter.post(f"/dashboard/orders/{order.pk}/refund/", form)

    assert answer.status_code == 422
    assert answer.context["refund_form"].errors == {field: [sentence]}
    assert answer.context["refund_form"]["reason"].value() == form["refund-reason"]
    assert Order.objects.get().refund_amount == 0


def test_staff_cancel_with_a_reason(counter: Client, product: Product) -> None:
    order = make_order(PICKUP, {product: 2}, status=Status.PLACED)

    answer = counter.post(
        f"/dashboard/orders/{order.pk}/cancel/", {"cancel-reason": "Oven broken"}, follow=True
    )

    page = answer.content.decode()
    assert "cancelled, sam: Oven broken" in page
    # Nothing was paid: there is nothing to give back, and nothing is asked for.
    assert "Give back" not in page
    order.refresh_from_db()
    assert (order.status, order.kept_amount) == (Status.CANCELLED, 0)


def test_a_cancel_form_that_comes_again_after_the_undo_says_nothing_of_cancelling(
    counter: Client, product: Product
) -> None:
    order = make_order(PICKUP, {product: 2}, status=Status.PLACED)
    form = {"cancel-reason": "Oven broken", "cancel-form_key": "one"}
    counter.post(f"/dashboard/orders/{order.pk}/cancel/", form, follow=True)
    counter.post(f"/dashboard/orders/{order.pk}/status/", {"status": "placed"}, follow=True)

    again = counter.post(f"/dashboard/orders/{order.pk}/cancel/", form, follow=True)

    order.refresh_from_db()
    assert order.status == Status.PLACED
    assert [str(message) for message in again.context["messages"]] == []


def test_cancelling_wants_a_reason(counter: Client, product: Product) -> None:
    order = make_order(PICKUP, {product: 2}, status=Status.PLACED)

    answer = counter.post(f"/dashboard/orders/{order.pk}/cancel/", {"cancel-reason": " "})

    assert answer.status_code == 422
    assert answer.context["cancel_form"].errors == {
        "reason": ["Enter a reason, for the bookkeeping."]
    }
    order.refresh_from_db()
    assert order.status == Status.PLACED


def test_what_was_collected_is_refunded_and_not_cancelled(
    counter: Client, product: Product
) -> None:
    order = make_order(PICKUP, {product: 2}, status=Status.COLLECTED)

    answer = counter.post(f"/dashboard/orders/{order.pk}/cancel/", {"cancel-reason": "Late"})

    assert answer.context["cancel_form"].non_field_errors() == [
        f"Order {order.pk} is collected: refund it instead of cancelling it."
    ]
    order.refresh_from_db()
    assert order.status == Status.COLLECTED
