from decimal import Decimal
from typing import Any

import pytest

from cafe_site.accounts.models import User
from cafe_site.menu.models import Product
from cafe_site.orders.basket import ChosenLine
from cafe_site.orders.changes import change_status
from cafe_site.orders.checkout import place_order
from cafe_site.orders.errors import RefundRefused, StatusRefused
from cafe_site.orders.models import Order, PickupSlot, Status
from cafe_site.orders.pricing import AMOUNTS
from cafe_site.orders.refunds import refund_order
from cafe_site.stock.models import DailyStock
from cafe_site.stock.services import reserve
from tests.factories import cancel, make_order
from tests.fixtures.ordering import NOW, PICKUP, details


def place(products: dict[Product, int], **changes: Any) -> Order:
    chosen = [ChosenLine(product.pk, (), quantity) for product, quantity in products.items()]
    return place_order(details(**changes), chosen, checkout_key="key", now=NOW)


def test_a_change_of_status_is_written_down_with_who_and_when(
    cheesecake: Product, staff_member: User
) -> None:
    order = place({cheesecake: 1})

    change_status(order.pk, Status.READY, by=staff_member, now=PICKUP)
    change_status(order.pk, Status.READY, by=staff_member, now=PICKUP)

    events = order.events.values_list("kind", "status", "by", "at")
    assert list(events) == [
        ("placed", "placed", None, NOW),
        ("status", "ready", staff_member.pk, PICKUP),
    ]


def test_a_cancelled_order_counts_no_longer(cheesecake: Product) -> None:
    order = place({cheesecake: 1})

    cancel(order.pk, now=NOW)

    order.refresh_from_db()
    assert order.status == Status.CANCELLED
    assert list(order.lines.values_list("counted", flat=True)) == [False]


def test_a_cancelled_order_gives_back_once_and_can_be_taken_again(cheesecake: Product) -> None:
    Product.objects.filter(pk=cheesecake.pk).update(daily_quantity=5)
    order = place({cheesecake: 4})

    def state() -> tuple[object, ...]:
        stock, slot = DailyStock.objects.get(), PickupSlot.objects.get()
        counted = order.lines.filter(counted=True).count()
        return stock.reserved, slot.taken, counted

    placed = state()
    cancel(order.pk, now=NOW)
    cancel(order.pk, now=NOW)
    cancelled = state()
    change_status(order.pk, Status.PLACED, by=None, now=NOW)

    assert (placed, cancelled, state()) == ((4, 1, 1), (0, 0, 0), (4, 1, 1))


def test_a_cancelled_order_does_not_come_back_without_its_products(cheesecake: Product) -> None:
    Product.objects.filter(pk=cheesecake.pk).update(daily_quantity=5)
    order = place({cheesecake: 4})
    cancel(order.pk, now=NOW)
    reserve({cheesecake.pk: 2}, PICKUP.date(), now=NOW)

    with pytest.raises(StatusRefused, match="Cheesecake: only 3 are left"):
        change_status(order.pk, Status.PLACED, by=None, now=NOW)

    order.refresh_from_db()
    assert (order.status, PickupSlot.objects.get().taken) == (Status.CANCELLED, 0)


@pytest.mark.parametrize(
    ("status", "to"),
    [
        (Status.CANCELLED, Status.COLLECTED),
        (Status.CANCELLED, Status.READY),
        (Status.COLLECTED, Status.CANCELLED),
        (Status.PLACED, Status.CANCELLED),
        (Status.PLACED, Status.NOT_COLLECTED),
    ],
)
def test_a_status_that_does_not_follow_is_refused(
    cheesecake: Product, status: Status, to: Status
) -> None:
    order = make_order(PICKUP, {cheesecake: 1}, status=status)

    with pytest.raises(StatusRefused):
        change_status(order.pk, to, by=None, now=NOW)
    order.refresh_from_db()
    assert (order.status, order.events.count()) == (status, 0)


def test_a_refund_is_spread_over_the_lines_and_adds_up(
    cheesecake: Product, coffee: Product, staff_member: User
) -> None:
    order = make_order(PICKUP, {cheesecake: 2, coffee: 1})

    refund_order(order.pk, Decimal("5.00"), reason="Burnt", by=staff_member, now=NOW)

    order.refresh_from_db()
    lines = list(order.lines.all())
    assert order.total_amount == Decimal("6.30")
    for name in AMOUNTS:
        assert getattr(order, name) == sum(getattr(line, name) for line in lines)
    event = order.events.get()
    assert (event.kind, event.amount, event.reason, event.by) == (
        "refunded",
        Decimal("5.00"),
        "Burnt",
        staff_member,
    )


@pytest.mark.parametrize("amount", ["0", "-1", "4.21"])
def test_a_refund_is_more_than_nothing_and_no_more_than_the_total(
    cheesecake: Product, amount: str
) -> None:
    order = make_order(PICKUP, {cheesecake: 1})

    with pytest.raises(RefundRefused):
        refund_order(order.pk, Decimal(amount), reason="x", by=None, now=NOW)
    order.refresh_from_db()
    assert (order.total_amount, order.events.count()) == (Decimal("4.20"), 0)


def test_a_cancelled_order_is_not_refunded(cheesecake: Product) -> None:
    order = make_order(PICKUP, {cheesecake: 1}, status=Status.CANCELLED)

    with pytest.raises(RefundRefused):
        refund_order(order.pk, Decimal(1), reason="x", by=None, now=NOW)
