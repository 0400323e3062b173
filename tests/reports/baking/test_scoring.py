"""Tests of the scores of past days: waste, missed sales and their costs."""

import datetime
from decimal import Decimal

import pytest

from cafe_site.menu.models import Product
from cafe_site.stock.models import DailyStock
from reports.baking.planning import plan_baking
from reports.baking.plans import baking_of, is_score_missing, savings_until
from reports.baking.words import score_words
from reports.delivery import issuing
from reports.due import run_due_reports
from reports.models import BakeScore
from tests.factories import make_order
from tests.fixtures.bakery import CLOSED, DAY, stock
from tests.fixtures.shop import SATURDAY, SUNDAY, WEEK, Shop
from tests.recording_publisher import RecordingPublisher


def test_a_score_tells_waste_and_estimated_misses(bakery: Shop) -> None:
    stock(bakery, SATURDAY, baked=10, reserved=10, sold_out_at=bakery.at(SATURDAY, 9, 30))
    stock(bakery, SUNDAY, planned=9, baked=9, reserved=6, left_over=3)

    plan_baking(SUNDAY)

    sold_out, wasted = BakeScore.objects.all()
    assert (sold_out.is_sold_out, sold_out.sold, sold_out.waste_amount) == (True, 10, 0)
    assert sold_out.demand > 11
    # The margin of each that is missing: 4.20 without 7 % tax, less 1.20.
    assert float(sold_out.missed_amount) == pytest.approx(
        float(sold_out.missed) * (4.20 / 1.07 - 1.20), abs=0.05
    )
    assert (wasted.planned, wasted.sold, wasted.left_over) == (9, 6, 3)
    assert (wasted.waste_amount, wasted.missed_amount) == (Decimal("3.60"), 0)
    # The Sunday before sold six, and six were wanted.
    assert wasted.as_last_week_amount == 0
    assert [
        score_words(score, issuing.build_report(SUNDAY).summary.currency)
        for score in baking_of(SUNDAY, plan_day=None).scores
    ] == ["3 left over, 3.60"]


def test_the_first_day_of_the_shop_is_a_week_before_that_counts(shop: Shop) -> None:
    Product.objects.filter(pk=shop.cheesecake.pk).update(unit_cost_amount=Decimal("1.20"))
    make_order(shop.at(SUNDAY - WEEK, 10), {shop.cheesecake: 4})
    make_order(shop.at(SUNDAY, 10), {shop.cheesecake: 6})
    stock(shop, SUNDAY, planned=9, baked=9, reserved=6, left_over=3)

    plan_baking(SUNDAY)

    # Four as the week before would have missed two, each worth 4.20 without 7 % tax, less 1.20.
    assert BakeScore.objects.get().as_last_week_amount == Decimal("5.45")


def test_what_nobody_wrote_down_is_not_scored(bakery: Shop) -> None:
    stock(bakery, SUNDAY, planned=9, reserved=6)

    plan_baking(SUNDAY)

    assert not BakeScore.objects.exists()
    assert savings_until(SUNDAY) is None


def test_a_score_goes_when_its_leftovers_are_taken_back(bakery: Shop) -> None:
    tart = Product.objects.get(pk=bakery.tart.pk)
    row = stock(bakery, SUNDAY, planned=9, baked=9, reserved=6, left_over=3)
    DailyStock.objects.create(
        product=tart, business_day=SUNDAY, planned=4, baked=4, reserved=2, left_over=2
    )
    plan_baking(SUNDAY)
    scored = set(BakeScore.objects.values_list("product", flat=True))
    DailyStock.objects.filter(pk=row.pk).update(left_over=None)

    plan_baking(SUNDAY)

    assert scored == {bakery.cheesecake.pk, tart.pk}
    assert list(BakeScore.objects.values_list("product", flat=True)) == [tart.pk]


def test_leftovers_that_come_late_are_scored_the_next_evening(bakery: Shop) -> None:
    row = stock(bakery, SUNDAY, planned=9, baked=9, reserved=6)
    plan_baking(SUNDAY)
    DailyStock.objects.filter(pk=row.pk).update(left_over=3)

    plan_baking(SUNDAY + DAY)

    assert BakeScore.objects.get(business_day=SUNDAY).left_over == 3


def test_a_score_stays_when_prices_and_menu_change(bakery: Shop) -> None:
    stock(bakery, SUNDAY, planned=20, baked=20, reserved=6, left_over=14)
    plan_baking(SUNDAY)
    before = BakeScore.objects.get().waste_amount
    Product.objects.filter(pk=bakery.cheesecake.pk).update(
        unit_cost_amount=Decimal("2.40"), is_on_sale=False
    )
    # The plan has changed, so the scores are written again.
    Product.objects.filter(pk=bakery.tart.pk).update(is_on_sale=True)

    plan_baking(SUNDAY + 2 * DAY)

    assert BakeScore.objects.get().waste_amount == before == Decimal("16.80")


def test_without_a_unit_cost_waste_has_no_amount(bakery: Shop) -> None:
    Product.objects.filter(pk=bakery.cheesecake.pk).update(unit_cost_amount=None)
    stock(bakery, SUNDAY, planned=20, baked=20, reserved=6, left_over=14)
    plan_baking(SUNDAY)

    text = " ".join(issuing.message_of_day(SUNDAY).text.split())

    assert "Cheesecake 20 6 14 left over Missed margin" in text
    assert "Waste is unknown for 1 product without a unit cost." in text


def test_leftovers_that_come_late_are_scored_by_the_next_run(bakery: Shop) -> None:
    row = stock(bakery, SUNDAY, planned=20, baked=20, reserved=6)
    run_due_reports(now=CLOSED, publisher=RecordingPublisher())
    DailyStock.objects.filter(pk=row.pk).update(left_over=14)

    run_due_reports(now=CLOSED + datetime.timedelta(hours=9), publisher=RecordingPublisher())

    assert BakeScore.objects.get().left_over == 14


def test_ordered_and_never_collected_is_left_over_not_sold(bakery: Shop) -> None:
    stock(bakery, SUNDAY, planned=10, baked=10, reserved=6, left_over=10)

    plan_baking(SUNDAY)

    score = BakeScore.objects.get()
    assert (score.baked, score.sold, score.left_over, score.missed) == (10, 0, 10, 0)


def test_what_was_written_down_before_the_first_order_is_not_waited_for(shop: Shop) -> None:
    make_order(shop.at(SUNDAY, 9), {shop.cheesecake: 1})
    stock(shop, SATURDAY, planned=5, baked=5, left_over=1)

    plan_baking(SUNDAY)

    assert not is_score_missing(SUNDAY)
