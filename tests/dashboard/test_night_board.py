"""Tests of the order board after midnight, in a shop whose business day starts at midnight."""

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from time_machine import travel

from cafe_site.accounts.models import User
from cafe_site.menu.models import Product
from cafe_site.orders.models import Order, Status
from cafe_site.shop.models import Weekday
from tests.factories import ProductFactory, make_order, utc, write_night_hours

FRIDAY = datetime.date(2026, 11, 27)
SATURDAY = datetime.date(2026, 11, 28)
SUNDAY = datetime.date(2026, 11, 29)
# Ten to midnight on Friday, twenty to one, and ten past two when the night is over.
BEFORE_MIDNIGHT = utc(2026, 11, 27, 22, 50)
AFTER_MIDNIGHT = utc(2026, 11, 27, 23, 40)
AFTER_CLOSING = utc(2026, 11, 28, 1, 10)


@pytest.fixture
def cake(db: None) -> Product:
    write_night_hours(Weekday.FRIDAY, Weekday.SATURDAY)
    return ProductFactory(name="Cake")


@pytest.fixture
def orders(cake: Product) -> tuple[Order, ...]:
    """An order of Friday evening, one of the night after it, and one of Saturday evening."""
    return tuple(
        make_order(pickup_at, {cake: 1}, status=Status.PLACED)
        for pickup_at in (
            utc(2026, 11, 27, 22, 30),
            utc(2026, 11, 28, 0, 30),
            utc(2026, 11, 28, 18),
        )
    )


def shown(client: Client, address: str = "/dashboard/orders/") -> tuple[datetime.date, list[Order]]:
    context = client.get(address).context
    return context["day"], [order for _at, members in context["pickups"] for order in members]


@pytest.mark.parametrize(
    ("now", "day", "places"),
    [
        (BEFORE_MIDNIGHT, FRIDAY, (0, 1)),
        # The evening goes on: its board stays.
        (AFTER_MIDNIGHT, FRIDAY, (0, 1)),
        (AFTER_CLOSING, SATURDAY, (1, 2)),
    ],
)
def test_the_board_opens_with_the_evening_that_is_running(
    counter: Client,
    orders: tuple[Order, ...],
    now: datetime.datetime,
    day: datetime.date,
    places: tuple[int, ...],
) -> None:
    with travel(now, tick=False):
        assert shown(counter) == (day, [orders[place] for place in places])


@travel(AFTER_MIDNIGHT, tick=False)
def test_a_pickup_after_midnight_has_its_date(counter: Client, orders: tuple[Order, ...]) -> None:
    friday = counter.get("/dashboard/orders/").content.decode()
    saturday = counter.get(f"/dashboard/orders/?day={SATURDAY}").content.decode()

    assert ">23:30</time>" in friday
    assert ">Saturday 28 November, 01:30</time>" in friday
    assert ">01:30</time>" in saturday


@travel(AFTER_MIDNIGHT, tick=False)
def test_a_button_leads_back_to_the_board_that_it_stands_on(
    counter: Client, orders: tuple[Order, ...]
) -> None:
    night = orders[1]
    address = f"/dashboard/orders/{night.pk}/status/"

    from_friday = counter.post(address, {"status": "ready", "day": FRIDAY.isoformat()})
    from_the_order = counter.post(address, {"status": "collected"})

    assert f'name="day" value="{FRIDAY}"' in counter.get("/dashboard/orders/").content.decode()
    assert from_friday["Location"] == f"/dashboard/orders/?day={FRIDAY}#order-{night.pk}"
    assert from_the_order["Location"] == f"/dashboard/orders/?day={SATURDAY}#order-{night.pk}"


def test_a_day_with_the_end_of_a_night_alone_is_not_closed(counter: Client, cake: Product) -> None:
    with travel(AFTER_CLOSING, tick=False):
        sunday = counter.get(f"/dashboard/orders/?day={SUNDAY}").content.decode()
        monday = counter.get("/dashboard/orders/?day=2026-11-30").content.decode()

    assert "The shop is closed on this day." not in sunday
    assert "The shop is closed on this day." in monday


@travel(AFTER_MIDNIGHT, tick=False)
def test_after_midnight_the_stock_is_that_of_the_new_day(counter: Client, cake: Product) -> None:
    assert counter.get("/dashboard/stock/").context["day"] == SATURDAY


@travel(BEFORE_MIDNIGHT, tick=False)
def test_who_comes_next_does_not_end_at_midnight(
    owner: User, sign_in: Callable[[User], Client], orders: tuple[Order, ...]
) -> None:
    answer = sign_in(owner).get("/dashboard/")

    assert answer.context["today"].pickups == [orders[0], orders[1]]
