"""The loop: plan, accept, sell, write down what is left, score, plan again."""

import datetime
import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from cafe_site.accounts.models import User
from cafe_site.menu.models import Product
from cafe_site.orders.models import Status
from cafe_site.shop.models import SpecialDay, SpecialHours
from cafe_site.stock.models import DailyStock
from cafe_site.stock.services import StockRefused
from reports import issuing, jobs
from reports.bake_services import accept_plan
from reports.baking import baking_of, is_score_missing, reason_of, savings_until, score_words
from reports.jobs import run_due_reports
from reports.models import BakePlanLine, BakeScore, Report
from reports.planning import plan_baking
from reports.publishers import RecordingPublisher
from tests.factories import make_order, utc
from tests.reports.conftest import SATURDAY, SUNDAY, Shop

DAY = datetime.timedelta(days=1)
TUESDAY = SUNDAY + 2 * DAY
CLOSED = utc(2026, 11, 22, 23, 30)


@pytest.fixture
def bakery(shop: Shop) -> Shop:
    """Six weeks of cheesecakes: six on an ordinary day, ten on Saturdays; coffee is not baked."""
    Product.objects.filter(pk=shop.coffee.pk).update(is_baked=False)
    Product.objects.filter(pk=shop.cheesecake.pk).update(unit_cost_amount=Decimal("1.20"))
    Product.objects.filter(pk=shop.tart.pk).update(is_on_sale=False)
    for back in range(42):
        day = SUNDAY - DAY * back
        if day.weekday() == 0:
            continue
        quantity = 5 if day.weekday() == 5 else 3
        for hour in (10, 16):
            make_order(shop.at(day, hour), {shop.cheesecake: quantity})
    return shop


def line_for(day: datetime.date) -> BakePlanLine:
    return BakePlanLine.objects.get(business_day=day)


def stock(shop: Shop, day: datetime.date, **fields: Any) -> DailyStock:
    return DailyStock.objects.create(product=shop.cheesecake, business_day=day, **fields)


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
    assert re.match(r"Saturdays ask for 1[01](\.\d)? on average", reason)
    assert reason.endswith(" on average; 4 ordered ahead; sold out by 14:10 a week before")


def test_planning_again_keeps_what_an_owner_has_changed_or_accepted(
    bakery: Shop, owner: User
) -> None:
    plan_baking(SUNDAY - DAY)
    changed, accepted = line_for(TUESDAY), line_for(TUESDAY + DAY)
    BakePlanLine.objects.filter(pk=changed.pk).update(quantity=30)
    # As it was proposed: that it was accepted is what keeps it.
    as_proposed = accepted.proposed
    accept_plan(accepted.business_day, {accepted.pk: as_proposed}, by=owner, now=CLOSED)
    make_order(bakery.at(SUNDAY, 9), {bakery.cheesecake: 60})

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


def test_what_nobody_wrote_down_is_not_scored(bakery: Shop) -> None:
    stock(bakery, SUNDAY, planned=9, reserved=6)

    plan_baking(SUNDAY)

    assert not BakeScore.objects.exists()
    assert savings_until(SUNDAY) is None


def test_leftovers_that_come_late_are_scored_the_next_evening(bakery: Shop) -> None:
    row = stock(bakery, SUNDAY, planned=9, baked=9, reserved=6)
    plan_baking(SUNDAY)
    DailyStock.objects.filter(pk=row.pk).update(left_over=3)

    plan_baking(SUNDAY + DAY)

    assert BakeScore.objects.get(business_day=SUNDAY).left_over == 3


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
    assert "hours of its own" in reason_of(special)


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
    assert "BAKED and sold, and what became of it Cheesecake 9 6 3 left over, 3.60" in text
    assert "Waste 3.60" in text
    assert "BAKE PLAN for Tuesday 24 November Cakes and tarts" in text
    assert "Tuesdays ask for 6 on average" in text
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
    bakery: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(last: datetime.date) -> None:
        raise ValueError("no numpy here")

    monkeypatch.setattr("reports.planning.plan_baking", broken)

    result = jobs.run_due_reports(now=CLOSED, publisher=RecordingPublisher())

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
    from reports.demand import holiday_kinds

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


def test_an_owner_who_accepts_while_it_is_planned_wins(
    bakery: Shop, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_baking(SUNDAY - DAY)
    line = line_for(TUESDAY)
    create = BakePlanLine.objects.bulk_create

    def accept_meanwhile(lines: list[BakePlanLine]) -> Any:
        accept_plan(TUESDAY, {line.pk: 33}, by=owner, now=CLOSED)
        return create(lines)

    monkeypatch.setattr(BakePlanLine.objects, "bulk_create", accept_meanwhile)
    plan_baking(SUNDAY)

    assert line_for(TUESDAY).quantity == 33


def test_what_is_planned_no_longer_is_forgotten(bakery: Shop) -> None:
    plan_baking(SUNDAY - DAY)
    Product.objects.update(is_on_sale=False)

    plan_baking(SUNDAY)

    assert not BakePlanLine.objects.filter(business_day__gt=SUNDAY).exists()


def test_a_score_stays_when_prices_and_menu_change(bakery: Shop) -> None:
    stock(bakery, SUNDAY, planned=20, baked=20, reserved=6, left_over=14)
    plan_baking(SUNDAY)
    before = BakeScore.objects.get().waste_amount
    Product.objects.filter(pk=bakery.cheesecake.pk).update(
        unit_cost_amount=Decimal("2.40"), is_on_sale=False
    )

    plan_baking(SUNDAY + 2 * DAY)

    assert BakeScore.objects.get().waste_amount == before == Decimal("16.80")


def test_without_a_unit_cost_waste_has_no_amount(bakery: Shop) -> None:
    Product.objects.filter(pk=bakery.cheesecake.pk).update(unit_cost_amount=None)
    stock(bakery, SUNDAY, planned=20, baked=20, reserved=6, left_over=14)
    plan_baking(SUNDAY)

    text = " ".join(issuing.message_of_day(SUNDAY).text.split())

    assert "Cheesecake 20 6 14 left over Missed margin" in text
    assert "Waste of 1 product without a unit cost is not known." in text


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


def test_a_run_plans_nothing_anew_while_the_shop_is_on_holiday(
    bakery: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for ahead in range(1, 70):
        SpecialDay.objects.create(day=SUNDAY + ahead * DAY)
    stock(bakery, SUNDAY - 60 * DAY, planned=5, left_over=1)
    planned: list[datetime.date] = []
    monkeypatch.setattr("reports.planning.plan_baking", planned.append)

    jobs.plan_after(SUNDAY)

    assert planned == []


def test_what_was_written_down_before_the_first_order_is_not_waited_for(shop: Shop) -> None:
    make_order(shop.at(SUNDAY, 9), {shop.cheesecake: 1})
    stock(shop, SATURDAY, planned=5, baked=5, left_over=1)

    plan_baking(SUNDAY)

    assert not is_score_missing(SUNDAY)
