import datetime
import re
from collections.abc import Callable

import pytest
from django.test import Client
from time_machine import travel

from cafe_site.accounts.models import User
from cafe_site.menu.models import Product
from cafe_site.stock.models import DailyStock
from cafe_site.stock.services import reserve
from reports.models import ProductRollup
from tests.factories import ProductFactory, utc

NOW = utc(2026, 11, 22, 10)
TODAY = datetime.date(2026, 11, 22)
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def sunday_at_eleven():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def kitchen(staff_member: User, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(staff_member)


@pytest.fixture
def cake(db: None) -> Product:
    return ProductFactory(name="Cheesecake", daily_quantity=10)


def test_the_page_lists_what_is_on_sale_and_plans_it(kitchen: Client, cake: Product) -> None:
    ProductFactory(name="Gone", is_on_sale=False)

    answer = kitchen.get("/dashboard/stock/")

    assert [(row.product, row.planned) for row, _form in answer.context["rows"]] == [(cake, 10)]
    assert "0 reserved, 10 left" in answer.content.decode()


@pytest.mark.parametrize("day", ["2026-11-21", "2027-06-01"])
def test_a_look_at_a_far_day_leaves_no_rows_behind(
    kitchen: Client, cake: Product, day: str
) -> None:
    assert kitchen.get("/dashboard/stock/", {"day": day}).status_code == 200
    assert not DailyStock.objects.exists()


def test_the_queries_do_not_grow_with_the_products(
    kitchen: Client, cake: Product, django_assert_num_queries
) -> None:
    for _ in range(12):
        ProductFactory()
    kitchen.get("/dashboard/stock/")

    # Session, user, groups; what is on sale, what is prepared, the rows.
    with django_assert_num_queries(6):
        kitchen.get("/dashboard/stock/")


def test_quantities_are_written_down(kitchen: Client, cake: Product) -> None:
    row = DailyStock.objects.create(product=cake, business_day=TODAY, planned=10)

    answer = kitchen.post(
        f"/dashboard/stock/{row.pk}/", {"planned": "10", "baked": "12", "left_over": ""}
    )

    row.refresh_from_db()
    assert answer["Location"] == f"/dashboard/stock/?day=2026-11-22#stock-{row.pk}"
    assert (row.planned, row.baked, row.left_over, row.free) == (10, 12, None, 12)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        (
            {"planned": "3"},
            "Cheesecake: 4 are reserved. Enter a higher number, or cancel orders first.",
        ),
        ({"baked": "lots"}, "Cheesecake: please enter a whole number."),
        ({"left_over": "-1"}, "Cheesecake: please enter 0 or more."),
        ({"baked": "10001"}, "Cheesecake: please enter at most 10,000."),
        (
            {"baked": "1000"},
            "Cheesecake: is 1,000 right? The highest so far is 10. If it is right, save again.",
        ),
    ],
)
def test_a_wrong_quantity_is_told_and_nothing_is_changed_or_lost(
    kitchen: Client, cake: Product, form: dict[str, str], sentence: str
) -> None:
    row = DailyStock.objects.create(product=cake, business_day=TODAY, planned=10)
    reserve({cake.pk: 4}, TODAY, now=NOW)

    answer = kitchen.post(f"/dashboard/stock/{row.pk}/", form)

    page = answer.content.decode()
    assert (answer.status_code, page.count(sentence)) == (422, 1)
    [(name, value)] = form.items()
    assert re.search(rf'<input[^>]* name="{name}" value="{value}"', page)
    row.refresh_from_db()
    assert (row.planned, row.baked, row.left_over) == (10, None, None)


def test_an_unlikely_number_is_taken_when_it_is_sent_again(kitchen: Client, cake: Product) -> None:
    row = DailyStock.objects.create(product=cake, business_day=TODAY, planned=10)
    address = f"/dashboard/stock/{row.pk}/"

    asked = kitchen.post(address, {"baked": "1000"})
    answers = asked.context["wrong"][0]["confirmed"].value()
    other = kitchen.post(address, {"baked": "10000", "confirmed": answers})
    confirmed = kitchen.post(address, {"baked": "1000", "confirmed": answers})

    assert (asked.status_code, other.status_code, confirmed.status_code) == (422, 422, 302)
    row.refresh_from_db()
    assert row.baked == 1000

    # What stands is not asked about again when another number is entered.
    assert kitchen.post(address, {"baked": "1000", "left_over": "3"}).status_code == 302


@pytest.mark.parametrize("baked", ["30", "100"])
def test_a_number_like_those_before_is_not_asked_about(
    kitchen: Client, cake: Product, baked: str
) -> None:
    DailyStock.objects.create(product=cake, business_day=TODAY - DAY * 40, baked=25)
    row = DailyStock.objects.create(product=cake, business_day=TODAY, planned=10)

    kitchen.post(f"/dashboard/stock/{row.pk}/", {"baked": baked})

    row.refresh_from_db()
    assert row.baked == int(baked)


def test_what_the_till_sold_is_no_question(kitchen: Client, cake: Product) -> None:
    ProductRollup.objects.create(
        business_day=TODAY - DAY, product=cake, quantity=400, net_amount=0, orders=200
    )
    row = DailyStock.objects.create(product=cake, business_day=TODAY)

    assert kitchen.post(f"/dashboard/stock/{row.pk}/", {"baked": "900"}).status_code == 302


def test_the_minute_of_selling_out_is_shown(kitchen: Client, cake: Product) -> None:
    DailyStock.objects.create(product=cake, business_day=TODAY, planned=2)
    reserve({cake.pk: 2}, TODAY, now=NOW)

    assert "sold out at 11:00" in kitchen.get("/dashboard/stock/").content.decode()
