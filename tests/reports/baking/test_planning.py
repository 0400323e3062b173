"""Tests of the whole cycle: plan, accept, sell, enter leftovers, score, plan again."""

import datetime
import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from cafe_site.accounts.models import User
from cafe_site.menu.models import Product
from cafe_site.orders.models import OrderLine, Status
from cafe_site.shop.models import SpecialDay, SpecialHours
from cafe_site.stock.models import DailyStock
from cafe_site.stock.services import StockRefused
from reports import due
from reports.baking.plan_lines import plan_lines
from reports.baking.planning import plan_baking
from reports.baking.reasons import reason_of
from reports.baking.services import accept_plan
from reports.due import run_due_reports
from reports.models import BakePlanLine, OutlierDay, Report
from tests.factories import make_order
from tests.fixtures.bakery import CLOSED, DAY, TUESDAY, line_for, stock
from tests.fixtures.shop import SATURDAY, SUNDAY, Shop
from tests.recording_publisher import RecordingPublisher


def test_nothing_is_planned_before_the_first_order(shop: Shop) -> None:
    plan_baking(SUNDAY)

    assert not BakePlanLine.objects.exists()


def test_the_next_seven_open_days_are_planned(bakery: Shop) -> None:
    plan_baking(SUNDAY)

    days = list(BakePlanLine.objects.values_list("business_day", flat=True))
    # Mondays are closed.
    assert days == [SUNDAY + DAY * ahead for ahead in (2, 3, 4, 5, 6, 7, 9)]
    saturday = line_for(SUNDAY + 6 * DAY)
    assert 10 <= saturday.quantity <= 15
    assert 6 <= line_for(TUESDAY).quantity <= 10
    assert saturday.quantiles["0.50"] <= saturday.quantiles["0.95"]


def test_a_line_says_why(bakery: Shop) -> None:
    saturday = SUNDAY + 6 * DAY
    make_order(bakery.at(saturday, 10), {bakery.cheesecake: 4}, placed_at=bakery.at(SUNDAY, 9))
    stock(bakery, SATURDAY, baked=10, reserved=10, sold_out_at=bakery.at(SATURDAY, 14, 10))

    plan_baking(SUNDAY)

    reason = reason_of(line_for(saturday))
    # Five Saturdays sold ten; the last would have sold some more.
    assert re.match(r"average demand on Saturdays: 1[01](\.\d)?;", reason)
    assert reason.endswith("; 4 ordered ahead; sold out by 14:10 a week before")


@pytest.mark.parametrize("quantity", [100, 1_000, 10_000])
def test_a_far_day_in_full_plans_no_less_than_without_it(bakery: Shop, quantity: int) -> None:
    plan_baking(SUNDAY)
    before = dict(BakePlanLine.objects.values_list("business_day", "proposed"))
    make_order(bakery.at(SATURDAY, 11), {bakery.cheesecake: quantity})
    plan_baking(SUNDAY)
    OutlierDay.objects.update(counts_in_full=True)

    plan_baking(SUNDAY)

    after = dict(BakePlanLine.objects.values_list("business_day", "proposed"))
    assert OutlierDay.objects.get().business_day == SATURDAY
    assert all(after[day] >= before[day] for day in before)
    # Ten times the usual is the most that one day teaches.
    assert max(after.values()) <= 10 * max(before.values())


def test_planning_again_keeps_what_an_owner_has_changed_or_accepted(
    bakery: Shop, owner: User
) -> None:
    plan_baking(SUNDAY - DAY)
    changed, accepted = line_for(TUESDAY), line_for(TUESDAY + DAY)
    BakePlanLine.objects.filter(pk=changed.pk).update(quantity=30)
    # As it was proposed: that it was accepted is what keeps it.
    as_proposed = accepted.proposed
    accept_plan(accepted.business_day, {accepted.pk: as_proposed}, by=owner, now=CLOSED)
    for back in range(6):
        make_order(bakery.at(SUNDAY - DAY * back, 9), {bakery.cheesecake: 6})

    plan_baking(SUNDAY)
    plan_baking(SUNDAY)

    assert line_for(TUESDAY).quantity == 30
    assert line_for(TUESDAY).planned_after == SUNDAY
    assert line_for(TUESDAY + DAY).quantity == as_proposed
    assert line_for(TUESDAY).proposed > changed.proposed
    assert BakePlanLine.objects.count() == 8


