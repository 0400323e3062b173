"""Tests of the shop's contact details and hours on pages, in e-mails and in the calendar file."""

import datetime
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core import mail
from django.test import Client
from time_machine import travel

from cafe_site.accounts.models import User
from cafe_site.menu.models import Product
from cafe_site.orders.basket import Basket, BasketFull, ChosenLine
from cafe_site.orders.mails import cancellation_mail, html_of
from cafe_site.orders.models import Order
from cafe_site.shop.models import ContactDetails, OpeningHours, PickupRules, SpecialDay
from tests.answers import messages_of
from tests.factories import ProductFactory, make_order, utc
from tests.fixtures.ordering import NOW
from tests.storefront.browsing import add, form_of

PHONE = "+49 30 23125 012"
HOURS = "<dt>Tuesday to Sunday</dt><dd>08:00 to 18:00</dd>"
TEL = f'<a href="tel:+493023125012">{PHONE}</a>'
MAILTO = '<a href="mailto:hello@example.com">hello@example.com</a>'


@pytest.fixture(autouse=True)
def sunday_at_eleven():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def contact(db: None) -> ContactDetails:
    return ContactDetails.objects.create(
        address="Lindenstraße 12;\r\n10969 Berlin, Hof 2",
        phone=PHONE,
        email="hello@example.com",
        legal_notice="Ada Lovelace\n<b>Owner</b>\nhttps://example.com/",
    )


@pytest.fixture
def order(cheesecake: Product, client: Client) -> Order:
    add(client, cheesecake)
    client.post("/checkout/", form_of(client))
    return Order.objects.get()


@pytest.mark.parametrize("address", ["/", "/basket/", "/my-orders/", "/sign-in/"])
def test_the_foot_of_a_page_has_the_facts(
    client: Client, contact: ContactDetails, opening_hours: None, address: str
) -> None:
    SpecialDay.objects.create(day=datetime.date(2026, 11, 24))

    foot = client.get(address).content.decode().split("<footer")[1]

    assert [text in foot for text in (TEL, MAILTO, HOURS, "Lindenstraße 12;<br>10969 Berlin")] == [
        True
    ] * 4
    assert "<dt>Monday</dt><dd>closed</dd>" in foot
    assert "<dt>Tue 24 Nov</dt><dd>closed</dd>" in foot
    assert 'href="/legal-notice/"' in foot


def test_a_change_is_seen_at_once(client: Client, contact: ContactDetails) -> None:
    client.get("/")
    ContactDetails.objects.update(phone="030 23125 099", legal_notice="")
    OpeningHours.objects.create(weekday=0, opens_at=datetime.time(18), closes_at=datetime.time(2))

    page = client.get("/").content.decode()

    assert '<a href="tel:03023125099">030 23125 099</a>' in page
    assert PHONE not in page
    assert "<dt>Monday</dt><dd>18:00 to 02:00</dd>" in page
    assert "/legal-notice/" not in page


@pytest.mark.django_db
def test_without_facts_the_foot_has_no_empty_headings(client: Client) -> None:
    foot = client.get("/").content.decode().split("<footer")[1]

    assert "<h2" not in foot
    assert "<address" not in foot


def test_the_dashboard_has_no_such_foot(
    contact: ContactDetails, opening_hours: None, owner: User, sign_in: Callable[[User], Client]
) -> None:
    assert PHONE not in sign_in(owner).get("/dashboard/").content.decode()


def test_a_page_that_is_not_there_asks_no_database(client: Client) -> None:
    assert client.get("/no-such-page/").status_code == 404


def test_the_legal_notice_has_its_page(client: Client, contact: ContactDetails) -> None:
    page = client.get("/legal-notice/").content.decode()

    assert "<p>Ada Lovelace<br>&lt;b&gt;Owner&lt;/b&gt;<br>" in page
    assert '<a href="https://example.com/" rel="nofollow">https://example.com/</a>' in page


@pytest.mark.django_db
def test_without_a_legal_notice_there_is_no_page(client: Client) -> None:
    ContactDetails.objects.create(phone=PHONE)

    assert client.get("/legal-notice/").status_code == 404


def test_an_order_page_says_where_and_whom_to_call(
    client: Client, contact: ContactDetails, order: Order
) -> None:
    main = client.get(order.get_absolute_url()).content.decode().split("<footer")[0]

    assert [text in main for text in (TEL, MAILTO, "Lindenstraße 12;")] == [True] * 3


def test_an_e_mail_ends_with_the_facts(
    client: Client,
    contact: ContactDetails,
    cheesecake: Product,
    django_capture_on_commit_callbacks,
) -> None:
    add(client, cheesecake)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/checkout/", form_of(client, note=f"Is {PHONE} yours?"))

    [sent] = mail.outbox
    assert sent.body.endswith(
        "Café Linde\nLindenstraße 12;\n10969 Berlin, Hof 2\n"
        f"Telephone: {PHONE}\nE-mail: hello@example.com\n\n"
        "Opening hours\nMonday: closed\nTuesday to Sunday: 08:00 to 18:00\n"
    )
    [html] = sent.alternatives
    assert f"Telephone: {TEL}<br>E-mail: {MAILTO}" in html.content
    assert "Tuesday to Sunday: 08:00 to 18:00</p>" in html.content


