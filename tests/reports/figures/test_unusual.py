"""Tests that unusual counts are reported with their cause, and chance is not."""

from collections.abc import Mapping
from decimal import Decimal
from random import Random

import pytest

from reports.figures.sales import Contribution, KnownSales
from reports.figures.unusual import Cause, Unusual, compare_count, find_unusual

TART, PIE, COFFEE = 1, 2, 3
CATEGORIES = {TART: "Cakes", PIE: "Cakes", COFFEE: "Drinks"}


def sales(products: Mapping[int, int], *, orders: int = 20, hours: Mapping[int, int] | None = None):
    """Return a day of 4.00 an item; without hours, the orders are spread over four of them."""
    net = sum(products.values()) * Decimal(4)
    spread = hours or dict.fromkeys((9, 10, 11, 12), orders // 4)
    count = sum(spread.values())
    return KnownSales(
        orders=count,
        net_amount=net,
        products={
            key: Contribution(number, number * Decimal(4)) for key, number in products.items()
        },
        hours={hour: Contribution(number, net * number / count) for hour, number in spread.items()},
    )


ORDINARY = [sales({TART: 10, PIE: 10 + place % 3, COFFEE: 20}) for place in range(8)]


def test_an_ordinary_day_says_nothing() -> None:
    assert find_unusual(ORDINARY[0], ORDINARY, CATEGORIES) == Unusual()


def test_nothing_is_said_before_there_are_four_weeks() -> None:
    today = sales({TART: 90}, orders=80)

    assert find_unusual(today, ORDINARY[:3], CATEGORIES) == Unusual()


def test_a_product_that_moved_the_whole_is_named() -> None:
    today = sales({TART: 50, PIE: 11, COFFEE: 20}, orders=48)

    found = find_unusual(today, ORDINARY, CATEGORIES)

    assert found.orders is not None
    assert (found.orders.value, found.orders.usual) == (48, 20)
    assert found.cause is not None
    assert (found.cause.kind, found.cause.key, found.cause.value) == ("product", TART, 50)
    assert [product for product, _usual in found.products] == [TART]


def test_a_category_is_named_where_no_product_is_enough() -> None:
    earlier = [sales(dict.fromkeys(range(10, 20), 4) | {COFFEE: 20}) for _ in range(8)]
    categories = dict.fromkeys(range(10, 20), "Cakes") | {COFFEE: "Drinks"}
    today = sales(dict.fromkeys(range(10, 20), 8) | {COFFEE: 20}, orders=44)

    cause = find_unusual(today, earlier, categories).cause

    assert cause is not None
    assert (cause.kind, cause.key, cause.value, cause.usual) == ("category", "Cakes", 80, 40)


def test_an_hour_is_named_where_no_category_is_enough() -> None:
    categories = {product: f"Category {product}" for product in range(10)}
    earlier = [sales(dict.fromkeys(range(10), 4), hours={9: 10, 10: 10}) for _ in range(8)]
    today = sales(dict.fromkeys(range(10), 8), hours={9: 10, 10: 34})

    cause = find_unusual(today, earlier, categories).cause

    assert isinstance(cause, Cause)
    assert (cause.kind, cause.key, cause.value, cause.usual) == ("hour", 10, 34, 10)


def test_a_product_can_stand_out_while_the_whole_does_not() -> None:
    today = sales({TART: 6, PIE: 31, COFFEE: 10})

    found = find_unusual(today, ORDINARY, CATEGORIES)

    assert found.orders is None
    assert found.cause is None
    assert [product for product, _usual in found.products] == [PIE]


@pytest.mark.parametrize("usual", [8, 10])
def test_a_day_without_an_order_stands_out_in_a_small_shop(usual: int) -> None:
    """Chance leaves out eight orders once in 3,000 days; the shop's page may be down."""
    earlier = [
        KnownSales(usual, Decimal(30), {TART: Contribution(usual, Decimal(30))}) for _ in range(8)
    ]

    found = find_unusual(KnownSales(), earlier, CATEGORIES)

    assert found.orders is not None
    assert found.orders.value == 0


@pytest.mark.parametrize(("count", "usual"), [(0, 3), (0, 5), (6, 3), (4, 0), (16, 10)])
def test_chance_in_a_small_shop_is_not_told(count: int, usual: int) -> None:
    earlier = [KnownSales(usual, Decimal(3 * usual)) for _ in range(8)]

    found = find_unusual(KnownSales(count, Decimal(3 * count)), earlier, CATEGORIES)

    assert found.orders is None


@pytest.mark.parametrize("coffees", [30, 39])
def test_more_orders_that_brought_no_more_have_no_cause_in_net_sales(coffees: int) -> None:
    """A usual day has 41 items; with 39 coffees there are as many, and they bring the same."""
    usual = [sales({TART: 10, PIE: 11, COFFEE: 20})] * 8
    many_small = sales({TART: 1, PIE: 1, COFFEE: coffees}, orders=48)

    found = find_unusual(many_small, usual, CATEGORIES)

    assert found.orders is not None
    assert found.cause is None


def test_a_handful_of_a_seldom_product_is_no_news() -> None:
    today = KnownSales(
        20, ORDINARY[0].net_amount, {**ORDINARY[0].products, 9: Contribution(5, Decimal(20))}
    )

    assert compare_count(5, [0] * 8).distance > 3
    assert find_unusual(today, ORDINARY, CATEGORIES).products == ()


def test_less_than_usual_stands_out_too() -> None:
    today = sales({TART: 1, PIE: 1, COFFEE: 2}, orders=4)

    found = find_unusual(today, ORDINARY, CATEGORIES)

    assert found.orders is not None
    assert found.orders.difference == -16


def test_weeks_that_vary_let_a_day_vary() -> None:
    steady = compare_count(40, [20] * 8)
    restless = compare_count(40, [5, 38, 12, 30, 8, 41, 6, 20])

    assert steady.distance > 3
    assert restless.distance < 2


@pytest.mark.once
@pytest.mark.parametrize("usual", [3, 12, 40])
def test_chance_is_seldom_told(usual: int) -> None:
    """Of days drawn as the weeks before them, at most two in a hundred say anything."""
    lots = Random(usual)  # noqa: S311 - chance is meant.

    def draw() -> KnownSales:
        counts = {
            product: sum(lots.random() < 0.1 for _ in range(usual * 10)) for product in range(20)
        }
        orders = sum(lots.random() < 0.1 for _ in range(usual * 20))
        return sales(counts, hours={9: max(orders, 1)})

    told = sum(
        find_unusual(draw(), [draw() for _ in range(8)], {}) != Unusual() for _ in range(300)
    )

    assert told <= 6
