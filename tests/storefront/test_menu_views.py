import datetime
from decimal import Decimal

import pytest
from django.test import Client
from time_machine import travel

from cafe_site.menu.models import Product
from cafe_site.shop.models import SpecialDay
from cafe_site.stock.models import DailyStock
from tests.factories import CategoryFactory, OptionFactory, OptionGroupFactory, ProductFactory
from tests.fixtures.ordering import NOW

TODAY = NOW.date()
TUESDAY = datetime.date(2026, 11, 24)


@pytest.mark.parametrize(
    ("stock", "note"),
    [
        ({}, ""),
        ({"planned": None, "reserved": 500}, ""),
        ({"planned": 20, "reserved": 14}, ""),
        ({"planned": 20, "reserved": 15}, "5 left"),
        ({"planned": 20, "baked": 16, "reserved": 15}, "1 left"),
        ({"planned": 20, "reserved": 20}, "sold out today"),
    ],
)
def test_menu_and_product_say_how_few_are_left(
    client: Client, cheesecake: Product, stock: dict[str, int], note: str
) -> None:
    if stock:
        DailyStock.objects.create(product=cheesecake, business_day=TODAY, **stock)
    DailyStock.objects.create(product=cheesecake, business_day=TUESDAY, planned=1, reserved=1)

    with travel(NOW, tick=False):
        pages = [client.get(address) for address in ("/", cheesecake.get_absolute_url())]

    [[(_category, [(_offer, on_menu)])]] = [pages[0].context["categories"]]
    assert (on_menu, pages[1].context["note"]) == (note, note)
    for page in pages:
        assert ('<p class="left">' in page.content.decode()) == bool(note)


def test_when_today_is_over_the_note_is_of_the_next_open_day(
    client: Client, cheesecake: Product
) -> None:
    DailyStock.objects.create(product=cheesecake, business_day=TODAY, planned=20)
    DailyStock.objects.create(product=cheesecake, business_day=TUESDAY, planned=2, reserved=2)

    with travel(NOW + datetime.timedelta(hours=8), tick=False):
        page = client.get("/").content.decode()

    assert '<p class="left">sold out for Tuesday</p>' in page


def test_a_shop_that_is_closed_for_weeks_has_a_menu_without_notes(
    client: Client, cheesecake: Product
) -> None:
    Product.objects.update(daily_quantity=0)
    for offset in range(10):
        SpecialDay.objects.create(day=TODAY + datetime.timedelta(days=offset))

    with travel(NOW, tick=False):
        page = client.get("/").content.decode()

    assert "Cheesecake" in page
    assert '<p class="left">' not in page


def test_the_queries_of_the_menu_do_not_grow_with_the_products(
    client: Client, cheesecake: Product, coffee: Product, django_assert_num_queries
) -> None:
    # Products, their groups; the rules, cut-offs, hours, special days; the plans, the stock;
    # what the page says of the shop (2).
    with travel(NOW, tick=False), django_assert_num_queries(10):
        client.get("/")


def fill_menu(count: int) -> None:
    for number in range(count):
        product = ProductFactory(
            category=CategoryFactory(name=f"Part {number % 3}"), photo="a" * 32, diets=["vegan"]
        )
        for name in ("Size", "Milk"):
            OptionFactory.create_batch(3, group=OptionGroupFactory(product=product, name=name))


@pytest.mark.parametrize("count", [1, 12])
def test_options_labels_and_photos_take_no_query_for_each_product(
    client: Client, opening_hours: None, count: int, django_assert_num_queries
) -> None:
    fill_menu(count)
    address = Product.objects.earliest("pk").get_absolute_url()

    # As above, and the options.
    with travel(NOW, tick=False):
        with django_assert_num_queries(11):
            menu = client.get("/").content.decode()
        with django_assert_num_queries(11):
            page = client.get(address).content.decode()

    assert menu.count("<picture") == menu.count(">Choose<") == menu.count("<li>Vegan</li>") == count
    assert page.count('type="radio"') == 6


def test_only_what_needs_no_choice_is_added_at_once(client: Client, db: None) -> None:
    plain, optional, required = (ProductFactory(name=name) for name in ("Tea", "Milk", "Coffee"))
    OptionFactory(group=OptionGroupFactory(product=optional, is_required=False))
    group = OptionGroupFactory(product=required)
    OptionFactory(group=group, price_difference_amount=Decimal(1))
    OptionFactory(group=group, price_difference_amount=Decimal(2))

    page = client.get("/").content.decode()

    assert [
        f'name="product" value="{product.pk}"' in page for product in (plain, optional, required)
    ] == [True, True, False]
    assert f'<a class="button" href="{required.get_absolute_url()}">Choose' in page
    assert "from €4.00" in page
