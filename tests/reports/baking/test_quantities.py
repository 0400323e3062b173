"""Tests of the quantity with the lowest cost, and of a day's costs."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.baking.quantities import (
    Demand,
    ProductTerms,
    cost_of_quantity,
    expected_cost,
    quantity_to_bake,
    score_day,
)

LEVELS = tuple(round(0.05 * number, 2) for number in range(1, 20))
# From 11 at 0.05 to 29 at 0.95.
EVEN = Demand(LEVELS, tuple(float(10 + place) for place in range(1, 20)))


def terms(price: str = "4.00", cost: str | None = "1.00", **changes: object) -> ProductTerms:
    unit_cost = None if cost is None else Decimal(cost)
    return ProductTerms(Decimal(price), unit_cost, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("product", "expected"),
    [
        # Margin 3, waste 1: enough on three days in four.
        (terms(), 25),
        # Margin 1, waste 3.
        (terms("4.00", "3.00"), 15),
        # What is left over still brings 2: waste 1.
        (terms("4.00", "3.00", leftover_value_amount=Decimal(2)), 20),
        # It keeps for three days: a third of the waste.
        (terms("4.00", "3.00", shelf_life_days=3), 20),
        # Nobody knows what it costs: four days in five.
        (terms(cost=None), 26),
        # It sells below its cost.
        (terms("1.00", "2.00"), 11),
        # A leftover brings what it cost: never too many.
        (terms("4.00", "1.00", leftover_value_amount=Decimal(1)), 29),
        (terms("0.00", "0.00"), 26),
    ],
)
def test_margin_and_waste_decide_how_many(product: ProductTerms, expected: int) -> None:
    assert quantity_to_bake(EVEN, product) == expected


@pytest.mark.parametrize(
    ("product", "extra", "expected"),
    [
        (terms(), {"ordered_ahead": 40}, 40),
        (terms(), {"carried_over": 5}, 20),
        (terms(), {"carried_over": 60}, 0),
        (terms(bake_least=30), {}, 30),
        (terms(bake_most=12), {}, 12),
        # What is promised is baked, whatever the oven's limit says.
        (terms(bake_most=12), {"ordered_ahead": 20}, 20),
        # 25 is nearer to 24 than to 36, and costs less rounded down.
        (terms(batch_size=12), {}, 24),
        # Ten too many cost 10 on average, five too few on half of the days 7.50.
        (terms(batch_size=10), {}, 20),
        (terms("9.00", batch_size=10), {}, 30),
        # Without a unit cost, a shortage counts four times as much as a leftover.
        (terms(cost=None, batch_size=10), {}, 30),
        (terms(batch_size=12), {"ordered_ahead": 25}, 36),
        (terms(batch_size=12, bake_most=30), {}, 24),
    ],
)
def test_what_is_ordered_kept_and_put_on_a_tray_counts(
    product: ProductTerms, extra: dict[str, int], expected: int
) -> None:
    assert quantity_to_bake(EVEN, product, **extra) == expected


AMOUNTS = st.decimals("0.00", "20.00", places=2)
DEMANDS = st.lists(st.floats(0, 500), min_size=19, max_size=19).map(
    lambda items: Demand(LEVELS, tuple(sorted(items)))
)


@given(DEMANDS, AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, st.integers(1, 24))
def test_a_dearer_leftover_never_bakes_more_and_a_dearer_shortage_never_less(
    demand: Demand, price: Decimal, more: Decimal, cost: Decimal, worth: Decimal, batch: int
) -> None:
    base = ProductTerms(price, cost, leftover_value_amount=worth)
    dearer_leftover = ProductTerms(price, cost, leftover_value_amount=max(worth - more, Decimal(0)))
    dearer_shortage = ProductTerms(price + more, cost, leftover_value_amount=worth)

    quantity = quantity_to_bake(demand, base)

    assert quantity >= 0
    assert quantity_to_bake(demand, dearer_leftover) <= quantity
    assert quantity_to_bake(demand, dearer_shortage) >= quantity
    in_batches = ProductTerms(price, cost, batch_size=batch)
    assert quantity_to_bake(demand, in_batches) % batch == 0


@given(DEMANDS, st.integers(1, 9))
def test_no_other_quantity_is_expected_to_cost_much_less(demand: Demand, cost: int) -> None:
    product = ProductTerms(Decimal(10), Decimal(cost))
    chosen = quantity_to_bake(demand, product)

    best = min(expected_cost(demand, product, quantity) for quantity in range(0, 520, 5))

    # The quantiles are steps of a twentieth; between them lies what rounding may cost.
    assert expected_cost(demand, product, chosen) <= best * 1.05 + 10


def test_a_days_score_is_what_was_wasted_and_missed() -> None:
    score = score_day(terms().unit_costs, planned=20, baked=24, sold=20, left_over=4, demand=20.0)
    sold_out = score_day(
        terms().unit_costs, planned=20, baked=20, sold=20, left_over=0, demand=23.5
    )

    assert (score.waste_amount, score.missed_amount, score.missed) == (4, 0, 0.0)
    assert (sold_out.waste_amount, sold_out.missed_amount) == (0, Decimal("10.5"))


def test_another_quantity_would_have_cost_its_own() -> None:
    assert cost_of_quantity(terms().unit_costs, 20, 23.0) == 9
    assert cost_of_quantity(terms().unit_costs, 26, 23.0) == 3


def test_the_most_holds_where_no_batch_fits_and_gives_way_to_orders() -> None:
    demand = Demand((0.05, 0.5, 0.95), (5.0, 8.0, 10.0))
    tight = ProductTerms(Decimal(3), Decimal(1), batch_size=12, bake_least=8, bake_most=10)

    assert quantity_to_bake(demand, tight) == 0
    assert quantity_to_bake(demand, tight, ordered_ahead=3) == 12


@pytest.mark.parametrize(
    ("quantity", "demand", "cost"),
    [
        # Margin 3, waste 1; demand is estimated in parts of an item, to a thousandth.
        (20, 20.0, "0"),
        (20, 22.5, "7.5"),
        (20, 20.0004, "0"),
        (20, 20.0006, "0.003"),
        (22, 19.75, "2.25"),
        (22, 21.9994, "0.001"),
    ],
)
def test_parts_of_an_item_cost_their_part(quantity: int, demand: float, cost: str) -> None:
    costs = terms().unit_costs

    score = score_day(
        costs, planned=quantity, baked=quantity, sold=quantity, left_over=0, demand=demand
    )

    assert cost_of_quantity(costs, quantity, demand) == Decimal(cost)
    assert score.missed_amount == (Decimal(cost) if demand > quantity else 0)


def test_leftovers_of_a_product_of_unknown_cost_cost_nothing() -> None:
    assert cost_of_quantity(terms(cost=None).unit_costs, 30, 20.0) == 0
