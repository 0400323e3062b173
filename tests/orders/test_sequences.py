"""Tests that stock and totals stay correct after any sequence of actions."""

import contextlib
import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from cafe_site.menu.models import Product
from cafe_site.orders.basket import ChosenLine
from cafe_site.orders.changes import cancel_order, change_status
from cafe_site.orders.checkout import place_order
from cafe_site.orders.errors import OrderError
from cafe_site.orders.models import NOT_COUNTED, Order, OrderLine, Payment, PickupSlot, Status
from cafe_site.orders.payments.services import close_payment, record_paid
from cafe_site.orders.payments.stripe_checkout import Session
from cafe_site.orders.pricing import AMOUNTS
from cafe_site.orders.refunds import refund_order
from cafe_site.shop.models import OpeningHours, PickupRules
from cafe_site.shop.money import ZERO
from cafe_site.stock.models import DailyStock
from cafe_site.stock.services import StockRefused, set_quantities
from reports.figures.summary import summarize_day
from tests.factories import ProductFactory, cancel
from tests.fixtures.ordering import NOW, PICKUP, details

CAPACITY = 4
MENU = (("3.33", "0.07", 6), ("0.99", "0.19", 3), ("12.50", "0", None))
QUANTITIES = st.none() | st.integers(0, 9)
PRODUCTS = st.integers(0, 2)


