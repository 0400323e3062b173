"""Tests of customers' texts in the e-mail and the calendar file."""

import datetime
from decimal import Decimal

import pytest

from cafe_site.orders.mails import cancellation_mail, confirmation_mail, html_of, ready_mail
from cafe_site.orders.models import Order
from cafe_site.storefront.calendar_file import Appointment, render_calendar
from cafe_site.storefront.forms import CheckoutForm
from tests.factories import utc

TYPED = {
    "checkout_key": "k",
    "name": "Ada",
    "email": "ada@example.org",
    "pickup_at": "2026-05-04T10:00:00+00:00",
    "phone": "",
    "note": "",
}


def errors_of(**typed: str) -> list[str]:
    return list(CheckoutForm({**TYPED, **typed}, days=[]).errors)


@pytest.mark.parametrize(
    ("name", "is_taken"),
    [
        ("O\u2019Brien", True),
        ("Zo\u00eb", True),
        ("\u674e\u5c0f\u9f99", True),
        ("\u0645\u0647\u062f\u06cc\u200c\u0632\u0627\u062f\u0647", True),
        ("\u0915\u094d\u200d\u0937", True),
        ("\U0001f469\u200d\U0001f373 Chef", True),
        ("Anna\u00a0Maria", True),
        ("Soft\u00adname", True),
        ("Nguy\u1ec5n Th\u1ecb \u00c1nh", True),
        ("<b>x</b>", True),
        ("x\ny", True),
        ("A" * 80, True),
        ("A" * 81, False),
        ("  ", False),
        ("\u202eevil", False),
        ("a\x00b", False),
    ],
)
def test_peoples_names_are_taken(name: str, is_taken: bool) -> None:
    assert errors_of(name=name) == ([] if is_taken else ["name"])


@pytest.mark.parametrize(
    ("email", "is_taken"),
    [
        ("Ada@Example.ORG", True),
        ("ada+cafe@example.org", True),
        (" ada@example.org ", True),
        ("ada@m\u00fcller.de", True),
        ("a@b.museum", True),
        ("ada@example.org\n", True),
        ("mailto:ada@example.org", True),
        ("ada@localhost", False),
        ("ada@example", False),
        ("ada@ex_ample.org", False),
        ("ad\u00e4@example.org", False),
        ("ada@[127.0.0.1]", False),
        ("ada.@example.org", False),
        ("a" * 250 + "@x.org", False),
    ],
)
def test_addresses_that_e_mail_reaches_are_taken(email: str, is_taken: bool) -> None:
    assert errors_of(email=email) == ([] if is_taken else ["email"])


@pytest.mark.parametrize(
    ("note", "is_taken"),
    [("no nuts \U0001f95c", True), ("x" * 501, False), ("\r\n".join(["x"] * 250), True)],
)
def test_a_note_is_counted_as_its_browser_counts_it(note: str, is_taken: bool) -> None:
    assert errors_of(note=note) == ([] if is_taken else ["note"])


def an_order(**typed: str) -> Order:
    return Order(
        pk=7,
        customer_email="stranger@example.org",
        placed_at=utc(2026, 5, 3, 9),
        pickup_at=utc(2026, 5, 4, 9),
        business_day=datetime.date(2026, 5, 4),
        pickup_hour=11,
        gross_amount=Decimal(3),
        net_amount=Decimal(3),
        tax_amount=Decimal(0),
        **typed,
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        "You won EUR 500 http://prize.example/claim",
        "You won: www.prize.example",
        "prize.example",
        "claim@prize.example",
        "Prize.Example/claim",
        "\\\\prize.example",
    ],
)
def test_the_order_form_brings_a_stranger_nobodys_link(name: str) -> None:
    order = an_order(customer_name=name, note="Go to http://prize.example/claim now")

    for mail in (confirmation_mail(order, []), ready_mail(order), cancellation_mail(order)):
        html = html_of(mail.text)
        assert "prize" not in (mail.subject + mail.text + html).lower()
        assert html.count("<a ") == html.count('<a href="http://testserver/orders/7/') == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["Ada Lovelace", "O\u2019Brien", "\u674e\u5c0f\u9f99", "J. R. Smith", "Dr. Zo\u00eb"]
)
def test_customers_are_greeted_by_their_names(name: str) -> None:
    assert confirmation_mail(an_order(customer_name=name), []).text.startswith(f"Hello {name},")


def test_a_calendar_file_keeps_what_is_in_a_title_and_lets_nothing_in() -> None:
    appointment = Appointment(
        uid="order-7@x",
        start=utc(2026, 10, 25, 0, 30),
        title='Collect; at Caf\u00e9, "Linde" \U0001f370' + "\u00e9" * 60,
        text='1 x Tea, green\n2 x 12" roll; big\r\nX:INJECT',
        url="http://x/1/abc",
    )

    file = render_calendar(appointment, now=utc(2026, 5, 4))

    lines = file.split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    unfolded = file.replace("\r\n ", "")
    assert 'SUMMARY:Collect\\; at Caf\u00e9\\, "Linde" \U0001f370' in unfolded
    assert not any(line.startswith("X:INJECT") for line in unfolded.split("\r\n"))
