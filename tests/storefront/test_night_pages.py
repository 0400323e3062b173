"""Tests of pickups after midnight on customers' pages: the evening and the date shown."""

import datetime

import pytest
from django.core import mail
from django.test import Client
from time_machine import travel

from cafe_site.menu.models import Product
from cafe_site.orders.changes import cancel_until
from cafe_site.orders.mails import ready_mail
from cafe_site.orders.models import Order
from cafe_site.orders.slots import DaySlots, Slot
from cafe_site.shop.models import OrderCutoff, PickupRules, Weekday
from cafe_site.stock.models import DailyStock
from cafe_site.storefront.slot_choices import slot_choices, time_words
from tests.factories import ProductFactory, utc, write_night_hours
from tests.storefront.browsing import add, form_of

FRIDAY = datetime.date(2026, 11, 27)
SATURDAY = datetime.date(2026, 11, 28)
# 20:00 on Friday; 00:30 in the night after it.
EVENING = utc(2026, 11, 27, 19)
NIGHT = utc(2026, 11, 27, 23, 30)


@pytest.fixture
def cake(db: None) -> Product:
    write_night_hours(Weekday.FRIDAY, Weekday.SATURDAY)
    PickupRules.objects.create(pk=1, lead_minutes=30, days_ahead=1)
    return ProductFactory(name="Cake")


def order_for_the_night(client: Client, cake: Product) -> Order:
    add(client, cake)
    answer = client.post("/checkout/", form_of(client, pickup_at=NIGHT.isoformat()))
    assert answer.status_code == 302
    return Order.objects.get()


@travel(EVENING, tick=False)
def test_the_list_has_the_night_under_its_evening(client: Client, cake: Product) -> None:
    add(client, cake)

    [_empty, friday, saturday] = (
        client.get("/checkout/").context["form"].fields["pickup_at"].choices
    )

    assert friday[0] == "Friday 27 November"
    assert [words for _value, words in friday[1]][-11:] == [
        *("23:15", "23:30", "23:45", "00:00 (Saturday)", "00:15 (Saturday)", "00:30 (Saturday)"),
        *("00:45 (Saturday)", "01:00 (Saturday)", "01:15 (Saturday)", "01:30 (Saturday)"),
        "01:45 (Saturday)",
    ]
    assert saturday[0] == "Saturday 28 November"
    assert next(words for _value, words in saturday[1]) == "18:00"


@travel(EVENING, tick=False)
def test_the_order_page_the_e_mail_and_the_calendar_have_the_date(
    client: Client, cake: Product, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        order = order_for_the_night(client, cake)

    page = client.get(order.get_absolute_url()).content.decode()
    calendar = client.get(f"{order.get_absolute_url()}pickup.ics").content.decode()
    assert "Saturday 28 November, 00:30" in page
    assert "Saturday 28 November 2026, 00:30" in mail.outbox[0].body
    assert "DTSTART:20261127T233000Z" in calendar
    assert "Saturday 28 November 2026, 00:30" in ready_mail(order).text


@travel(EVENING, tick=False)
def test_a_night_can_be_cancelled_until_the_cut_off_of_its_evening(
    client: Client, cake: Product
) -> None:
    OrderCutoff.objects.create(weekday=Weekday.FRIDAY, orders_until=datetime.time(23))
    OrderCutoff.objects.create(weekday=Weekday.SATURDAY, orders_until=datetime.time(12))

    order = order_for_the_night(client, cake)

    assert order.business_day == SATURDAY
    assert cancel_until(order) == utc(2026, 11, 27, 22)


@travel(utc(2026, 11, 27, 22, 50), tick=False)
def test_a_menu_at_ten_to_midnight_speaks_of_the_stock_of_the_next_day(
    client: Client, cake: Product
) -> None:
    DailyStock.objects.create(product=cake, business_day=FRIDAY, planned=9)
    DailyStock.objects.create(product=cake, business_day=SATURDAY, planned=2)

    assert "2 left" in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("start", "day", "words"),
    [
        (utc(2026, 11, 27, 22, 45), FRIDAY, "23:45"),
        (NIGHT, FRIDAY, "00:30 (Saturday)"),
        (NIGHT, SATURDAY, "00:30"),
        # 02:15 comes twice.
        (utc(2026, 10, 25, 0, 15), datetime.date(2026, 10, 25), "02:15 before the clock change"),
        (
            utc(2026, 10, 25, 1, 15),
            datetime.date(2026, 10, 24),
            "02:15 after the clock change (Sunday)",
        ),
    ],
)
def test_a_time_says_which_one_it_is(
    start: datetime.datetime, day: datetime.date, words: str
) -> None:
    assert time_words(start, day) == words


def test_a_full_slot_of_the_night_says_both() -> None:
    [_empty, (_day, times)] = slot_choices([DaySlots(FRIDAY, (Slot(NIGHT, is_full=True),))])

    assert times == [(f"full:{NIGHT.isoformat()}", "00:30 (Saturday), full")]