def test_accepting_makes_the_plan_the_days_stock(bakery: Shop, owner: User) -> None:
    plan_baking(SUNDAY)
    line = line_for(TUESDAY)

    counts = [accept_plan(TUESDAY, {line.pk: 12}, by=owner, now=CLOSED) for _ in range(2)]

    assert counts == [1, 1]
    row = DailyStock.objects.get(business_day=TUESDAY, product=bakery.cheesecake)
    assert (row.planned, row.baked) == (12, None)
    line.refresh_from_db()
    assert (line.quantity, line.accepted_by, line.accepted_at) == (12, owner, CLOSED)


def test_lines_that_a_form_does_not_name_stay_as_they_are(bakery: Shop, owner: User) -> None:
    Product.objects.filter(pk=bakery.tart.pk).update(is_on_sale=True)
    plan_baking(SUNDAY)
    named, other = BakePlanLine.objects.filter(business_day=TUESDAY).order_by("product")

    count = accept_plan(TUESDAY, {named.pk: 12}, by=owner, now=CLOSED)

    accepted = BakePlanLine.objects.filter(accepted_by=owner)
    assert (count, list(accepted.values_list("pk", flat=True))) == (1, [named.pk])
    assert not DailyStock.objects.filter(product=other.product).exists()


def test_what_is_no_longer_baked_is_no_line_of_a_coming_day(bakery: Shop) -> None:
    plan_baking(SUNDAY)
    planned = [line.product for line in plan_lines(TUESDAY)]
    Product.objects.filter(pk=bakery.cheesecake.pk).update(is_baked=False)

    assert planned == [bakery.cheesecake]
    assert plan_lines(TUESDAY) == []
    assert len(plan_lines(TUESDAY, is_over=True)) == 1


def test_a_line_says_what_was_left_over_a_week_before(bakery: Shop) -> None:
    stock(bakery, SATURDAY, baked=14, reserved=10, left_over=4)

    plan_baking(SUNDAY)

    line = line_for(SUNDAY + 6 * DAY)
    assert line.facts["left_over"] == 4
    assert "; 4 left over a week before" in reason_of(line)


def test_less_than_is_ordered_cannot_be_accepted(bakery: Shop, owner: User) -> None:
    plan_baking(SUNDAY)
    line = line_for(TUESDAY)
    stock(bakery, TUESDAY, planned=None, reserved=5)

    with pytest.raises(StockRefused, match=r"Cheesecake: 5 are ordered\. Plan at least as many\."):
        accept_plan(TUESDAY, {line.pk: 3}, by=owner, now=CLOSED)

    line.refresh_from_db()
    assert not line.is_accepted


def test_a_day_that_sold_out_teaches_more_than_it_sold(bakery: Shop) -> None:
    plan_baking(SUNDAY)
    before = line_for(TUESDAY + 4 * DAY).mean
    # Each Saturday was sold out before noon.
    for back in range(1, 42, 7):
        day = SUNDAY - DAY * back
        stock(bakery, day, baked=10, reserved=10, sold_out_at=bakery.at(day, 9, 30))

    plan_baking(SUNDAY)

    assert line_for(TUESDAY + 4 * DAY).mean > before + 1


def test_what_the_counter_sold_without_an_order_counts(bakery: Shop) -> None:
    for back in (7, 14, 21):
        stock(bakery, SUNDAY - DAY * back, baked=30, reserved=6, left_over=2)

    plan_baking(SUNDAY)

    assert line_for(SUNDAY + 7 * DAY).mean > 12


