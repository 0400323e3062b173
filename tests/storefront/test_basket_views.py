"""Tests of the menu and basket pages."""

from typing import Any

import pytest
from django.test import Client
from time_machine import travel

from cafe_site.menu.models import Product
from tests.answers import messages_of
from tests.factories import OptionFactory, OptionGroupFactory
from tests.fixtures.ordering import NOW
from tests.storefront.browsing import TOO_MANY, add

pytestmark = pytest.mark.usefixtures("opening_hours")


@pytest.fixture(autouse=True)
def sunday_at_eleven():
    with travel(NOW, tick=False):
        yield


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


@pytest.mark.parametrize(
    ("allergens", "is_free", "sentence"),
    [
        ([], False, "Not stated yet: please ask us before you order."),
        ([], True, "Contains none of the 14 allergens that must be declared."),
        (["milk"], False, "<li>Milk</li>"),
    ],
)
def test_allergens_that_nobody_has_stated_are_not_none(
    client: Client, cheesecake: Product, allergens: list[str], is_free: bool, sentence: str
) -> None:
    Product.objects.update(allergens=allergens, is_free_of_allergens=is_free)
    sentences = {"Not stated yet", "none of the 14 allergens", "<li>Milk</li>"}

    page = client.get(cheesecake.get_absolute_url()).content.decode()

    assert sentence in page
    assert sum(other in page for other in sentences) == 1


def test_an_option_says_that_its_allergens_are_not_stated(
    client: Client, cheesecake: Product
) -> None:
    group = OptionGroupFactory(product=cheesecake)
    OptionFactory(group=group, name="Cream", allergens=["milk"])
    OptionFactory(group=group, name="Large", is_free_of_allergens=True)
    OptionFactory(group=group, name="Sauce")

    page = client.get(cheesecake.get_absolute_url()).content.decode()

    assert page.count("allergens: please ask us") == 1
    assert "Sauce <small>allergens: please ask us</small>" in page


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
    assert "Your basket is empty" in client.get("/basket/").content.decode()


@pytest.mark.parametrize(
    ("quantity", "sentence"),
    [
        ("", "Please enter a quantity."),
        ("-1", "Please order at least 1."),
        ("0", "Please order at least 1."),
        ("1.5", "Please enter the quantity as a whole number."),
        ("lots", "Please enter the quantity as a whole number."),
        ("51", TOO_MANY),
        ("9" * 400, TOO_MANY),
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

    assert messages_of(answer)[-1] == "Please enter 0 or more; 0 removes the product."
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


def test_prices_without_tax_say_so_wherever_they_stand(
    client: Client, cheesecake: Product, settings: Any
) -> None:
    settings.SHOP_PRICES_INCLUDE_TAX = False
    add(client, cheesecake, 2)

    pages = [
        client.get(address).content.decode()
        for address in ("/", cheesecake.get_absolute_url(), "/basket/")
    ]

    assert ["plus tax" in page for page in pages] == [True] * 3
    # Twice 4.20 and 7 percent of it: what is paid at the counter holds the tax.
    assert "€8.99" in pages[2]
