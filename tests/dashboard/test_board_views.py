import datetime

import pytest
from django.test import Client
from time_machine import travel

from cafe_site.accounts.models import User
from cafe_site.menu.models import Product
from cafe_site.orders.models import Status
from cafe_site.shop.models import SpecialDay
from cafe_site.shop.opening import pickup_rules
from tests.answers import messages_of
from tests.dashboard.conftest import NOW, PICKUP
from tests.factories import ProductFactory, make_order, utc


@pytest.fixture(autouse=True)
def sunday_at_eleven():
    with travel(NOW, tick=False):
        yield


def test_the_board_lists_the_day_by_pickup_time(counter: Client, product: Product) -> None:
    late = make_order(utc(2026, 11, 22, 14), {product: 1})
    early = make_order(PICKUP, {product: 2}, status=Status.PLACED, note="No candles")
    make_order(utc(2026, 11, 24, 12), {product: 1})

    answer = counter.get("/dashboard/orders/")

    assert [
        (pickup_at, [order.pk for order in orders])
        for pickup_at, orders in answer.context["pickups"]
    ] == [(PICKUP, [early.pk]), (late.pickup_at, [late.pk])]
    page = answer.content.decode()
    assert "No candles" in page
    assert "2 orders, 1 still open." in page


def test_the_queries_of_the_board_do_not_grow_with_the_orders(
    counter: Client, product: Product, django_assert_num_queries
) -> None:
    for _ in range(12):
        make_order(PICKUP, {product: 1})

    # Session, user, groups; orders, lines; opening hours, special day, cut-offs; the pause.
    with django_assert_num_queries(9):
        counter.get("/dashboard/orders/")


