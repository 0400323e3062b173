"""Ordering as a browser does it: basket, checkout, order page, and what goes wrong."""

import datetime
import re
from typing import Any

import pytest
from django.test import Client
from time_machine import travel

from cafe_site.menu.models import Product
from cafe_site.orders.models import Order, PickupSlot, Status
from cafe_site.orders.services import change_status
from cafe_site.shop.models import OrderCutoff, PickupRules, SpecialDay
from cafe_site.shop.opening import pause_orders
from cafe_site.stock.models import DailyStock
from tests.factories import make_order
from tests.orders.conftest import NOW, PICKUP

pytestmark = pytest.mark.usefixtures("opening_hours")


@pytest.fixture(autouse=True)
def sunday_at_eleven():
    with travel(NOW, tick=False):
        yield


def add(client: Client, product: Product, quantity: Any = 1) -> Any:
    return client.post("/basket/add/", {"product": product.pk, "quantity": quantity}, follow=True)


def form_of(client: Client, **changes: str) -> dict[str, str]:
    page = client.get("/checkout/").content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', page))
    return {
        "checkout_key": hidden["checkout_key"],
        "shown": hidden["shown"],
        "name": "Ada Lovelace",
        "email": "ada@example.com",
        "phone": "",
        "note": "",
        "pickup_at": PICKUP.isoformat(),
        **changes,
    }


