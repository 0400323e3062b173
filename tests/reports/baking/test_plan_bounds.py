"""Tests that a plan is made and fits its columns for any input."""

import json
from decimal import Decimal

import pytest

from cafe_site.menu.models import Product
from cafe_site.orders.models import OrderLine
from reports.baking import planning
from reports.baking.planning import plan_baking
from reports.delivery.issuing import issue_report
from reports.models import BakePlanLine, BakeScore, OutlierDay
from tests.factories import make_order
from tests.fixtures.bakery import DAY, TUESDAY, line_for, stock
from tests.fixtures.shop import SATURDAY, SUNDAY, Shop

LARGEST = 2**31 - 1


def quantities() -> list[int]:
    return list(BakePlanLine.objects.order_by("business_day").values_list("quantity", flat=True))


@pytest.mark.parametrize("typed", [100, 1_000, 10_000, 1_000_000, LARGEST])
@pytest.mark.parametrize("back", [0, 1, 8, 36])
def test_one_wrong_day_moves_no_quantity_by_more_than_one(
    bakery: Shop, typed: int, back: int
) -> None:
    plan_baking(SUNDAY)
    before = quantities()
    stock(bakery, SUNDAY - DAY * back, baked=typed, left_over=0)

    plan_baking(SUNDAY)

    assert [abs(now - then) <= 1 for now, then in zip(quantities(), before, strict=True)] == (
        [True] * 7
    )
    row = OutlierDay.objects.get()
    assert (row.business_day, row.sold) == (SUNDAY - DAY * back, min(typed, 1_000_000))
    assert row.counted_as <= 30


@pytest.mark.parametrize("typed", [10_000, 1_000_000, LARGEST])
def test_a_product_that_always_sells_absurdly_many_is_planned(bakery: Shop, typed: int) -> None:
    Product.objects.filter(pk=bakery.cheesecake.pk).update(
        price_amount=Decimal("99999999.99"), unit_cost_amount=Decimal("99999999.99")
    )
    for back in range(28):
        stock(bakery, SUNDAY - DAY * back, baked=typed, left_over=typed % 7, planned=typed)

    plan_baking(SUNDAY)
    report = issue_report(SUNDAY)

    line = line_for(TUESDAY)
    assert 0.5 * min(typed, 1_000_000) < line.quantity <= 9_999_999
    assert BakeScore.objects.count() == 28
    assert json.loads(report.payload)["baking"]["scores"][0]["baked"] == typed


@pytest.mark.parametrize("typed", [1_000_000, LARGEST])
def test_what_sells_out_in_absurd_numbers_is_scored(bakery: Shop, typed: int) -> None:
    for back in range(28):
        day = SUNDAY - DAY * back
        # Every second day gone as the shop opens: what the whole day would have sold is estimated.
        gone_at = bakery.at(day, 8) if back % 2 else None
        stock(bakery, day, baked=typed, sold_out_at=gone_at, left_over=None if gone_at else 1)
        OrderLine.objects.filter(business_day=day).update(quantity=typed)

    plan_baking(SUNDAY)

    assert BakeScore.objects.count() == 28
    assert line_for(TUESDAY).mean < 9_999_999


def test_a_product_whose_every_line_is_absurd_counts_as_a_million_a_day(bakery: Shop) -> None:
    OrderLine.objects.filter(product=bakery.cheesecake).update(quantity=LARGEST)

    plan_baking(SUNDAY)

    assert 500_000 < line_for(TUESDAY).quantity < 2_000_000


def test_a_mean_fits_its_column() -> None:
    assert planning._mean_of(1e12) == Decimal(9_999_999)


def test_imported_lines_of_any_size_are_planned(bakery: Shop) -> None:
    order = make_order(bakery.at(SATURDAY, 9), {bakery.cheesecake: 1})
    OrderLine.objects.filter(order=order).update(quantity=LARGEST)
    ahead = make_order(bakery.at(TUESDAY, 9), {bakery.cheesecake: 1})
    OrderLine.objects.filter(order=ahead).update(quantity=LARGEST)

    plan_baking(SUNDAY)

    assert line_for(TUESDAY).quantity == 9_999_999
    assert line_for(TUESDAY + DAY).quantity <= 10


@pytest.mark.parametrize("field", ["bake_least", "bake_most", "leftover_value_amount"])
def test_terms_of_any_size_are_planned(bakery: Shop, field: str) -> None:
    value = Decimal("99999999.99") if field.endswith("amount") else LARGEST
    Product.objects.filter(pk=bakery.cheesecake.pk).update(
        **{"unit_cost_amount": Decimal("99999999.99"), field: value, "batch_size": 32_767}
    )
    stock(bakery, SUNDAY, baked=LARGEST, carried_over=LARGEST, left_over=LARGEST)

    plan_baking(SUNDAY)

    assert all(0 <= quantity <= 9_999_999 for quantity in quantities())
    score = BakeScore.objects.get()
    assert score.baked == LARGEST
    assert score.waste_amount <= Decimal("9999999999.99")
