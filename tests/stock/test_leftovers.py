"""Tests of leftovers, and of the stock and plan that depend on them."""

import datetime

import pytest

from cafe_site.menu.models import Product
from cafe_site.stock.models import DailyStock
from cafe_site.stock.services import (
    BakedProduct,
    StockRefused,
    baked_products,
    most_so_far,
    plan_quantities,
    prepare_stock,
    reserve,
    set_quantities,
    write_leftovers,
)
from tests.factories import ProductFactory, utc

pytestmark = pytest.mark.django_db

THURSDAY = datetime.date(2026, 11, 26)
FRIDAY = datetime.date(2026, 11, 27)
NOON = utc(2026, 11, 27, 11)
EVENING = utc(2026, 11, 27, 18)


@pytest.fixture
def bread() -> Product:
    """Baked without a limit."""
    return ProductFactory(name="Bread")


def stock_row(product: Product, **fields: int | None) -> None:
    DailyStock.objects.create(product=product, business_day=FRIDAY, **fields)


def stock_of(product: Product) -> tuple[int | None, ...]:
    """Return planned, baked, carried over, reserved and left over."""
    return DailyStock.objects.values_list(
        "planned", "baked", "carried_over", "reserved", "left_over"
    ).get(product=product, business_day=FRIDAY)


@pytest.mark.parametrize(
    ("there", "baked", "left_over", "expected"),
    [
        # What was written down as baked stays; a plan becomes it; without both it is what is said.
        ({"planned": 10, "baked": 8, "reserved": 5}, None, 3, (10, 8, 0, 5, 3)),
        ({"planned": 10, "reserved": 5}, None, 5, (10, 10, 0, 5, 5)),
        ({"reserved": 5}, 12, 7, (None, 12, 0, 5, 7)),
        # What is said is not asked for where it is known already.
        ({"planned": 10, "baked": 8}, 12, 8, (10, 8, 0, 0, 8)),
        ({"planned": 10}, 12, 10, (10, 10, 0, 0, 10)),
        # What is carried over is there beside what is baked, and can be left over as well.
        ({"planned": 10, "carried_over": 2}, None, 12, (10, 10, 2, 0, 12)),
        ({"carried_over": 2, "reserved": 14}, 12, 14, (None, 12, 2, 14, 14)),
        ({"planned": 10}, None, 0, (10, 10, 0, 0, 0)),
    ],
)
def test_leftovers_write_down_what_was_baked(
    bread: Product,
    there: dict[str, int],
    baked: int | None,
    left_over: int,
    expected: tuple[int | None, ...],
) -> None:
    stock_row(bread, **there)
    said = {} if baked is None else {bread.pk: baked}

    write_leftovers({bread.pk: left_over}, FRIDAY, baked=said, now=EVENING)

    assert stock_of(bread) == expected


def test_leftovers_of_a_day_without_stock_are_of_the_usual_plan(cake: Product) -> None:
    write_leftovers({cake.pk: 4}, FRIDAY, baked={}, now=EVENING)

    assert stock_of(cake) == (10, 10, 0, 0, 4)


@pytest.mark.parametrize(
    ("there", "baked", "left_over", "sentence"),
    [
        ({}, None, 0, "Bread: please enter how many were baked."),
        (
            {"planned": 9, "carried_over": 1},
            None,
            11,
            "Bread: there were only 10, so 11 cannot be left over. Check both numbers.",
        ),
        (
            {"planned": 1},
            None,
            2,
            "Bread: there was only 1, so 2 cannot be left over. Check both numbers.",
        ),
        (
            {"planned": 12, "baked": 9},
            None,
            10,
            "Bread: there were only 9, so 10 cannot be left over. Check both numbers.",
        ),
        (
            {"reserved": 5},
            6,
            7,
            "Bread: there were only 6, so 7 cannot be left over. Check both numbers.",
        ),
        (
            {"reserved": 5},
            4,
            0,
            "Bread: 5 are reserved. Enter a higher number, or cancel orders first.",
        ),
        (
            {"reserved": 1},
            0,
            0,
            "Bread: 1 is reserved. Enter a higher number, or cancel the order first.",
        ),
    ],
)
def test_leftovers_that_cannot_be_are_refused_in_a_sentence(
    bread: Product,
    cake: Product,
    there: dict[str, int],
    baked: int | None,
    left_over: int,
    sentence: str,
) -> None:
    stock_row(cake, planned=10)
    stock_row(bread, **there)
    before = stock_of(bread)
    said = {} if baked is None else {bread.pk: baked}

    with pytest.raises(StockRefused) as refused:
        write_leftovers({cake.pk: 1, bread.pk: left_over}, FRIDAY, baked=said, now=EVENING)

    assert str(refused.value) == sentence
    # All of them or none.
    assert (stock_of(cake), stock_of(bread)) == ((10, None, 0, 0, None), before)


def test_nothing_is_left_over_of_a_day_to_come(cake: Product) -> None:
    with pytest.raises(StockRefused, match="This day is still to come"):
        write_leftovers({cake.pk: 1}, FRIDAY, baked={}, now=utc(2026, 11, 26, 22, 59))

    assert not DailyStock.objects.exists()