def test_a_day_of_other_hours_teaches_nothing_and_gets_its_share(bakery: Shop) -> None:
    for hour in (9, 11, 13, 15, 17):
        make_order(bakery.at(SUNDAY, hour), {bakery.coffee: 1})
    short = SpecialDay.objects.create(day=TUESDAY)
    SpecialHours.objects.create(
        special_day=short, opens_at=datetime.time(9), closes_at=datetime.time(10, 30)
    )
    plan_baking(SUNDAY)

    special, ordinary = line_for(TUESDAY), line_for(TUESDAY + DAY)

    assert special.mean < ordinary.mean
    assert "special hours" in reason_of(special)


def test_a_past_day_of_other_hours_teaches_nothing(bakery: Shop) -> None:
    plan_baking(SUNDAY)
    before = line_for(SUNDAY + 7 * DAY).mean
    SpecialHours.objects.create(
        special_day=SpecialDay.objects.create(day=SUNDAY),
        opens_at=datetime.time(9),
        closes_at=datetime.time(18),
    )
    make_order(bakery.at(SUNDAY, 9), {bakery.cheesecake: 80})

    plan_baking(SUNDAY)

    assert line_for(SUNDAY + 7 * DAY).mean == pytest.approx(before, abs=Decimal("0.6"))


def test_cancelled_orders_teach_nothing(bakery: Shop) -> None:
    plan_baking(SUNDAY)
    before = line_for(TUESDAY).mean
    make_order(bakery.at(SUNDAY, 9), {bakery.cheesecake: 90}, status=Status.CANCELLED)

    plan_baking(SUNDAY)

    assert line_for(TUESDAY).mean == before


def test_the_report_brings_the_plan_and_the_score(bakery: Shop) -> None:
    stock(bakery, SUNDAY, planned=9, baked=9, reserved=6, left_over=3)
    publisher = RecordingPublisher()

    run_due_reports(now=CLOSED, publisher=publisher)

    report = Report.objects.get(kind=Report.Kind.DAILY, business_day=SUNDAY)
    text = " ".join(report.text.split())
    assert "BAKED, sold and left over Cheesecake 9 6 3 left over, 3.60" in text
    assert "Waste 3.60" in text
    assert "BAKE PLAN for Tuesday 24 November Cakes and tarts" in text
    assert "average demand on Tuesdays: 6" in text
    assert max(len(line) for line in report.text.splitlines() if "http" not in line) <= 40
    baking = json.loads(report.payload)["baking"]
    assert baking["plan"][0]["quantity"] == line_for(TUESDAY).quantity
    assert baking["scores"][0]["left_over"] == 3


def test_a_plan_that_changes_later_is_no_change_of_the_days_figures(
    bakery: Shop, owner: User, sign_in: Callable[[User], Any]
) -> None:
    run_due_reports(now=CLOSED, publisher=None)
    report = Report.objects.get(kind=Report.Kind.DAILY, business_day=SUNDAY)
    BakePlanLine.objects.update(quantity=99)

    page = sign_in(owner).get(f"/dashboard/reports/{report.pk}/").content.decode()

    assert "Nothing has changed since" in page


