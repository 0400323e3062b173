"""Tests of simultaneous checkouts on MariaDB: nothing is sold twice."""

import datetime
import socket
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError, connection, connections
from django.test import Client
from time_machine import travel

from cafe_site.menu.models import Product
from cafe_site.once.services import FormKey
from cafe_site.orders import checkout
from cafe_site.orders.basket import ChosenLine
from cafe_site.orders.changes import cancel_by_customer
from cafe_site.orders.checkout import place_order
from cafe_site.orders.models import (
    CardRefund,
    Order,
    OrderLine,
    OutgoingMail,
    Payment,
    PickupSlot,
    Status,
    Voucher,
)
from cafe_site.orders.payments.services import begin_payment, close_payment, record_paid
from cafe_site.orders.payments.stripe_checkout import Session
from cafe_site.orders.refunds import refund_order
from cafe_site.outbox import background
from cafe_site.shop.models import PickupRules
from cafe_site.shop.service_day import SLOT_LENGTH
from cafe_site.stock.models import DailyStock
from tests.factories import ProductFactory, cancel
from tests.fixtures.ordering import NOW, PICKUP, details
from tests.storefront.browsing import add, form_of
from tests.stripe_stand_in import SECRET_KEY, running_stripe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def needs_mariadb() -> None:
    if connection.vendor != "mysql":
        pytest.skip("SQLite lets one writer in at a time: there is nothing to compete for")


@pytest.fixture(autouse=True)
def purged_rows(needs_mariadb: None) -> None:
    """Wait until MariaDB has purged the rows that earlier tests deleted.

    Until then they stay in the unique indexes, and to insert their keys again takes locks that
    can meet in a deadlock. In life neither orders nor slots nor days of stock are deleted.
    """
    if connection.mysql_is_mariadb:
        with connection.cursor() as cursor:
            cursor.execute("SET GLOBAL innodb_max_purge_lag_wait = 0")


