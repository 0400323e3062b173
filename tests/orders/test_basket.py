"""Tests of products with options in the basket and in the order."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from time_machine import travel

from cafe_site.menu.models import Option, OptionGroup, Product
from cafe_site.orders.basket import (
    MAX_LINES,
    Basket,
    BasketFull,
    ChosenLine,
    price_lines,
    product_quantities,
)
from cafe_site.orders.checkout import place_order
from cafe_site.orders.errors import ProductsUnavailable
from cafe_site.orders.models import Order, OutgoingMail
from tests.answers import messages_of
from tests.factories import OptionFactory, OptionGroupFactory, ProductFactory
from tests.fixtures.ordering import NOW, details
from tests.storefront.browsing import TOO_MANY


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (ChosenLine(12, (), 1), "12"),
        (ChosenLine(12, (7, 3), 1), "12:3,7"),
        (ChosenLine(12, (3, 7, 3), 2), "12:3,7"),
    ],
)
def test_the_same_choice_has_the_same_key(line: ChosenLine, key: str) -> None:
    assert line.key == key
    assert ChosenLine.from_key(key, line.quantity).key == key


@pytest.mark.parametrize(
    "key",
    ["", "x", "12:", "12:3,", ":3", "12:x", "-1", "1" * 19, "\N{ARABIC-INDIC DIGIT ONE}", "1\n"],
)
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="is not the key of a basket line"):
        ChosenLine.from_key(key, 1)


@pytest.mark.django_db
def test_a_basket_takes_a_hundred_lines_and_no_more() -> None:
    basket = Basket({})
    for number in range(MAX_LINES):
        basket.add(ChosenLine(1, (number + 1,), 1))

    with pytest.raises(BasketFull, match="has 100 different items"):
        basket.add(ChosenLine(2, (), 1))
    assert basket.add(ChosenLine(1, (1,), 49)) == 50
    assert (len(basket.quantities), product_quantities(basket.chosen)) == (100, {1: 149})


def test_a_basket_counts_its_items(cheesecake: Product, coffee: Product) -> None:
    basket = Basket({})

    basket.add(ChosenLine(cheesecake.pk, (), 2))
    basket.add(ChosenLine(coffee.pk, (), 1))

    assert basket.count == 3
    assert basket.product_ids == {cheesecake.pk, coffee.pk}


@pytest.fixture
def cappuccino(opening_hours: None) -> Product:
    product = ProductFactory(name="Cappuccino", price_amount=Decimal("3.60"))
    size = OptionGroupFactory(product=product, name="Size")
    OptionFactory(group=size, name="Regular")
    OptionFactory(group=size, name="Large", price_difference_amount=Decimal("0.80"))
    milk = OptionGroupFactory(product=product, name="Milk", is_required=False, position=1)
    OptionFactory(group=milk, name="Oat milk", price_difference_amount=Decimal("0.50"))
    return product


@pytest.fixture
def stranger(cappuccino: Product) -> Option:
    return OptionFactory(name="Gold leaf", group=OptionGroupFactory(name="Another's"))


def number_of(name: str) -> int:
    return Option.objects.get(name=name).pk


def form_with(product: Product, *names: str, **changes: Any) -> dict[str, Any]:
    groups: dict[str, list[Any]] = {}
    for option in Option.objects.filter(name__in=names):
        groups.setdefault(f"group-{option.group_id}", []).append(option.pk)
    return {"product": product.pk, "quantity": 1, **groups, **changes}


def add(client: Client, product: Product, *names: str, **changes: Any) -> Any:
    return client.post("/basket/add/", form_with(product, *names, **changes), follow=True)


def test_each_choice_is_a_line_of_its_own(client: Client, cappuccino: Product) -> None:
    add(client, cappuccino, "Regular")
    told = add(client, cappuccino, "Oat milk", "Large", quantity=2)
    add(client, cappuccino, "Large", "Oat milk")

    page = client.get("/basket/")

    large = f"{cappuccino.pk}:{number_of('Large')},{number_of('Oat milk')}"
    assert messages_of(told) == ["Cappuccino (Large, Oat milk): 2 in your basket."]
    assert client.session["basket"] == {f"{cappuccino.pk}:{number_of('Regular')}": 1, large: 3}
    assert [
        (line.name, line.unit_price_amount, line.amounts.total_amount)
        for line in page.context["lines"]
    ] == [
        ("Cappuccino (Regular)", Decimal("3.60"), Decimal("3.60")),
        ("Cappuccino (Large, Oat milk)", Decimal("4.90"), Decimal("14.70")),
    ]


def test_one_line_is_changed_and_taken_out_by_its_key(client: Client, cappuccino: Product) -> None:
    add(client, cappuccino, "Regular")
    add(client, cappuccino, "Large")
    regular, large = client.session["basket"]

    client.post("/basket/change/", {"line": large, "quantity": 5})
    client.post("/basket/change/", {"line": regular, "quantity": 0})
    client.post("/basket/change/", {"line": "999:1", "quantity": 4})
    client.post("/basket/change/", {"line": "nothing", "quantity": 4})

    assert client.session["basket"] == {large: 5}


@pytest.mark.parametrize(
    ("names", "changes", "sentence"),
    [
        ([], {}, "Cappuccino: please choose one: Size."),
        (["Oat milk"], {}, "Cappuccino: please choose one: Size."),
        (["Regular", "Large"], {}, "Please choose only one: Size."),
        (
            ["Regular", "Gold leaf"],
            {},
            "Something you chose with Cappuccino is no longer on sale. Please choose again.",
        ),
        (
            ["Regular"],
            {"group-999": "999999"},
            "Something you chose with Cappuccino is no longer on sale. Please choose again.",
        ),
        (["Regular"], {"group-1x": "x"}, "Please choose one of the options on the page."),
        (
            ["Regular"],
            {"group-1x": "9" * 400},
            "Please choose one of the options on the page.",
        ),
        (
            ["Regular"],
            {"quantity": "51"},
            TOO_MANY,
        ),
    ],
)
def test_a_wrong_choice_is_told_on_the_products_page_and_changes_nothing(
    client: Client,
    cappuccino: Product,
    stranger: Option,
    names: list[str],
    changes: dict[str, Any],
    sentence: str,
) -> None:
    answer = add(client, cappuccino, *names, **changes)

    assert (answer.status_code, messages_of(answer)) == (422, [sentence])
    assert "basket" not in client.session


def test_what_was_chosen_before_a_mistake_is_still_chosen(
    client: Client, cappuccino: Product
) -> None:
    page = add(client, cappuccino, "Large", quantity="0").content.decode()

    assert f'value="{number_of("Large")}" checked required' in page
    assert f'value="{number_of("Regular")}" required' in page


def test_an_option_that_went_off_sale_takes_its_line_out(
    client: Client, cappuccino: Product
) -> None:
    add(client, cappuccino, "Regular")
    add(client, cappuccino, "Regular", "Oat milk")
    Option.objects.filter(name="Oat milk").update(is_on_sale=False)

    answer = client.get("/basket/")

    assert messages_of(answer)[-1] == "Something you chose is no longer on sale and was taken out."
    assert client.session["basket"] == {f"{cappuccino.pk}:{number_of('Regular')}": 1}


def test_lines_after_one_that_cannot_be_had_are_priced_all_the_same(cappuccino: Product) -> None:
    cake = ProductFactory(price_amount=Decimal("4.20"))
    gone = ProductFactory(is_on_sale=False)
    chosen = [
        ChosenLine(gone.pk, (), 1),
        # It lacks a size.
        ChosenLine(cappuccino.pk, (), 1),
        ChosenLine(cappuccino.pk, (number_of("Regular"),), 2),
        ChosenLine(cake.pk, (), 3),
    ]

    priced = price_lines(chosen)

    assert [(line.key, line.quantity, line.amounts.total_amount) for line in priced] == [
        (chosen[2].key, 2, Decimal("7.20")),
        (chosen[3].key, 3, Decimal("12.60")),
    ]


def test_a_group_that_is_required_by_now_takes_out_what_lacks_it(
    client: Client, cappuccino: Product
) -> None:
    add(client, cappuccino, "Regular")
    OptionGroup.objects.filter(name="Milk").update(is_required=True)

    answer = client.get("/basket/")

    assert "was taken out" in messages_of(answer)[-1]
    assert client.session["basket"] == {}


def chosen(product: Product, *names: str, quantity: int = 1) -> ChosenLine:
    return ChosenLine(product.pk, tuple(number_of(name) for name in names), quantity)


def test_an_order_keeps_the_options_and_their_prices(cappuccino: Product) -> None:
    lines = [chosen(cappuccino, "Regular"), chosen(cappuccino, "Large", "Oat milk", quantity=2)]
    order = place_order(details(), lines, checkout_key="key", now=NOW)
    Option.objects.filter(name="Large").update(name="Renamed", price_difference_amount=9)

    kept = order.lines.values_list("product_name", "options", "unit_price_amount", "quantity")
    assert list(kept) == [
        ("Cappuccino", "Regular", Decimal("3.60"), 1),
        ("Cappuccino", "Large, Oat milk", Decimal("4.90"), 2),
    ]
    assert order.total_amount == Decimal("13.40")
    text = OutgoingMail.objects.get().text
    assert "  1 x Cappuccino (Regular)  €3.60\n  2 x Cappuccino (Large, Oat milk)  €9.80\n" in text


@pytest.mark.parametrize("names", [(), ("Regular", "Large"), ("Regular", "Gold leaf")])
def test_an_order_is_not_placed_with_a_choice_that_cannot_be_had(
    cappuccino: Product, stranger: Option, names: tuple[str, ...]
) -> None:
    with pytest.raises(ProductsUnavailable):
        place_order(details(), [chosen(cappuccino, *names)], checkout_key="key", now=NOW)
    assert not Order.objects.exists()


def test_the_order_page_names_the_options(client: Client, cappuccino: Product) -> None:
    with travel(NOW, tick=False):
        order = place_order(details(), [chosen(cappuccino, "Large")], checkout_key="key", now=NOW)

        page = client.get(order.get_absolute_url()).content.decode()

    assert "Cappuccino (Large)" in page
