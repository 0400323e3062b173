from collections.abc import Collection
from decimal import Decimal

import pytest

from cafe_site.menu.models import Option, OptionGroup, Product
from cafe_site.menu.options import (
    ChoiceRefused,
    choose_options,
    line_name,
    lowest_price,
    offer,
    unit_price,
)
from tests.factories import OptionFactory, OptionGroupFactory, ProductFactory

# A cappuccino with a required size and an optional milk; a tea with its own options.
NAMES = ("Regular", "Large", "Oat milk", "Soy milk", "Lemon", "Nobody's")


@pytest.fixture
def cappuccino(db: None) -> Product:
    product = ProductFactory(name="Cappuccino", price_amount=Decimal("3.60"))
    size = OptionGroupFactory(product=product, name="Size")
    milk = OptionGroupFactory(product=product, name="Milk", is_required=False, position=1)
    OptionFactory(group=size, name="Large", price_difference_amount=Decimal("0.80"), position=2)
    OptionFactory(group=size, name="Regular", position=1)
    OptionFactory(group=milk, name="Oat milk", price_difference_amount=Decimal("0.50"))
    OptionFactory(group=milk, name="Soy milk", is_on_sale=False)
    OptionGroupFactory(product=product, name="Still being written", position=3)
    tea = OptionGroupFactory(name="Tea", is_required=False)
    OptionFactory(group=tea, name="Lemon")
    return Product.objects.with_choices().get(pk=product.pk)


def numbers(names: Collection[str]) -> list[int]:
    found = dict(Option.objects.values_list("name", "pk"))
    return [found.get(name, 999_999) for name in names]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Regular"], ["Regular"]),
        (["Oat milk", "Large"], ["Large", "Oat milk"]),
        (["Large", "Large"], ["Large"]),
        ([], "Cappuccino: please choose one: Size."),
        (["Oat milk"], "Cappuccino: please choose one: Size."),
        (["Regular", "Large"], "Please choose only one: Size."),
        (["Regular", "Soy milk"], "no longer on sale"),
        (["Regular", "Lemon"], "no longer on sale"),
        (["Regular", "Nobody's"], "no longer on sale"),
    ],
)
def test_the_rules_of_choosing(
    cappuccino: Product, names: list[str], expected: list[str] | str
) -> None:
    chosen = numbers(names)
    if isinstance(expected, list):
        assert [option.name for option in choose_options(cappuccino, chosen)] == expected
        return

    with pytest.raises(ChoiceRefused, match=expected):
        choose_options(cappuccino, chosen)


def test_a_product_without_groups_takes_no_options(cappuccino: Product) -> None:
    plain = Product.objects.with_choices().get(pk=ProductFactory().pk)

    assert choose_options(plain, []) == ()
    with pytest.raises(ChoiceRefused):
        choose_options(plain, numbers(["Large"]))


@pytest.mark.parametrize(
    ("price", "differences", "expected"),
    [
        ("3.60", [], "3.60"),
        ("3.60", ["0.80", "0.50"], "4.90"),
        ("3.60", ["-0.60"], "3.00"),
        ("3.60", ["-3.60"], "0"),
        ("3.60", ["-2.00", "-2.00"], "0"),
    ],
)
def test_options_change_the_price_but_never_below_nothing(
    price: str, differences: list[str], expected: str
) -> None:
    options = [Option(price_difference_amount=Decimal(difference)) for difference in differences]

    assert unit_price(Product(price_amount=Decimal(price)), options) == Decimal(expected)


def test_the_lowest_price_counts_what_has_to_be_chosen_and_what_takes_off() -> None:
    required, optional = [Decimal("0.40"), Decimal("0.20")], [Decimal("-0.50"), Decimal(1)]

    assert lowest_price(Decimal(3), [(True, required), (False, optional), (True, [])]) == Decimal(
        "2.70"
    )


def test_the_menu_says_from_which_price_and_whether_to_choose(cappuccino: Product) -> None:
    OptionGroup.objects.filter(name="Size").update(is_required=False)
    free_to_choose = Product.objects.with_choices().get(pk=cappuccino.pk)

    offers = [offer(cappuccino), offer(free_to_choose)]

    assert [
        (offer.price_amount, offer.is_lowest_price, offer.needs_choice) for offer in offers
    ] == [(Decimal("3.60"), True, True), (Decimal("3.60"), False, False)]


def test_a_line_is_named_with_its_options() -> None:
    assert line_name("Tea", "") == "Tea"
    assert line_name("Cappuccino", "Large, Oat milk") == "Cappuccino (Large, Oat milk)"
