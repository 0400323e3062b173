"""One order's page for staff: cancelling with a reason, and refunds."""

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


def test_a_refund_is_written_down_with_its_reason(board: Client, product: Product) -> None:
    order = make_order(PICKUP, {product: 2})

    answer = board.post(
        f"/dashboard/orders/{order.pk}/refund/",
        {"refund-amount": "4.20", "refund-reason": "Burnt"},
        follow=True,
    )

    page = answer.content.decode()
    assert "€4.20 refunded" in page
    assert ", sam: Burnt" in page
    assert Order.objects.get().total_amount == Decimal("4.20")


@pytest.mark.parametrize(
    ("form", "field", "sentence"),
    [
        (
            {"refund-amount": "", "refund-reason": "x"},
            "amount",
            "Please give the amount to refund.",
        ),
        (
            {"refund-amount": "four", "refund-reason": "x"},
            "amount",
            "Please give the amount as a number, such as 4.50.",
        ),
        ({"refund-amount": "0", "refund-reason": "x"}, "amount", "Please refund at least 0.01."),
        (
            {"refund-amount": "1.005", "refund-reason": "x"},
            "amount",
            "Please give no more than 2 digits after the point.",
        ),
        (
            {"refund-amount": "4.21", "refund-reason": "x"},
            "amount",
            "€4.21 cannot be refunded: the order comes to €4.20.",
        ),
        (
            {"refund-amount": "1.00", "refund-reason": ""},
            "reason",
            "Please say why, for whoever keeps the books.",
        ),
    ],
)
def test_a_wrong_refund_is_told_beside_the_field(
    board: Client, product: Product, form: dict[str, str], field: str, sentence: str
) -> None:
    order = make_order(PICKUP, {product: 1})

    answer = board.post(f"/dashboard/orders/{order.pk}/refund/", form)

    assert answer.status_code == 422
    assert answer.context["refund_form"].errors == {field: [sentence]}
    assert answer.context["refund_form"]["reason"].value() == form["refund-reason"]
    assert Order.objects.get().refund_amount == 0


def test_staff_cancel_with_a_reason(board: Client, product: Product) -> None:
    order = make_order(PICKUP, {product: 2}, status=Status.PLACED)

    answer = board.post(
        f"/dashboard/orders/{order.pk}/cancel/", {"cancel-reason": "Oven broken"}, follow=True
    )

    page = answer.content.decode()
    assert "cancelled, sam: Oven broken" in page
    # Nothing was paid: there is nothing to give back, and nothing is asked for.
    assert "Give back" not in page
    order.refresh_from_db()
    assert (order.status, order.kept_amount) == (Status.CANCELLED, 0)


def test_cancelling_wants_a_reason(board: Client, product: Product) -> None:
    order = make_order(PICKUP, {product: 2}, status=Status.PLACED)

    answer = board.post(f"/dashboard/orders/{order.pk}/cancel/", {"cancel-reason": " "})

    assert answer.status_code == 422
    assert answer.context["cancel_form"].errors == {
        "reason": ["Please say why, for whoever keeps the books."]
    }
    order.refresh_from_db()
    assert order.status == Status.PLACED


def test_what_was_collected_is_refunded_and_not_cancelled(board: Client, product: Product) -> None:
    order = make_order(PICKUP, {product: 2}, status=Status.COLLECTED)

    answer = board.post(f"/dashboard/orders/{order.pk}/cancel/", {"cancel-reason": "Late"})

    assert answer.context["cancel_form"].non_field_errors() == [
        f"Order {order.pk} is collected: refund it instead of cancelling it."
    ]
    order.refresh_from_db()
    assert order.status == Status.COLLECTED