@pytest.mark.parametrize(
    ("there", "planned", "carried_over", "expected"),
    [
        ({"planned": 10, "reserved": 8}, 8, 0, (8, None, 0, 8, None, NOON)),
        ({"planned": 10, "reserved": 8}, 6, 2, (6, None, 2, 8, None, NOON)),
        ({"planned": 8, "reserved": 8, "sold_out_at": NOON}, 9, 0, (9, None, 0, 8, None, None)),
        # What was baked is there, whatever is planned.
        (
            {"planned": 8, "baked": 6, "reserved": 8, "carried_over": 2},
            4,
            2,
            (4, 6, 2, 8, None, NOON),
        ),
        ({"planned": 8, "baked": 9, "reserved": 8}, 4, 0, (4, 9, 0, 8, None, None)),
        ({}, 0, 0, (0, None, 0, 0, None, NOON)),
    ],
)
def test_a_plan_is_written_down_with_what_is_carried_over(
    cake: Product,
    there: dict[str, int],
    planned: int,
    carried_over: int,
    expected: tuple[object, ...],
) -> None:
    stock_row(cake, **there)

    plan_quantities(
        {cake.pk: planned},
        FRIDAY,
        carried_over={cake.pk: carried_over} if carried_over else {},
        now=NOON,
    )

    sold_out_at = DailyStock.objects.get(product=cake).sold_out_at
    assert (*stock_of(cake), sold_out_at) == expected


@pytest.mark.parametrize(
    ("there", "sentence"),
    [
        (
            {"planned": 10, "reserved": 8, "carried_over": 2},
            "Cheesecake: 8 are ordered. Plan at least as many.",
        ),
        (
            {"planned": 10, "baked": 7, "reserved": 8, "carried_over": 2},
            "Cheesecake: 8 are ordered. Plan at least as many.",
        ),
        ({"planned": 10, "reserved": 1}, "Cheesecake: 1 is ordered. Plan at least one."),
    ],
)
def test_fewer_than_are_ordered_cannot_be_planned(
    cake: Product, there: dict[str, int], sentence: str
) -> None:
    """The available stock leaves out what is no longer carried over."""
    stock_row(cake, **there)
    before = stock_of(cake)

    with pytest.raises(StockRefused) as refused:
        plan_quantities({cake.pk: 0}, FRIDAY, carried_over={}, now=NOON)

    assert str(refused.value) == sentence
    assert stock_of(cake) == before


def test_before_a_day_has_stock_all_that_is_baked_can_be_left_over(
    cake: Product, bread: Product
) -> None:
    ProductFactory(name="Coffee", is_baked=False)
    ProductFactory(name="Stollen", is_on_sale=False, daily_quantity=5)
    ProductFactory(name="Not today", daily_quantity=0)

    found = baked_products(FRIDAY, is_over=False)

    assert found == [
        BakedProduct(bread, there=None, is_baked_known=False, left_over=None),
        BakedProduct(cake, there=10, is_baked_known=False, left_over=None),
    ]


@pytest.mark.usefixtures("cake", "bread")
def test_of_a_day_that_is_over_without_stock_nothing_can_be_left_over() -> None:
    assert baked_products(FRIDAY, is_over=True) == []


def test_what_had_stock_on_a_day_can_be_left_over_of_it(cake: Product, bread: Product) -> None:
    stollen = ProductFactory(name="Stollen", is_on_sale=False)
    buns = ProductFactory(name="Buns")
    gone = ProductFactory(name="Gone", is_on_sale=False)
    coffee = ProductFactory(name="Coffee", is_baked=False)
    stock_row(stollen, planned=6, baked=5, carried_over=1, left_over=2)
    stock_row(buns, planned=0)
    stock_row(gone)
    stock_row(coffee, planned=5)

    found = baked_products(FRIDAY, is_over=True)

    assert found == [
        BakedProduct(bread, there=None, is_baked_known=False, left_over=None),
        BakedProduct(cake, there=10, is_baked_known=False, left_over=None),
        BakedProduct(stollen, there=6, is_baked_known=True, left_over=2),
    ]


def test_the_most_so_far_is_of_the_year_before_a_day(cake: Product, bread: Product) -> None:
    buns, tart, rolls, never = (ProductFactory() for _ in range(4))
    year_before = FRIDAY - datetime.timedelta(days=366)
    for product, day, numbers in (
        (cake, THURSDAY, {"planned": 9}),
        (bread, year_before, {"baked": 30, "planned": 20, "reserved": 25}),
        (buns, THURSDAY, {"reserved": 40}),
        (tart, THURSDAY, {"planned": 50, "reserved": 3}),
        # Too long ago, and not before the day.
        (rolls, year_before - datetime.timedelta(days=1), {"planned": 60}),
        (rolls, FRIDAY, {"planned": 61}),
    ):
        DailyStock.objects.create(product=product, business_day=day, **numbers)
    asked = [product.pk for product in (cake, bread, buns, tart, rolls, never)]

    most = most_so_far(asked, before=FRIDAY)

    assert most == dict(zip(asked, [10, 30, 40, 50, 0, 0], strict=True))


def test_what_is_sold_out_since_noon_stays_so_since_noon(cake: Product) -> None:
    prepare_stock([cake.pk], FRIDAY)
    reserve({cake.pk: 10}, FRIDAY, now=NOON)

    set_quantities(DailyStock.objects.get().pk, planned=12, baked=10, left_over=None, now=EVENING)

    assert DailyStock.objects.get().sold_out_at == NOON


def test_what_was_carried_over_may_be_left_over_once_more(cake: Product) -> None:
    stock_row(cake, planned=10, carried_over=2)

    set_quantities(DailyStock.objects.get().pk, planned=10, baked=9, left_over=11, now=EVENING)

    assert stock_of(cake) == (10, 9, 2, 0, 11)