def test_without_a_plan_the_report_comes_all_the_same(
    bakery: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(last: datetime.date) -> None:
        raise ValueError("no numpy here")

    result = due.run_due_reports(now=CLOSED, publisher=RecordingPublisher(), plan=broken)

    assert "daily 2026-11-22" in " ".join(result.published) or result.published
    assert "bake_plan_failed after=2026-11-22" in caplog.text


def test_the_queries_do_not_grow_with_the_products(
    bakery: Shop, django_assert_max_num_queries: Any
) -> None:
    plan_baking(SUNDAY)
    for number in range(20):
        product = Product.objects.create(
            category=bakery.cheesecake.category,
            name=f"Cake {number}",
            slug=f"cake-{number}",
            price_amount=3,
            tax_rate=0,
        )
        make_order(bakery.at(SUNDAY, 9), {product: 2})

    with django_assert_max_num_queries(40):
        plan_baking(SUNDAY)


@pytest.mark.parametrize(
    ("country", "kinds"), [("", [0, 0, 0]), ("DE", [1, 2, 3]), ("XX", [0] * 3)]
)
def test_the_holidays_are_those_of_the_shops_country(
    settings: Any, country: str, kinds: list[int]
) -> None:
    from reports.baking.demand import holiday_kinds

    settings.SHOP_COUNTRY = country

    # The third of October is the day of German unity.
    assert holiday_kinds(datetime.date(2026, 10, 2), 3).tolist() == kinds


def test_what_keeps_is_sold_beside_what_is_baked(bakery: Shop, owner: User) -> None:
    Product.objects.filter(pk=bakery.cheesecake.pk).update(shelf_life_days=3)
    stock(bakery, SUNDAY, planned=20, baked=20, reserved=6, left_over=14)
    row = stock(bakery, TUESDAY, planned=20, reserved=9)
    plan_baking(SUNDAY)
    line = line_for(TUESDAY)

    accept_plan(TUESDAY, {line.pk: line.proposed}, by=owner, now=CLOSED)

    row.refresh_from_db()
    assert line.carried_over == row.carried_over == 14
    assert (row.limit, row.free) == (line.proposed + 14, line.proposed + 5)


def test_a_plan_that_is_raised_ends_the_selling_out(bakery: Shop, owner: User) -> None:
    plan_baking(SUNDAY)
    row = stock(bakery, TUESDAY, planned=4, reserved=4, sold_out_at=bakery.at(SUNDAY, 9))

    accept_plan(TUESDAY, {line_for(TUESDAY).pk: 12}, by=owner, now=CLOSED)

    row.refresh_from_db()
    assert (row.free, row.sold_out_at) == (8, None)


def test_what_is_planned_no_longer_is_forgotten(bakery: Shop) -> None:
    plan_baking(SUNDAY - DAY)
    Product.objects.update(is_on_sale=False)

    plan_baking(SUNDAY)

    assert not BakePlanLine.objects.filter(business_day__gt=SUNDAY).exists()


def test_a_run_plans_nothing_anew_while_the_shop_is_on_holiday(bakery: Shop) -> None:
    for ahead in range(1, 70):
        SpecialDay.objects.create(day=SUNDAY + ahead * DAY)
    stock(bakery, SUNDAY - 60 * DAY, planned=5, left_over=1)
    planned: list[datetime.date] = []

    run_due_reports(now=CLOSED, publisher=None, plan=planned.append)

    assert planned == []


@pytest.mark.parametrize(("was_off_sale", "is_planned"), [(True, True), (False, False)])
def test_what_sells_no_more_is_planned_at_none_unless_it_was_off_sale(
    bakery: Shop, was_off_sale: bool, is_planned: bool
) -> None:
    for back in range(24):
        day = SUNDAY - DAY * back
        OrderLine.objects.filter(business_day=day, product=bakery.cheesecake).update(
            product=bakery.coffee
        )
        # Each evening planned what was on sale by then.
        product = bakery.tart if was_off_sale else bakery.cheesecake
        BakePlanLine.objects.create(
            business_day=day,
            product=product,
            proposed=1,
            quantity=1,
            mean=1,
            quantiles={},
            planned_after=day - DAY,
        )

    plan_baking(SUNDAY)

    assert (line_for(TUESDAY).quantity > 3) == is_planned


def test_a_large_mean_is_written_in_full(bakery: Shop) -> None:
    plan_baking(SUNDAY)
    line = line_for(TUESDAY)
    line.facts["usual"] = 1_234_567.5

    assert reason_of(line).startswith("average demand on Tuesdays: 1,234,567.5")