@pytest.mark.parametrize(
    ("line", "html"),
    [
        ("Call 12345.", '<p>Call <a href="tel:12345">12345</a>.</p>'),
        ("Call 123456 or +12345", "<p>Call 123456 or +12345</p>"),
        # The site's own address stays whole, and nobody else's is one.
        (
            "http://testserver/orders/12345/",
            '<p><a href="http://testserver/orders/12345/">http://testserver/orders/12345/</a></p>',
        ),
        ("http://testserver.example/12345 x", "<p>http://testserver.example/"),
        (
            "Write to a@b.example, not xa@b.example",
            'href="mailto:a@b.example">a@b.example</a>, not xa@',
        ),
        ("<12345>", '<p>&lt;<a href="tel:12345">12345</a>&gt;</p>'),
    ],
)
def test_only_the_number_itself_becomes_a_link(line: str, html: str) -> None:
    assert html in html_of(line, phone="12345", email="a@b.example")


def test_the_calendar_has_the_place_and_the_number(
    client: Client, contact: ContactDetails, order: Order
) -> None:
    calendar = client.get(f"{order.get_absolute_url()}pickup.ics").content.decode()

    lines = calendar.replace("\r\n ", "").split("\r\n")
    assert "LOCATION:Lindenstraße 12\\;\\, 10969 Berlin\\, Hof 2" in lines
    assert f"DESCRIPTION:1 x Cheesecake\\nTelephone: {PHONE}" in lines
    assert max(len(line.encode()) for line in calendar.split("\r\n")) <= 75


def test_without_an_address_the_calendar_has_no_place(client: Client, order: Order) -> None:
    calendar = client.get(f"{order.get_absolute_url()}pickup.ics").content.decode()

    assert "LOCATION" not in calendar
    assert "DESCRIPTION:1 x Cheesecake\r\n" in calendar


CALL = f"Please call us on {PHONE}."


def test_a_quantity_that_is_too_much_names_the_number(
    client: Client, contact: ContactDetails, cheesecake: Product
) -> None:
    answer = add(client, cheesecake, 51)

    assert messages_of(answer) == [
        f"Online you can order up to 50 of one product. We also take larger orders. {CALL}"
    ]


@pytest.mark.parametrize("quantity", [51, -1])
def test_a_per_cent_sign_in_an_address_breaks_no_sentence(
    client: Client, cheesecake: Product, quantity: int
) -> None:
    ContactDetails.objects.create(email="100%s%(x)s@example.com")

    [message] = messages_of(add(client, cheesecake, quantity))

    assert ("Please write to us at 100%s%(x)s@example.com." in message) == (quantity == 51)


def test_a_basket_that_is_full_names_the_number(contact: ContactDetails) -> None:
    basket = Basket({"basket": {f"1:{number}": 1 for number in range(1, 101)}})

    with pytest.raises(BasketFull, match=re.escape(f"different items. {CALL}")):
        basket.add(ChosenLine(2, (), 1))


def test_a_checkout_without_a_time_names_the_number(
    client: Client, contact: ContactDetails
) -> None:
    add(client, ProductFactory(price_amount=Decimal(3)))

    page = client.get("/checkout/").content.decode()

    assert (
        "We cannot take orders for the coming days: no pickup times are left. Please call us on "
        f"{PHONE}." in page
    )


def test_a_time_that_went_names_the_number_when_no_other_is_free(
    client: Client, contact: ContactDetails, cheesecake: Product
) -> None:
    add(client, cheesecake)
    form = form_of(client)
    PickupRules.objects.create(pk=1, slot_capacity=0)

    page = client.post("/checkout/", form).content.decode()

    assert f"This pickup time is no longer available, and there is no other. {CALL}" in page


def test_an_order_that_cannot_be_cancelled_names_the_number(
    client: Client, contact: ContactDetails, cheesecake: Product
) -> None:
    late = make_order(utc(2026, 11, 22, 10, 5), {cheesecake: 1}, status="placed")

    answer = client.post(f"{late.get_absolute_url()}cancel/", follow=True)

    assert messages_of(answer) == [f"Order {late.pk} can no longer be cancelled here. {CALL}"]


def test_the_e_mail_of_a_cancellation_names_the_number(
    contact: ContactDetails, cheesecake: Product
) -> None:
    order = make_order(utc(2026, 11, 22, 12), {cheesecake: 1})

    assert (
        f"your order {order.pk} is cancelled. Do you have a question about this? {CALL}"
        in cancellation_mail(order).text
    )
