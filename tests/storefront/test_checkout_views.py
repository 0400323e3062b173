"""Tests of the checkout page and its errors."""

import datetime
import re

import pytest
from django.test import Client
from time_machine import travel

from cafe_site.menu.models import Product
from cafe_site.orders.models import Order, PickupSlot
from cafe_site.shop.models import PickupRules, SpecialDay
from cafe_site.shop.opening import pause_orders
from cafe_site.stock.models import DailyStock
from tests.answers import messages_of
from tests.fixtures.ordering import NOW, PICKUP
from tests.storefront.browsing import add, form_of

pytestmark = pytest.mark.usefixtures("opening_hours")


@pytest.fixture(autouse=True)
def sunday_at_eleven():
    with travel(NOW, tick=False):
        yield


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


def test_an_earlier_form_sent_again_leaves_the_next_basket_alone(
    client: Client, cheesecake: Product, coffee: Product
) -> None:
    add(client, cheesecake)
    form = form_of(client)
    first = client.post("/checkout/", form)
    add(client, coffee, 5)

    again = client.post("/checkout/", form, follow=True)

    assert again.redirect_chain == [(first["Location"], 302)]
    assert messages_of(again) == ["This is your earlier order. Your basket is kept."]
    assert client.session["basket"] == {str(coffee.pk): 5}
    assert Order.objects.count() == 1
    assert client.post("/checkout/", form_of(client)).status_code == 302
    assert [order.lines.get().product for order in Order.objects.order_by("pk")] == [
        cheesecake,
        coffee,
    ]


def test_a_second_post_with_an_empty_basket_says_nothing_of_it(
    client: Client, cheesecake: Product
) -> None:
    add(client, cheesecake)
    form = form_of(client)
    client.post("/checkout/", form)

    again = client.post("/checkout/", form, follow=True)

    assert messages_of(again) == []


def test_a_form_of_a_lost_session_still_orders_and_empties_the_basket(
    client: Client, cheesecake: Product
) -> None:
    add(client, cheesecake)
    form = form_of(client)
    client.session.flush()
    add(client, cheesecake)

    client.post("/checkout/", form)

    assert client.session.get("basket") is None
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
        ("name", "", "Please enter a name that we can call out."),
        ("name", "x" * 81, "Please use at most 80 characters. There are 81."),
        ("name", "\u200d\u200e", "Please enter a name that we can call out."),
        (
            "name",
            "\u202eevil",
            "This text contains a character that cannot be shown (U+202E). Please type it instead "
            "of pasting it.",
        ),
        (
            "email",
            f"{'a' * 60}@{'b.' * 100}org",
            "This e-mail address has 264 characters. The limit is 254. Please check it.",
        ),
        (
            "email",
            "m\u0131ke@example.org",
            "E-mail cannot be sent to an address with “\u0131”. Please check it, or give another "
            "address.",
        ),
        ("email", "", "Please enter an e-mail address for the confirmation."),
        (
            "email",
            "ada@",
            "This e-mail address looks incomplete. It should be like name@example.com.",
        ),
        (
            "phone",
            "call me",
            "“call me” is not a telephone number that we can read. Please write it like "
            "+49 30 1234567, followed by “ext. 5” for an extension.",
        ),
        ("pickup_at", "", "Please choose a pickup time."),
        ("pickup_at", "soon", "This is not a pickup time. Please choose one from the list."),
        (
            "pickup_at",
            "2026-11-22T12:00:00",
            "This is not a pickup time. Please choose one from the list.",
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


def test_what_people_paste_is_taken_and_kept_as_it_is_meant(
    client: Client, cheesecake: Product
) -> None:
    add(client, cheesecake)
    lines = "\r\n".join(["x"] * 250)
    typed = {
        "name": "\u0645\u0647\u062f\u06cc\u200c\u0632\u0627\u062f\u0647",
        "email": "\u200eAda@Example.ORG ",
        "phone": "\u202a+49\u00a030 \uff11\uff12\uff13\uff14 ext. 5\u202c",
        # 499 characters as a browser counts them, and 748 as it sends them.
        "note": lines,
    }

    answer = client.post("/checkout/", form_of(client) | typed)

    assert answer.status_code == 302
    order = Order.objects.get()
    assert order.customer_name == typed["name"]
    assert order.customer_email == "ada@example.org"
    assert order.customer_phone == "+49 30 1234 ext. 5"
    assert order.note == lines.replace("\r\n", "\n")


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
    assert "The total is now €9.00." in told.content.decode()
    assert str(Order.objects.get().total_amount) == "9.00"


def test_a_basket_that_changed_in_another_window_is_told(
    client: Client, cheesecake: Product
) -> None:
    add(client, cheesecake, 2)
    form = form_of(client)
    add(client, cheesecake, 3)

    answer = client.post("/checkout/", form)

    assert "The total is now €21.00." in answer.content.decode()
    assert not Order.objects.exists()


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
            "This pickup time is no longer available. "
            "We selected the next one: Sunday 22 November, 13:15."
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

    assert "Cheesecake: only 3 are left for this day." in answer.content.decode()
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


def test_a_closed_day_shows_its_sentence_and_no_time(client: Client, cheesecake: Product) -> None:
    SpecialDay.objects.create(day=PICKUP.date(), sentence="Closed for a wedding.")
    add(client, cheesecake)

    page = client.get("/checkout/").content.decode()

    assert "Closed for a wedding." in page
    assert PICKUP.isoformat() not in page