def messages_of(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_the_menu_shows_what_is_on_sale_by_category(
    client: Client, cheesecake: Product, coffee: Product
) -> None:
    Product.objects.filter(pk=coffee.pk).update(is_on_sale=False)

    page = client.get("/").content.decode()

    assert "Cheesecake" in page
    assert "€4.20" in page
    assert "Coffee" not in page
    assert client.get(coffee.get_absolute_url()).status_code == 404


def test_a_product_page_names_the_allergens(client: Client, cheesecake: Product) -> None:
    cheesecake.allergens = ["milk", "eggs"]
    cheesecake.save()

    page = client.get(cheesecake.get_absolute_url()).content.decode()

    assert "<li>Eggs</li><li>Milk</li>" in page
    assert "1.00" not in page  # the unit cost is ours


def test_a_basket_is_filled_changed_and_emptied(
    client: Client, cheesecake: Product, coffee: Product
) -> None:
    add(client, cheesecake, 2)
    add(client, cheesecake)
    add(client, coffee)

    full = client.get("/basket/")
    client.post("/basket/change/", {"line": cheesecake.pk, "quantity": 1})
    client.post("/basket/change/", {"line": coffee.pk, "quantity": 0})
    changed = client.get("/basket/")
    client.post("/basket/change/", {"line": cheesecake.pk, "quantity": 0})

    def quantities(answer: Any) -> dict[str, int]:
        return {line.product.name: line.quantity for line in answer.context["lines"]}

    assert quantities(full) == {"Cheesecake": 3, "Coffee": 1}
    assert quantities(changed) == {"Cheesecake": 1}
    assert "There is nothing in it yet" in client.get("/basket/").content.decode()


@pytest.mark.parametrize(
    ("quantity", "sentence"),
    [
        ("", "Please say how many."),
        ("-1", "Please order at least 1."),
        ("0", "Please order at least 1."),
        ("1.5", "Please give the quantity as a whole number."),
        ("lots", "Please give the quantity as a whole number."),
        ("51", "We take up to 50 of one product online. For more, please call us."),
        ("9" * 400, "We take up to 50 of one product online. For more, please call us."),
    ],
)
def test_a_wrong_quantity_is_told_and_changes_nothing(
    client: Client, cheesecake: Product, quantity: str, sentence: str
) -> None:
    answer = add(client, cheesecake, quantity)

    assert messages_of(answer) == [sentence]
    assert client.session.get("basket", {}) == {}


def test_a_wrong_quantity_in_the_basket_keeps_the_old_one(
    client: Client, cheesecake: Product
) -> None:
    add(client, cheesecake, 2)

    answer = client.post("/basket/change/", {"line": cheesecake.pk, "quantity": "-3"}, follow=True)

    assert messages_of(answer)[-1] == "Please give at least 0; 0 takes the product out."
    assert client.session["basket"] == {str(cheesecake.pk): 2}


def test_more_than_fifty_of_one_product_stay_fifty(client: Client, cheesecake: Product) -> None:
    add(client, cheesecake, 40)
    add(client, cheesecake, 40)

    assert client.session["basket"] == {str(cheesecake.pk): 50}


@pytest.mark.parametrize("product", ["999999", "0", "x", "", "9" * 30])
def test_a_product_that_is_not_there_is_not_added(client: Client, product: str) -> None:
    answer = client.post("/basket/add/", {"product": product, "quantity": 1}, follow=True)

    assert answer.status_code == 200
    assert len(messages_of(answer)) == 1
    assert client.session.get("basket", {}) == {}


def test_what_went_off_sale_is_taken_out_and_told(
    client: Client, cheesecake: Product, coffee: Product
) -> None:
    add(client, cheesecake)
    add(client, coffee)
    Product.objects.filter(pk=coffee.pk).update(is_on_sale=False)

    answer = client.get("/basket/")

    assert messages_of(answer)[-1] == (
        "Something you chose is no longer on sale and was taken out."
    )
    assert client.session["basket"] == {str(cheesecake.pk): 1}


def test_a_customer_orders_and_follows_the_order(client: Client, cheesecake: Product) -> None:
    add(client, cheesecake, 2)

    answer = client.post("/checkout/", form_of(client, note="Candles"), follow=True)

    order = Order.objects.get()
    assert answer.redirect_chain == [(f"/orders/{order.pk}/{order.token}/", 302)]
    page = answer.content.decode()
    assert [text in page for text in ("Cheesecake", "€8.40", "13:00", "Candles")] == [True] * 4
    assert client.session.get("basket") is None


def test_a_price_in_the_form_is_never_used(client: Client, cheesecake: Product) -> None:
    client.post(
        "/basket/add/",
        {"product": cheesecake.pk, "quantity": 1, "price": "0.01", "price_amount": "0.01"},
    )
    form = form_of(client) | {"total": "0.01", "net_amount": "0.01", "price_amount": "0.01"}

    client.post("/checkout/", form)

    assert str(Order.objects.get().total_amount) == "4.20"


def test_a_second_post_of_one_form_shows_the_first_order(
    client: Client, cheesecake: Product
) -> None:
    add(client, cheesecake)
    form = form_of(client)

    first, second = (client.post("/checkout/", form) for _ in range(2))

    assert first["Location"] == second["Location"]
    assert Order.objects.count() == 1


def test_a_second_post_after_the_pickup_time_still_finds_the_order(
    client: Client, cheesecake: Product
) -> None:
    add(client, cheesecake)
    form = form_of(client)
    first = client.post("/checkout/", form)

    with travel(PICKUP, tick=False):
        second = client.post("/checkout/", form)

    assert second["Location"] == first["Location"]


def test_the_same_form_with_another_name_is_told_clearly(
    client: Client, cheesecake: Product
) -> None:
    add(client, cheesecake)
    form = form_of(client)
    client.post("/checkout/", form)

    answer = client.post("/checkout/", form | {"name": "Somebody Else"})

    assert answer.status_code == 422
    assert "was already ordered, as order" in answer.content.decode()
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Please give a name that we can call out."),
        ("name", "x" * 81, "Ensure this value has at most 80 characters (it has 81)."),
        ("email", "", "Please give an e-mail address for the confirmation."),
        (
            "email",
            "ada@",
            "This e-mail address looks incomplete. It should be like name@example.com.",
        ),
        (
            "phone",
            "call me",
            "This telephone number has other characters than digits, +, - and blanks.",
        ),
        ("pickup_at", "", "Please choose a pickup time."),
        ("pickup_at", "soon", "This is no pickup time. Please choose one from the list."),
        (
            "pickup_at",
            "2026-11-22T12:00:00",
            "This is no pickup time. Please choose one from the list.",
        ),
        (
            "note",
            "x" * 100_000,
            "Please keep the note within 500 characters; it has 100000.",
        ),
    ],
)
def test_bad_input_is_told_beside_the_field_and_nothing_is_lost(
    client: Client, cheesecake: Product, field: str, value: str, sentence: str
) -> None:
    add(client, cheesecake, 3)
    form = form_of(client, phone="030 1234567", note="Candles") | {field: value}

    answer = client.post("/checkout/", form)

    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [sentence]}
    assert {name: answer.context["form"][name].value() for name in form} == form
    assert client.session["basket"] == {str(cheesecake.pk): 3}
    assert not Order.objects.exists()


