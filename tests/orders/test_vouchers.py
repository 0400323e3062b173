import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from time_machine import travel

from cafe_site.accounts.models import User
from cafe_site.menu.models import Product
from cafe_site.orders.basket import ChosenLine, price_line
from cafe_site.orders.changes import change_status
from cafe_site.orders.checkout import place_order
from cafe_site.orders.errors import StatusRefused, VoucherRefused
from cafe_site.orders.models import Order, Status, Voucher
from cafe_site.orders.vouchers import find_voucher, take_off
from cafe_site.shop.opening import shop_currency
from reports.figures.summary import summarize_day
from tests.factories import cancel
from tests.fixtures.ordering import NOW, PICKUP, details

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
DAY = datetime.timedelta(days=1)


def place(product: Product, quantity: int = 2, *, key: str = "key", code: str = "SPRING") -> Order:
    chosen = [ChosenLine(product.pk, (), quantity)]
    return place_order(details(), chosen, checkout_key=key, now=NOW, voucher_code=code)


@pytest.mark.parametrize(
    ("terms", "total"),
    [
        ({"discount_share": Decimal("0.1")}, "10.17"),
        ({"discount_total_amount": Decimal("5.00")}, "6.30"),
        ({"discount_total_amount": Decimal("50.00")}, "0.00"),
    ],
)
def test_a_voucher_is_spread_over_the_lines(
    cheesecake: Product, coffee: Product, terms: dict[str, Decimal], total: str
) -> None:
    voucher = Voucher(code="SPRING", **terms)
    lines = [price_line(cheesecake, 2), price_line(coffee, 1)]

    discounted = take_off(lines, voucher, shop_currency())

    assert sum(line.amounts.total_amount for line in discounted) == Decimal(total)
    for line in discounted:
        amounts = line.amounts
        assert amounts.gross_amount - amounts.discount_amount == amounts.net_amount >= 0


@pytest.mark.parametrize(
    ("code", "terms", "sentence"),
    [
        ("WINTER", {}, "There is no voucher WINTER. Please check the code."),
        (
            "SPRING",
            {"first_day": TODAY + DAY},
            "is valid from 23 November 2026.",
        ),
        (
            "SPRING",
            {"last_day": TODAY - DAY},
            "was valid until 21 November 2026.",
        ),
        (
            "SPRING",
            {"max_uses": 3, "used": 3},
            "has been used up.",
        ),
    ],
)
def test_a_voucher_that_does_not_hold_says_why(
    code: str, terms: dict[str, Any], sentence: str
) -> None:
    Voucher.objects.create(code="SPRING", discount_share=Decimal("0.1"), **terms)

    with pytest.raises(VoucherRefused) as refused:
        find_voucher(code, today=TODAY)

    assert str(refused.value).endswith(sentence)
    assert code in str(refused.value)


@pytest.mark.parametrize("typed", ["spring", " SPRING ", "Spr ing"])
def test_a_code_is_taken_as_people_type_it(typed: str) -> None:
    voucher = Voucher.objects.create(code="SPRING", discount_share=Decimal("0.1"))

    assert find_voucher(typed, today=TODAY) == voucher


@pytest.mark.parametrize(
    "terms",
    [{}, {"discount_share": Decimal("0.1"), "discount_total_amount": Decimal(5)}],
)
def test_a_voucher_is_an_amount_or_a_share(terms: dict[str, Decimal]) -> None:
    with pytest.raises(ValidationError, match="one of them, and not both"):
        Voucher(code="SPRING", **terms).full_clean()


def test_the_discount_is_in_the_report(cheesecake: Product) -> None:
    Voucher.objects.create(code="SPRING", discount_total_amount=Decimal("4.20"))

    order = place(cheesecake)

    assert order.total_amount == Decimal("4.20")
    totals = summarize_day(PICKUP.date()).totals
    assert (totals.gross_amount, totals.discount_amount, totals.net_amount, totals.tax_amount) == (
        Decimal("7.85"),
        Decimal("3.92"),
        Decimal("3.93"),
        Decimal("0.27"),
    )


def test_a_voucher_is_used_no_more_often_than_it_may(cheesecake: Product) -> None:
    Voucher.objects.create(code="SPRING", discount_share=Decimal("0.5"), max_uses=1)
    order = place(cheesecake)

    with pytest.raises(VoucherRefused):
        place(cheesecake, key="another")
    cancel(order.pk, now=NOW)
    place(cheesecake, key="another")

    assert Voucher.objects.get().used == 1
    assert Order.objects.exclude(status=Status.CANCELLED).count() == 1
    with pytest.raises(StatusRefused, match="has been used up"):
        change_status(order.pk, Status.PLACED, by=None, now=NOW)


def test_a_customer_redeems_a_voucher(client: Client, cheesecake: Product) -> None:
    Voucher.objects.create(code="SPRING", discount_share=Decimal("0.1"))
    client.post("/basket/add/", {"product": cheesecake.pk, "quantity": 2})

    with travel(NOW, tick=False):
        wrong = client.post("/basket/voucher/", {"code": "summer"}, follow=True)
        right = client.post("/basket/voucher/", {"code": "spring"}, follow=True)
        checkout = client.get("/checkout/")

    told = [str(message) for message in wrong.context["messages"]]
    assert told[-1] == "There is no voucher SUMMER. Please check the code."
    page = right.content.decode()
    assert "Voucher SPRING" in page
    assert "€0.84</dd>" in page
    assert "€7.56" in page
    assert "€7.56" in checkout.content.decode()


def test_a_voucher_that_ended_is_dropped_and_told(client: Client, cheesecake: Product) -> None:
    Voucher.objects.create(code="SPRING", discount_share=Decimal("0.1"), last_day=TODAY)
    client.post("/basket/add/", {"product": cheesecake.pk, "quantity": 2})
    with travel(NOW, tick=False):
        client.post("/basket/voucher/", {"code": "spring"})

    with travel(NOW + DAY, tick=False):
        answer = client.get("/basket/")

    assert answer.context["voucher_code"] == ""
    assert answer.context["total"] == Decimal("8.40")


def test_an_owner_enters_and_sees_a_percentage(owner: User, sign_in: Any) -> None:
    client = sign_in(owner)

    answer = client.post(
        "/admin/orders/voucher/add/", {"code": "SPRING", "discount_share": "12.5 %"}
    )

    voucher = Voucher.objects.get()
    rows = client.get("/admin/orders/voucher/").content.decode()
    form = client.get(f"/admin/orders/voucher/{voucher.pk}/change/").content.decode()
    assert (answer.status_code, voucher.discount_share) == (302, Decimal("0.125"))
    assert '<td class="field-discount_percent">12.5\N{NO-BREAK SPACE}%</td>' in rows
    assert 'name="discount_share" value="12.5"' in form


@pytest.mark.parametrize("terms", [{}, {"discount_share": "10", "discount_total_amount": "5"}])
def test_an_owner_who_enters_neither_or_both_is_answered_once(
    owner: User, sign_in: Any, terms: dict[str, str]
) -> None:
    answer = sign_in(owner).post("/admin/orders/voucher/add/", {"code": "SPRING", **terms})

    assert answer.context["adminform"].form.errors == {
        "__all__": ["Enter either an amount or a percentage: one of them, and not both."]
    }