@pytest.mark.parametrize("value", ["22.11.2026", "", "2026-02-30", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_shows_today_and_says_so(
    counter: Client, product: Product, value: str
) -> None:
    answer = counter.get("/dashboard/orders/", {"day": value})

    assert answer.context["day"] == NOW.date()
    assert messages_of(answer) == [
        f"“{value}” is not a day. Write it as 2026-11-22. Today is shown."
    ]


def test_an_empty_and_a_closed_day_say_so(counter: Client, product: Product) -> None:
    SpecialDay.objects.create(day=NOW.date(), sentence="Closed for a wedding.")

    page = counter.get("/dashboard/orders/").content.decode()

    assert "No order for this day yet." in page
    assert "Closed for a wedding." in page


def test_the_board_adds_up_what_is_to_be_prepared(counter: Client, product: Product) -> None:
    coffee = ProductFactory(name="Coffee")
    make_order(PICKUP, {product: 2, coffee: 5}, status=Status.PLACED)
    make_order(PICKUP, {product: 4}, status=Status.PLACED)
    make_order(PICKUP, {product: 50}, status=Status.READY)

    answer = counter.get("/dashboard/orders/tickets/")

    assert answer.context["to_prepare"] == [("Cheesecake", 6), ("Coffee", 5)]


def test_an_open_order_past_its_time_is_marked_as_late(counter: Client, product: Product) -> None:
    make_order(NOW - datetime.timedelta(minutes=1), {product: 1}, status=Status.READY)
    make_order(NOW - datetime.timedelta(minutes=1), {product: 1}, status=Status.COLLECTED)
    make_order(NOW + datetime.timedelta(minutes=1), {product: 1}, status=Status.PLACED)

    page = counter.get("/dashboard/orders/").content.decode()

    assert page.count("badge-late") == 1


def test_orders_are_paused_and_taken_again_from_the_board(
    counter: Client, product: Product
) -> None:
    paused = counter.post("/dashboard/orders/pause/", {"minutes": 30}, follow=True)
    until = pickup_rules().paused_until
    again = counter.post("/dashboard/orders/pause/", {"minutes": 0}, follow=True)

    assert messages_of(paused) == ["No orders are taken until 11:30."]
    assert until == NOW + datetime.timedelta(minutes=30)
    assert "Take orders again" in paused.content.decode()
    assert messages_of(again) == ["Orders are taken again."]
    assert pickup_rules().paused_until is None


@pytest.mark.parametrize("minutes", ["", "-1", "x", "99999"])
def test_a_pause_of_no_length_changes_nothing(counter: Client, minutes: str) -> None:
    answer = counter.post("/dashboard/orders/pause/", {"minutes": minutes}, follow=True)

    assert messages_of(answer) == [
        "Nothing was changed: a pause has 1 to 1440 minutes, and 0 ends it. Reload the page and "
        "try again."
    ]
    assert pickup_rules().paused_until is None


@pytest.mark.parametrize("status", ["ready", "collected"])
def test_one_tap_moves_an_order_and_is_written_down(
    counter: Client, product: Product, staff_member: User, status: str
) -> None:
    order = make_order(PICKUP, {product: 1}, status=Status.PLACED)

    answer = counter.post(f"/dashboard/orders/{order.pk}/status/", {"status": status})

    assert answer["Location"] == f"/dashboard/orders/?day=2026-11-22#order-{order.pk}"
    order.refresh_from_db()
    event = order.events.get()
    assert (order.status, event.status, event.by, event.at) == (
        status,
        status,
        staff_member,
        NOW,
    )


def test_cancelling_is_a_link_to_the_form_that_asks_for_a_reason(
    counter: Client, product: Product
) -> None:
    order = make_order(PICKUP, {product: 1}, status=Status.PLACED)

    page = counter.get("/dashboard/orders/").content.decode()
    answer = counter.post(
        f"/dashboard/orders/{order.pk}/status/", {"status": "cancelled"}, follow=True
    )

    assert f'href="/dashboard/orders/{order.pk}/#cancel"' in page
    assert messages_of(answer) == [f"Order {order.pk} is placed and cannot become cancelled."]
    order.refresh_from_db()
    assert order.status == Status.PLACED


def test_not_collected_is_offered_and_taken_from_the_pickup_time_on(
    counter: Client, product: Product
) -> None:
    order = make_order(PICKUP, {product: 1}, status=Status.READY)
    button = f'id="order-{order.pk}-not_collected"'
    address = f"/dashboard/orders/{order.pk}/status/"

    early = counter.post(address, {"status": "not_collected"}, follow=True)
    with travel(PICKUP, tick=False):
        offered = button in counter.get("/dashboard/orders/").content.decode()
        counter.post(address, {"status": "not_collected"})

    assert button not in early.content.decode()
    assert messages_of(early) == [
        f"The pickup time of order {order.pk} is 22 November, 13:00. Before then it cannot be "
        "marked as not collected."
    ]
    order.refresh_from_db()
    assert (offered, order.status) == (True, Status.NOT_COLLECTED)


def test_a_tap_that_comes_twice_does_its_work_once(counter: Client, product: Product) -> None:
    order = make_order(PICKUP, {product: 1}, status=Status.PLACED)
    address = f"/dashboard/orders/{order.pk}/status/"
    tap = {"status": "ready", "form_key": "one"}

    counter.post(address, tap)
    counter.post(address, {"status": "placed"})
    again = counter.post(address, tap, follow=True)
    changed = counter.post(address, {"status": "collected", "form_key": "one"}, follow=True)

    order.refresh_from_db()
    assert (order.status, order.events.count()) == (Status.PLACED, 2)
    assert messages_of(again)[-1] == f"Order {order.pk}: placed."
    assert messages_of(changed) == [
        "This form was already sent with other content. Nothing else was changed. Reload the page "
        "to make another change."
    ]


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("eaten", "“eaten” is not a status of an order. Nothing was changed."),
        ("ready", "is cancelled and cannot become ready."),
    ],
)
def test_a_status_that_cannot_be_is_told_and_changes_nothing(
    counter: Client, product: Product, status: str, sentence: str
) -> None:
    order = make_order(PICKUP, {product: 1}, status=Status.CANCELLED)

    answer = counter.post(f"/dashboard/orders/{order.pk}/status/", {"status": status}, follow=True)

    assert sentence in messages_of(answer)[0]
    order.refresh_from_db()
    assert order.status == Status.CANCELLED