def test_a_price_that_changed_is_told_before_anything_is_placed(
    client: Client, cheesecake: Product
) -> None:
    add(client, cheesecake, 2)
    form = form_of(client)
    Product.objects.update(price_amount="4.50")

    told = client.post("/checkout/", form)
    shown = re.search(r'name="shown" value="(\w+)"', told.content.decode())
    assert shown is not None
    nothing_yet = Order.objects.count()
    placed = client.post("/checkout/", form | {"shown": shown[1]})

    assert (told.status_code, nothing_yet, placed.status_code) == (422, 0, 302)
    assert "It comes to €9.00 now." in told.content.decode()
    assert str(Order.objects.get().total_amount) == "9.00"


def test_a_basket_that_changed_in_another_window_is_told(
    client: Client, cheesecake: Product
) -> None:
    add(client, cheesecake, 2)
    form = form_of(client)
    add(client, cheesecake, 3)

    answer = client.post("/checkout/", form)

    assert "It comes to €21.00 now." in answer.content.decode()
    assert not Order.objects.exists()


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
        f"Order {order.pk} can no longer be cancelled here. Please call us."
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


def test_a_slot_that_was_lost_meanwhile_offers_the_next_free_one(
    client: Client, cheesecake: Product
) -> None:
    PickupRules.objects.create(pk=1, slot_capacity=1)
    add(client, cheesecake)
    form = form_of(client)
    PickupSlot.objects.create(start=PICKUP, taken=1)

    answer = client.post("/checkout/", form)

    next_one = "2026-11-22T12:15:00+00:00"
    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "pickup_at": [
            "This pickup time is no longer free. "
            "The next one is Sunday 22 November, 13:15; it is chosen now."
        ]
    }
    page = answer.content.decode()
    assert f'<option value="{next_one}" selected>13:15</option>' in page
    assert f'<option value="full:{PICKUP.isoformat()}" disabled>13:00, full</option>' in page
    assert answer.context["form"]["name"].value() == "Ada Lovelace"
    assert not Order.objects.exists()


def test_while_orders_are_paused_the_checkout_says_until_when(
    client: Client, cheesecake: Product
) -> None:
    add(client, cheesecake)
    form = form_of(client)
    pause_orders(NOW + datetime.timedelta(minutes=30))

    answer = client.post("/checkout/", form)

    assert "We take no orders until 11:30. Your basket is kept" in answer.content.decode()
    assert not Order.objects.exists()


def test_a_product_that_sold_out_in_the_basket_is_told_and_changes_nothing(
    client: Client, cheesecake: Product
) -> None:
    add(client, cheesecake, 4)
    DailyStock.objects.create(
        product=cheesecake, business_day=PICKUP.date(), planned=10, reserved=7
    )

    answer = client.post("/checkout/", form_of(client))

    assert "Of Cheesecake only 3 are left for this day." in answer.content.decode()
    assert (Order.objects.count(), DailyStock.objects.get().reserved) == (0, 7)
    assert client.session["basket"] == {str(cheesecake.pk): 4}


def test_a_script_in_the_name_is_only_text(client: Client, cheesecake: Product) -> None:
    add(client, cheesecake)

    answer = client.post(
        "/checkout/", form_of(client, name="<script>alert(1)</script>"), follow=True
    )

    page = answer.content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


def test_a_name_cannot_smuggle_lines_into_the_mail(client: Client, cheesecake: Product) -> None:
    add(client, cheesecake)

    client.post("/checkout/", form_of(client, name="Ada\r\nBcc: all@example.com"))

    assert Order.objects.get().customer_name == "Ada Bcc: all@example.com"


def test_an_empty_basket_cannot_be_checked_out(client: Client, cheesecake: Product) -> None:
    add(client, cheesecake)
    form = form_of(client)
    client.post("/basket/change/", {"line": cheesecake.pk, "quantity": 0})

    answer = client.post("/checkout/", form, follow=True)

    assert answer.redirect_chain[-1] == ("/", 302)
    assert messages_of(answer)[-1] == "Your basket is empty. Choose something first."


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


def test_a_closed_day_shows_its_sentence_and_no_time(client: Client, cheesecake: Product) -> None:
    SpecialDay.objects.create(day=PICKUP.date(), sentence="Closed for a wedding.")
    add(client, cheesecake)

    page = client.get("/checkout/").content.decode()

    assert "Closed for a wedding." in page
    assert PICKUP.isoformat() not in page