class Counter(RuleBasedStateMachine):
    """Customers place orders; staff move, cancel and refund them and correct the stock."""

    def __init__(self) -> None:
        super().__init__()
        # Each sequence starts from an empty database.
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize()
    def open_the_shop(self) -> None:
        OpeningHours.objects.create(
            weekday=6, opens_at=datetime.time(8), closes_at=datetime.time(18)
        )
        PickupRules.objects.create(pk=1, slot_capacity=CAPACITY)
        self.products: list[Product] = [
            ProductFactory(price_amount=Decimal(price), tax_rate=Decimal(rate), daily_quantity=most)
            for price, rate, most in (
                ("3.33", "0.07", 6),
                ("0.99", "0.19", 3),
                ("12.50", "0", None),
            )
        ]
        self.count = 0

    @rule(
        lines=st.lists(st.tuples(PRODUCTS, st.integers(1, 3)), min_size=1, max_size=3),
        pays_online=st.booleans(),
    )
    def place(self, lines: list[tuple[int, int]], pays_online: bool = False) -> None:
        self.count += 1
        chosen = [
            ChosenLine(self.products[place].pk, (), quantity)
            for place, quantity in dict(lines).items()
        ]
        self.attempt(
            lambda: place_order(
                details(pays_online=pays_online),
                chosen,
                checkout_key=f"key {self.count}",
                now=NOW,
            )
        )

    @rule(number=st.integers(0, 9), to=st.sampled_from(Status))
    def move(self, number: int, to: Status) -> None:
        if order := self.order(number):
            self.attempt(lambda: change_status(order.pk, to, by=None, now=NOW))

    @rule(lines=st.lists(st.tuples(PRODUCTS, st.integers(1, 3)), min_size=1, max_size=3))
    def place_and_cancel(self, lines: list[tuple[int, int]]) -> None:
        self.place(lines)
        if order := Order.objects.order_by("pk").last():
            self.attempt(lambda: cancel(order.pk, now=NOW))

    @rule(number=st.integers(0, 9))
    def reinstate(self, number: int) -> None:
        if order := self.order(number):
            self.attempt(lambda: change_status(order.pk, Status.PLACED, by=None, now=NOW))

    @rule(number=st.integers(0, 9))
    def pay(self, number: int) -> None:
        if payment := self.payment(number):
            Payment.objects.filter(pk=payment.pk).update(session_id=f"session {payment.pk}")
            session = Session(
                id=f"session {payment.pk}",
                url="",
                is_open=False,
                is_paid=True,
                intent_id="intent",
                amount=payment.amount,
                currency="EUR",
            )
            record_paid(session, now=NOW)

    @rule(number=st.integers(0, 9))
    def give_up(self, number: int) -> None:
        if payment := self.payment(number):
            close_payment(payment, now=NOW)

    @rule(number=st.integers(0, 9), cents=st.integers(0, 2000))
    def cancel(self, number: int, cents: int) -> None:
        if order := self.order(number):
            amount = Decimal(cents) / 100
            self.attempt(
                lambda: cancel_order(order.pk, refund_amount=amount, reason="x", by=None, now=NOW)
            )

    @rule(number=st.integers(0, 9), cents=st.integers(1, 3000))
    def refund(self, number: int, cents: int) -> None:
        if order := self.order(number):
            amount = Decimal(cents) / 100
            self.attempt(lambda: refund_order(order.pk, amount, reason="x", by=None, now=NOW))

    @rule(
        place=PRODUCTS, planned=st.none() | st.integers(0, 9), baked=st.none() | st.integers(0, 9)
    )
    def correct(self, place: int, planned: int | None, baked: int | None) -> None:
        if row := DailyStock.objects.filter(product=self.products[place]).first():
            self.attempt(
                lambda: set_quantities(
                    row.pk, planned=planned, baked=baked, left_over=None, now=NOW
                )
            )

    def order(self, number: int) -> Order | None:
        orders = list(Order.objects.order_by("pk"))
        return orders[number % len(orders)] if orders else None

    def payment(self, number: int) -> Payment | None:
        payments = list(Payment.objects.order_by("pk"))
        return payments[number % len(payments)] if payments else None

    def attempt(self, work: Callable[[], object]) -> None:
        with contextlib.suppress(OrderError, StockRefused):
            work()

    @invariant()
    def what_is_reserved_is_what_open_orders_hold(self) -> None:
        for row in DailyStock.objects.all():
            lines = OrderLine.objects.filter(product=row.product_id).exclude(
                order__status=Status.CANCELLED
            )
            assert row.reserved == sum(line.quantity for line in lines)
            if row.limit is not None and row.free is not None:
                assert row.reserved + row.free == row.limit
                assert row.free >= 0
                assert (row.free == 0) == (row.sold_out_at is not None) or row.reserved == 0

    @invariant()
    def a_slot_has_no_more_orders_than_places(self) -> None:
        standing = Order.objects.exclude(status=Status.CANCELLED).count()
        slots = PickupSlot.objects.filter(start=PICKUP)
        assert sum(slot.taken for slot in slots) == standing <= CAPACITY

    @invariant()
    def an_order_is_the_sum_of_its_lines(self) -> None:
        for order in Order.objects.prefetch_related("lines"):
            for name in AMOUNTS:
                assert getattr(order, name) == sum(
                    getattr(line, name) for line in order.lines.all()
                )
            refunded = [event.amount for event in order.events.filter(kind="refunded")]
            shown = [line.unit_price_amount * line.quantity for line in order.lines.all()]
            if order.status != Status.CANCELLED:
                assert order.total_amount == sum(shown) - sum(refunded)

    @invariant()
    def every_cent_paid_online_is_a_sale_or_kept_or_goes_back(self) -> None:
        for payment in Payment.objects.filter(state=Payment.State.PAID).select_related("order"):
            order = payment.order
            stays = ZERO if order.status in NOT_COUNTED else order.total_amount
            goes_back = sum((refund.amount for refund in payment.refunds.all()), ZERO)
            assert payment.amount == stays + order.kept_amount + goes_back

    @invariant()
    def the_report_counts_what_stands(self) -> None:
        totals = summarize_day(PICKUP.date()).totals
        standing = Order.objects.exclude(status__in=NOT_COUNTED)
        assert totals.orders == standing.count()
        assert totals.net_amount == sum((order.net_amount for order in standing), Decimal(0))


@pytest.mark.django_db
def test_no_sequence_parts_the_stock_from_the_orders_or_a_sum_from_its_lines() -> None:
    # Not shrunk: a failing sequence of fifteen steps is short enough to read, and each step of
    # shrinking it takes a second.
    phases = (Phase.explicit, Phase.generate)
    run_state_machine_as_test(
        Counter, settings=settings(max_examples=50, stateful_step_count=15, phases=phases)
    )
