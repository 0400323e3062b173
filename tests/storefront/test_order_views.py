"""Tests of the order page: who may see it, its updates, and cancelling."""

import datetime

import pytest
from django.test import Client
from time_machine import travel

from cafe_site.menu.models import Product
from cafe_site.orders.changes import change_status
from cafe_site.orders.models import Order, Status
from cafe_site.shop.models import OrderCutoff
from cafe_site.stock.models import DailyStock
from tests.answers import messages_of
from tests.factories import make_order
from tests.fixtures.ordering import NOW, PICKUP
from tests.storefront.browsing import add, form_of

pytestmark = pytest.mark.usefixtures("opening_hours")


@pytest.fixture(autouse=True)
def sunday_at_eleven():
    with travel(NOW, tick=False):
        yield


def test_a_customer_cancels_until_the_lead_time(client: Client, cheesecake: Product) -> None:
    DailyStock.objects.create(product=cheesecake, business_day=PICKUP.date(), planned=9)
    add(client, cheesecake, 4)
    page = client.post("/checkout/", form_of(client))["Location"]
    reserved = DailyStock.objects.get().reserved

    offered = "Cancel the order" in client.get(page).content.decode()
    answer = client.post(f"{page}cancel/", follow=True)

    assert (reserved, DailyStock.objects.get().reserved) == (4, 0)
    assert offered
    assert "Your order was cancelled" in answer.content.decode()
    assert Order.objects.get().events.last().by is None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("now", "status"),
    [
        (PICKUP - datetime.timedelta(minutes=20), "placed"),
        (NOW, "ready"),
        (NOW, "collected"),
    ],
)
def test_a_customer_cannot_cancel_too_late(
    client: Client, cheesecake: Product, now: datetime.datetime, status: str
) -> None:
    order = make_order(PICKUP, {cheesecake: 1}, status=Status(status))

    with travel(now, tick=False):
        page = client.get(order.get_absolute_url()).content.decode()
        answer = client.post(f"{order.get_absolute_url()}cancel/", follow=True)

    assert "Cancel the order" not in page
    assert messages_of(answer) == [
        f"Order {order.pk} can no longer be cancelled here. Please ask us in the shop."
    ]
    order.refresh_from_db()
    assert order.status == status


def test_the_days_cut_off_ends_cancelling(client: Client, cheesecake: Product) -> None:
    order = make_order(PICKUP, {cheesecake: 1}, status=Status.PLACED)
    OrderCutoff.objects.create(weekday=6, orders_until=datetime.time(11))

    client.post(f"{order.get_absolute_url()}cancel/")

    order.refresh_from_db()
    assert order.status == Status.PLACED


def test_another_customers_order_cannot_be_cancelled(client: Client, cheesecake: Product) -> None:
    order = make_order(PICKUP, {cheesecake: 1}, status=Status.PLACED)

    answer = client.post(f"/orders/{order.pk}/{'x' * 22}/cancel/")

    order.refresh_from_db()
    assert (answer.status_code, order.status) == (404, Status.PLACED)


def test_the_pickup_can_be_put_into_a_calendar(client: Client, cheesecake: Product) -> None:
    order = make_order(PICKUP, {cheesecake: 2})

    answer = client.get(f"{order.get_absolute_url()}pickup.ics")

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.content.decode().split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//cafe-site//pickup//EN",
        "BEGIN:VEVENT",
        f"UID:order-{order.pk}@testserver",
        "DTSTAMP:20261122T100000Z",
        "DTSTART:20261122T120000Z",
        "DTEND:20261122T121500Z",
        f"SUMMARY:Collect order {order.pk} at Café Linde",
        "DESCRIPTION:2 x Cheesecake",
        f"URL:http://testserver{order.get_absolute_url()}",
        "STATUS:CONFIRMED",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_the_order_page_follows_its_state(client: Client, cheesecake: Product) -> None:
    order = make_order(PICKUP, {cheesecake: 1}, status=Status.PLACED)
    address = f"{order.get_absolute_url()}state/"

    page = client.get(order.get_absolute_url()).content.decode()
    change_status(order.pk, Status.READY, by=None, now=NOW)

    assert f'hx-get="{address}"' in page
    assert "Your order is ready" in client.get(address).content.decode()
    assert "<html" not in client.get(address).content.decode()


def test_another_token_shows_no_order(client: Client, cheesecake: Product) -> None:
    order, other = (make_order(PICKUP, {cheesecake: 1}) for _ in range(2))
    right = order.get_absolute_url()

    wrong = [
        f"/orders/{order.pk}/{other.token}/",
        f"/orders/{order.pk}/{order.token.swapcase()}/",
        f"/orders/{order.pk}/{order.token}%20/",
        f"/orders/{order.pk}/é/",
        f"/orders/{other.pk + 1}/{order.token}/",
        f"/orders/{'9' * 40}/{order.token}/",
    ]

    assert client.get(right).status_code == 200
    assert [client.get(address).status_code for address in wrong] == [404] * len(wrong)
