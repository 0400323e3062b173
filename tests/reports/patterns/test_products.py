from decimal import Decimal

import pytest

from cafe_site.menu.models import Product
from cafe_site.shop.periods import DayRange
from reports.patterns.products import Pair, category_mix, pairs, product_figures
from reports.patterns.rollups import rebuild_days
from tests.factories import ProductFactory, make_order
from tests.fixtures.shop import SUNDAY, WEEK, Shop

THIS_SUNDAY = DayRange(SUNDAY, SUNDAY)
LAST_SUNDAY = DayRange(SUNDAY - WEEK, SUNDAY - WEEK)


def test_a_product_has_its_share_and_its_shift(shop: Shop) -> None:
    Product.objects.filter(pk=shop.coffee.pk).update(unit_cost_amount=None)
    make_order(shop.at(SUNDAY, 9), {shop.cheesecake: 3, shop.coffee: 4})
    make_order(shop.at(SUNDAY - WEEK, 9), {shop.cheesecake: 1, shop.tart: 2})
    rebuild_days([SUNDAY, SUNDAY - WEEK])

    figures = {row.name: row for row in product_figures(THIS_SUNDAY, LAST_SUNDAY)}

    cheesecake = figures["Cheesecake"]
    assert (cheesecake.quantity, cheesecake.net_amount) == (3, Decimal("11.78"))
    assert cheesecake.margin_amount == Decimal("8.78")
    assert cheesecake.share == pytest.approx(11.78 / (11.78 + 9.75))
    assert cheesecake.share_before == pytest.approx(3.93 / (3.93 + 9.53))
    assert cheesecake.shift == cheesecake.share - cheesecake.share_before
    assert figures["Coffee"].margin_amount is None
    tart = figures["Almond & raspberry tart with a long name"]
    assert (tart.quantity, tart.quantity_before, tart.share) == (0, 2, 0.0)
    assert sum(row.share for row in figures.values()) == pytest.approx(1)


def test_what_is_on_sale_and_not_sold_is_there_and_what_is_off_sale_is_not(shop: Shop) -> None:
    ProductFactory(name="Never sold")
    ProductFactory(name="Gone", is_on_sale=False)
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 1})
    rebuild_days([SUNDAY])

    names = {row.name for row in product_figures(THIS_SUNDAY, LAST_SUNDAY)}

    assert "Never sold" in names
    assert "Gone" not in names


def test_categories_are_the_sums_of_their_products(shop: Shop) -> None:
    make_order(shop.at(SUNDAY, 9), {shop.cheesecake: 3, shop.tart: 1, shop.coffee: 4})
    rebuild_days([SUNDAY])

    cakes, drinks = category_mix(product_figures(THIS_SUNDAY, LAST_SUNDAY))

    assert (cakes.name, cakes.quantity, cakes.net_amount) == (
        "Cakes and tarts",
        4,
        Decimal("16.55"),
    )
    assert (drinks.name, drinks.quantity) == ("Drinks", 4)
    assert cakes.share + drinks.share == pytest.approx(1)
    assert (drinks.share_before, drinks.shift) == (None, None)


def test_without_sales_there_are_no_shares(shop: Shop) -> None:
    assert {row.share for row in product_figures(THIS_SUNDAY, LAST_SUNDAY)} == {0.0}
    assert category_mix(product_figures(THIS_SUNDAY, LAST_SUNDAY)) == []


def sell_pairs(shop: Shop) -> None:
    """Ten orders: four hold cheesecake and coffee, two of these a tart as well."""
    for minute in range(2):
        make_order(shop.at(SUNDAY, 9, minute), {shop.cheesecake: 2, shop.coffee: 1, shop.tart: 1})
        make_order(shop.at(SUNDAY, 10, minute), {shop.cheesecake: 1, shop.coffee: 5})
    for minute in range(6):
        make_order(shop.at(SUNDAY, 11, minute), {shop.coffee: 1})
    rebuild_days([SUNDAY])


def test_pairs_have_support_confidence_and_lift(shop: Shop) -> None:
    sell_pairs(shop)

    found = pairs(THIS_SUNDAY, least_orders=3)

    # All ten contain a coffee: orders with cheesecake contain it no more often than others.
    assert found == [
        Pair(
            first="Cheesecake",
            second="Coffee",
            orders=4,
            support=0.4,
            confidence=1.0,
            reverse_confidence=0.4,
            lift=1.0,
        )
    ]


def test_the_most_surprising_pair_comes_first(shop: Shop) -> None:
    sell_pairs(shop)

    found = pairs(THIS_SUNDAY, least_orders=1)

    tart = "Almond & raspberry tart with a long name"
    assert [(pair.first, pair.second, pair.lift) for pair in found] == [
        (tart, "Cheesecake", 2.5),
        ("Cheesecake", "Coffee", 1.0),
        (tart, "Coffee", 1.0),
    ]


def test_pairs_of_too_few_orders_are_left_out(shop: Shop) -> None:
    sell_pairs(shop)

    assert pairs(THIS_SUNDAY, least_orders=5) == []
    assert pairs(LAST_SUNDAY, least_orders=1) == []