def at_once(count: int, work: Callable[[int], object]) -> Counter[str]:
    """Run work in threads that start together; count results by their type's name."""
    barrier = threading.Barrier(count)
    outcomes: Counter[str] = Counter()
    lock = threading.Lock()

    def run(number: int) -> None:
        try:
            connections["default"].ensure_connection()
            barrier.wait(30)
            result: object = work(number)
        except Exception as error:
            result = error
        finally:
            connections["default"].close()
        with lock:
            outcomes[type(result).__name__] += 1

    threads = [threading.Thread(target=run, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def order(key: str, *lines: tuple[Product, int], slot: int = 0, voucher_code: str = "") -> Order:
    chosen = [ChosenLine(product.pk, (), quantity) for product, quantity in lines]
    pickup_at = PICKUP + SLOT_LENGTH * slot
    return place_order(
        details(pickup_at=pickup_at),
        chosen,
        checkout_key=key,
        now=NOW,
        voucher_code=voucher_code,
    )


@pytest.fixture
def cake(opening_hours: None) -> Product:
    return ProductFactory(name="Cheesecake", price_amount=Decimal("4.20"), daily_quantity=10)


def reserved(product: Product) -> int:
    return DailyStock.objects.get(product=product).reserved


def test_sixty_checkouts_for_ten_cakes_sell_exactly_ten(cake: Product) -> None:
    outcomes = at_once(60, lambda number: order(f"key {number}", (cake, 1)))

    assert outcomes == {"Order": 10, "ProductsUnavailable": 50}
    assert (Order.objects.count(), OrderLine.objects.count(), reserved(cake)) == (10, 10, 10)
    assert PickupSlot.objects.get().taken == 10


def test_a_slot_of_five_takes_exactly_five(cake: Product) -> None:
    PickupRules.objects.create(pk=1, slot_capacity=5)

    outcomes = at_once(30, lambda number: order(f"key {number}", (cake, 1)))

    assert outcomes == {"Order": 5, "SlotUnavailable": 25}
    assert (Order.objects.count(), PickupSlot.objects.get().taken, reserved(cake)) == (5, 5, 5)


def test_thirty_posts_with_one_key_make_one_order(cake: Product) -> None:
    outcomes = at_once(30, lambda _number: order("one key", (cake, 2)))

    assert outcomes == {"Order": 30}
    assert (Order.objects.count(), OrderLine.objects.count(), reserved(cake)) == (1, 1, 2)


def test_forty_baskets_in_opposite_order_meet_no_deadlock(opening_hours: None) -> None:
    products = [ProductFactory(daily_quantity=1000) for _ in range(8)]

    # Each at its own slot, else the slot's row would make them wait in line before the stock's.
    def basket(number: int) -> Order:
        ordered = products if number % 2 else products[::-1]
        lines = ((product, 1) for product in ordered)
        return order(f"key {number}", *lines, slot=number % 16)

    outcomes = at_once(40, basket)

    assert outcomes == {"Order": 40}
    assert [reserved(product) for product in products] == [40] * 8


def test_placing_and_cancelling_with_one_voucher_meet_no_deadlock(cake: Product) -> None:
    Product.objects.update(daily_quantity=None)
    Voucher.objects.create(code="SPRING", discount_share=Decimal("0.1"))
    placed = [
        order(f"before {number}", (cake, 1), slot=number % 16, voucher_code="SPRING")
        for number in range(20)
    ]

    def place_or_cancel(number: int) -> Order:
        if number % 2:
            return order(f"key {number}", (cake, 1), slot=number % 4, voucher_code="SPRING")
        return cancel(placed[number // 2].pk, now=NOW)

    outcomes = at_once(40, place_or_cancel)

    assert outcomes == {"Order": 40}
    assert Voucher.objects.get().used == reserved(cake) == 20
    assert sum(slot.taken for slot in PickupSlot.objects.all()) == 20


@pytest.fixture
def unpaid(cake: Product) -> Order:
    """One cake, to be paid online on a page that is open."""
    chosen = [ChosenLine(cake.pk, (), 1)]
    order = place_order(details(pays_online=True), chosen, checkout_key="key", now=NOW)
    Payment.objects.update(session_id="cs_1", session_url="https://example.com/")
    return order


def paid_session(order: Order) -> Session:
    return Session("cs_1", "", False, True, "pi_1", order.total_amount, "EUR")


def test_twenty_messages_of_one_payment_place_one_order(unpaid: Order) -> None:
    outcomes = at_once(20, lambda _: record_paid(paid_session(unpaid), now=NOW))

    assert outcomes == {"NoneType": 20}
    assert unpaid.events.filter(kind="paid").count() == 1
    assert OutgoingMail.objects.filter(kind="placed").count() == 1
    assert not CardRefund.objects.exists()


def test_paying_and_giving_up_at_once_end_in_one_of_both(unpaid: Order, cake: Product) -> None:
    def pay_or_give_up(number: int) -> None:
        if number % 2:
            record_paid(paid_session(unpaid), now=NOW)
        else:
            close_payment(Payment.objects.get(), now=NOW)

    outcomes = at_once(10, pay_or_give_up)

    assert outcomes == {"NoneType": 10}
    unpaid.refresh_from_db()
    # Placed and kept, or given up and given back: never the money without the cake.
    assert (unpaid.status, reserved(cake), CardRefund.objects.count()) in [
        (Status.PLACED, 1, 0),
        (Status.CANCELLED, 0, 1),
    ]


def test_paying_and_cancelling_at_once_never_keep_a_customers_money(cake: Product) -> None:
    Product.objects.update(daily_quantity=None)
    chosen = [ChosenLine(cake.pk, (), 1)]
    orders = []
    for number in range(15):
        placed = place_order(
            details(pays_online=True), chosen, checkout_key=f"key {number}", now=NOW
        )
        Payment.objects.filter(order=placed).update(session_id=f"cs_{placed.pk}")
        orders.append(placed)

    def pay_or_cancel(number: int) -> Order | None:
        placed = orders[number // 2]
        if number % 2:
            return cancel_by_customer(placed.pk, now=NOW)
        return record_paid(replace(paid_session(placed), id=f"cs_{placed.pk}"), now=NOW)

    at_once(30, pay_or_cancel)

    assert reserved(cake) == 0
    for payment in Payment.objects.select_related("order"):
        given_back = sum(refund.amount for refund in payment.refunds.all())
        assert (payment.order.kept_amount, given_back) == (0, payment.amount)


def test_ten_who_begin_to_pay_at_once_are_on_one_page(cake: Product, settings: Any) -> None:
    chosen = [ChosenLine(cake.pk, (), 1)]
    placed = place_order(details(pays_online=True), chosen, checkout_key="key", now=NOW)
    with running_stripe() as stripe, travel(NOW, tick=False):
        settings.STRIPE_SECRET_KEY = SECRET_KEY
        settings.STRIPE_API_BASE = stripe.address

        outcomes = at_once(10, lambda _: begin_payment(placed, now=NOW))

    assert outcomes == {"str": 10}
    assert len(stripe.sessions) == 1


def test_cancelling_twice_at_once_gives_back_once(cake: Product) -> None:
    placed = order("key", (cake, 4))
    order("another key", (cake, 3))

    at_once(10, lambda _number: cancel(placed.pk, now=NOW))

    assert reserved(cake) == 3
    assert PickupSlot.objects.get().taken == 1
    assert placed.events.filter(status=Status.CANCELLED).count() == 1


def test_one_refund_form_sent_ten_times_at_once_gives_back_once(cake: Product) -> None:
    placed = order("key", (cake, 4))
    form = FormKey("one", "hash")

    outcomes = at_once(
        10,
        lambda _number: refund_order(
            placed.pk, Decimal(1), reason="Burnt", by=None, now=NOW, once=form
        ),
    )

    placed.refresh_from_db()
    assert outcomes == {"Order": 1, "AlreadyDone": 9}
    assert placed.events.filter(amount=1).count() == 1


def test_one_form_whose_work_is_refused_meets_no_deadlock(cake: Product) -> None:
    placed = order("key", (cake, 4))

    outcomes: Counter[str] = Counter()
    for number in range(5):
        form = FormKey(f"form {number}", "hash")
        outcomes += at_once(
            6,
            lambda _number, form=form: refund_order(  # type: ignore[misc]
                placed.pk, Decimal(1000), reason="Burnt", by=None, now=NOW, once=form
            ),
        )

    assert outcomes == {"RefundRefused": 30}


def test_a_connection_killed_in_mid_checkout_leaves_nothing(
    cake: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserve = checkout.reserve

    def reserve_and_die(*given: object, **named: datetime.datetime) -> None:
        reserve(*given, **named)  # type: ignore[arg-type]
        with connection.cursor() as cursor:
            cursor.execute("SELECT CONNECTION_ID()")
            [number] = cursor.fetchone()
            cursor.execute(f"KILL {number:d}")

    monkeypatch.setattr(checkout, "reserve", reserve_and_die)

    with pytest.raises(OperationalError):
        order("key", (cake, 4))
    connection.close()

    assert (Order.objects.count(), reserved(cake)) == (0, 0)
    assert PickupSlot.objects.get().taken == 0


def test_a_mail_server_that_hangs_slows_no_order(
    cake: Product, client: Client, settings: Any
) -> None:
    settings.BACKGROUND = "thread"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_TIMEOUT = 20
    with socket.create_server(("127.0.0.1", 0)) as hanging, travel(NOW, tick=False):
        hanging.settimeout(20)
        settings.EMAIL_HOST, settings.EMAIL_PORT = hanging.getsockname()
        add(client, cake)

        answer = client.post("/checkout/", form_of(client))

        # The server has not said a word yet, and nobody has waited for it in vain.
        meanwhile = OutgoingMail.objects.get()
        hanging.accept()[0].close()
        background._worker.wait(30)
    later = OutgoingMail.objects.get()
    state = OutgoingMail.State
    assert answer.status_code == 302
    assert (meanwhile.state in (state.QUEUED, state.IN_FLIGHT), meanwhile.last_error) == (True, "")
    assert (later.state, later.last_error) == (state.QUEUED, "SMTPServerDisconnected")
