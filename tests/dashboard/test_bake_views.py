"""Tests of the bake plan's page, its sheet, and the form for leftovers."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from time_machine import travel

from cafe_site.accounts.models import User
from cafe_site.menu.models import Product, RecipeItem
from cafe_site.shop.models import SpecialDay
from cafe_site.stock.models import DailyStock
from reports.baking.planning import plan_baking
from reports.models import BakePlanLine, OutlierDay
from tests.answers import messages_of
from tests.factories import make_order
from tests.fixtures.shop import SUNDAY, Shop

DAY = datetime.timedelta(days=1)
TUESDAY = SUNDAY + 2 * DAY
PLAN = f"/dashboard/bake-plan/?day={TUESDAY}"
ACCEPT = f"/dashboard/bake-plan/accept/?day={TUESDAY}"
SHEET = f"/dashboard/bake-plan/sheet/?day={TUESDAY}"
LEFTOVERS = f"/dashboard/leftovers/?day={SUNDAY}"


@pytest.fixture(autouse=True)
def monday_noon() -> Any:
    with travel("2026-11-23T12:00:00Z", tick=False):
        yield


@pytest.fixture
def planned(shop: Shop) -> Shop:
    """Three weeks of cheesecakes and tarts, in trays of twelve; a plan for Tuesday."""
    Product.objects.filter(pk=shop.coffee.pk).update(is_baked=False)
    Product.objects.filter(pk=shop.tart.pk).update(batch_size=12)
    for back in range(21):
        make_order(shop.at(SUNDAY - DAY * back, 9), {shop.cheesecake: 5, shop.tart: 11})
    plan_baking(SUNDAY)
    return shop


def line_of(product: Product) -> BakePlanLine:
    return BakePlanLine.objects.get(product=product, business_day=TUESDAY)


def page_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_without_a_plan_the_page_says_when_there_will_be_one(
    office: Client, opening_hours: None
) -> None:
    page = page_of(office.get("/dashboard/bake-plan/"))

    assert "There is no plan for this day. Plans are made when a business day closes" in page


def test_the_plan_of_the_next_open_day_is_shown_with_its_reasons(
    office: Client, planned: Shop
) -> None:
    page = page_of(office.get("/dashboard/bake-plan/"))

    assert "<h1>Tuesday 24 November 2026</h1>" in page
    assert "average demand on Tuesdays: 5" in page
    assert "1 \N{MULTIPLICATION SIGN} 12 · average demand on Tuesdays: 11" in page
    assert "Coffee" not in page


def test_an_owner_changes_and_accepts_the_plan(office: Client, planned: Shop, owner: User) -> None:
    cheesecake, tart = line_of(planned.cheesecake), line_of(planned.tart)

    answer = office.post(
        ACCEPT, {f"quantity-{cheesecake.pk}": "8", f"quantity-{tart.pk}": ""}, follow=True
    )

    assert messages_of(answer) == ["The plan is accepted. It is now the day's stock."]
    assert "Accepted by olga" in page_of(answer)
    stock = dict(
        DailyStock.objects.filter(business_day=TUESDAY).values_list("product_id", "planned")
    )
    # An empty field takes what was proposed.
    assert stock == {planned.cheesecake.pk: 8, planned.tart.pk: tart.proposed}
    assert f"proposed: {cheesecake.proposed}" in page_of(answer)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("-1", "Cheesecake: please enter 0 or more."),
        ("many", "Cheesecake: please enter a whole number."),
        ("2.5", "Cheesecake: please enter a whole number."),
        ("10001", "Cheesecake: please enter at most 10,000."),
    ],
)
def test_a_wrong_quantity_is_told_and_nothing_is_lost(
    office: Client, planned: Shop, value: str, sentence: str
) -> None:
    cheesecake, tart = line_of(planned.cheesecake), line_of(planned.tart)

    answer = office.post(ACCEPT, {f"quantity-{cheesecake.pk}": value, f"quantity-{tart.pk}": "36"})

    assert answer.status_code == 422
    assert sentence in page_of(answer)
    assert 'value="36"' in page_of(answer)
    assert not BakePlanLine.objects.filter(accepted_at__isnull=False).exists()


def test_fewer_than_are_ordered_is_told(office: Client, planned: Shop) -> None:
    cheesecake = line_of(planned.cheesecake)
    DailyStock.objects.create(product=planned.cheesecake, business_day=TUESDAY, reserved=6)

    answer = office.post(ACCEPT, {f"quantity-{cheesecake.pk}": "3"})

    assert answer.status_code == 422
    assert "Cheesecake: 6 are ordered. Plan at least as many." in page_of(answer)


def test_a_day_without_a_plan_cannot_be_accepted(office: Client, planned: Shop) -> None:
    answer = office.post("/dashboard/bake-plan/accept/?day=2026-12-24", {}, follow=True)

    assert messages_of(answer) == ["There is no plan for this day. Nothing was changed."]


def test_the_sheet_adds_up_trays_and_ingredients(office: Client, planned: Shop) -> None:
    for product, amount in ((planned.cheesecake, "30"), (planned.tart, "2.5")):
        RecipeItem.objects.create(
            product=product, ingredient="Butter", amount=Decimal(amount), unit="g"
        )
    BakePlanLine.objects.filter(pk=line_of(planned.cheesecake).pk).update(quantity=10)
    BakePlanLine.objects.filter(pk=line_of(planned.tart).pk).update(quantity=24)

    page = page_of(office.get(SHEET))

    assert "2 \N{MULTIPLICATION SIGN} 12" in page
    assert "2 trays in all" in page
    assert '<th scope="row">Butter</th><td class="number">360 g</td>' in page


def test_what_is_left_over_is_written_down(office: Client, planned: Shop) -> None:
    row = DailyStock.objects.create(
        product=planned.cheesecake, business_day=SUNDAY, planned=9, reserved=5
    )

    answer = office.post(LEFTOVERS, {f"quantity-{row.product_id}": "4"}, follow=True)

    row.refresh_from_db()
    assert messages_of(answer) == ["Saved. Thank you, and good night."]
    # It was baked as planned: nobody said otherwise.
    assert (row.baked, row.left_over) == (9, 4)


def test_none_left_of_the_rest_is_one_button(office: Client, planned: Shop) -> None:
    given, rest = planned.cheesecake, planned.tart
    for product in (given, rest):
        DailyStock.objects.create(product=product, business_day=SUNDAY, planned=9, reserved=5)

    office.post(
        LEFTOVERS,
        {f"quantity-{given.pk}": "4", f"quantity-{rest.pk}": "", "quantity-none_left": "yes"},
    )

    left = dict(DailyStock.objects.values_list("product_id", "left_over"))
    assert (left[planned.cheesecake.pk], left[planned.tart.pk]) == (4, 0)


def test_more_left_over_than_there_was_changes_nothing(office: Client, planned: Shop) -> None:
    rows = [planned.cheesecake, planned.tart]
    for product in rows:
        DailyStock.objects.create(product=product, business_day=SUNDAY, planned=9, reserved=5)

    answer = office.post(LEFTOVERS, {f"quantity-{rows[0].pk}": "1", f"quantity-{rows[1].pk}": "10"})

    assert answer.status_code == 422
    assert "there were only 9, so 10 cannot be left over. Check both numbers." in page_of(answer)
    assert not DailyStock.objects.filter(left_over__isnull=False).exists()


def test_a_day_without_stock_has_nothing_left_over(office: Client, planned: Shop) -> None:
    page = page_of(office.get("/dashboard/leftovers/?day=2026-11-01"))

    assert "Nothing was planned or baked on this day" in page


def test_the_queries_do_not_grow_with_the_products(
    office: Client, planned: Shop, django_assert_num_queries: Any
) -> None:
    for number in range(9):
        product = Product.objects.create(
            category=planned.cheesecake.category,
            name=f"Cake {number}",
            slug=f"cake-{number}",
            price_amount=3,
            tax_rate=0,
        )
        make_order(planned.at(SUNDAY, 9), {product: 2})
    plan_baking(SUNDAY)
    assert BakePlanLine.objects.filter(business_day=TUESDAY).count() == 11

    # Session, user, groups; the day's opening (3), the plan, what is promised (2); the last open
    # day (3), its scores, whether some are missing (2), and what they saved.
    with django_assert_num_queries(18):
        office.get(PLAN)


def test_what_was_ordered_since_is_shown_and_accepted(office: Client, planned: Shop) -> None:
    line = line_of(planned.cheesecake)
    make_order(planned.at(TUESDAY, 10), {planned.cheesecake: line.quantity + 7})
    DailyStock.objects.create(
        product=planned.cheesecake, business_day=TUESDAY, reserved=line.quantity + 7
    )

    page = page_of(office.get(PLAN))
    office.post(ACCEPT, {f"quantity-{line.pk}": str(line.quantity)})

    assert f'value="{line.quantity + 7}"' in page
    assert f"{line.quantity + 7} ordered ahead" in page
    row = DailyStock.objects.get(product=planned.cheesecake, business_day=TUESDAY)
    assert row.planned == line.quantity + 7


def test_what_went_off_sale_leaves_the_plan_and_a_closed_day_has_none(
    office: Client, planned: Shop
) -> None:
    before = page_of(office.get(PLAN))
    Product.objects.filter(pk=planned.tart.pk).update(is_on_sale=False)
    without = page_of(office.get(PLAN))
    SpecialDay.objects.create(day=TUESDAY)

    closed, sheet = page_of(office.get(f"{PLAN}?day={TUESDAY}")), page_of(office.get(SHEET))

    assert "raspberry tart" in before
    assert "Cheesecake" in without
    assert "raspberry tart" not in without
    assert "The shop is closed on this day" in closed
    assert "The shop is closed on this day" in sheet


def test_a_plan_of_the_past_is_not_accepted(office: Client, planned: Shop) -> None:
    line = line_of(planned.cheesecake)
    BakePlanLine.objects.filter(pk=line.pk).update(business_day=SUNDAY - DAY)

    answer = office.post(
        f"/dashboard/bake-plan/accept/?day={SUNDAY - DAY}", {f"quantity-{line.pk}": "20"}
    )

    assert "This day is over, so its plan can no longer be changed." in page_of(answer)
    assert not DailyStock.objects.exists()


def test_the_days_of_an_error_page_lead_to_the_plan(office: Client, planned: Shop) -> None:
    answer = office.post(ACCEPT, {f"quantity-{line_of(planned.cheesecake).pk}": "many"})

    assert f'href="/dashboard/bake-plan/?day={TUESDAY + DAY}"' in page_of(answer)
    assert 'href="?day' not in page_of(answer)


def test_what_has_no_limit_is_asked_with_what_was_baked(office: Client, planned: Shop) -> None:
    product = planned.cheesecake
    DailyStock.objects.create(product=product, business_day=SUNDAY, reserved=5)

    alone = office.post(LEFTOVERS, {f"quantity-{product.pk}": "2"})
    too_few = office.post(
        LEFTOVERS, {f"quantity-{product.pk}": "2", f"quantity-baked-{product.pk}": "4"}
    )
    both = office.post(
        LEFTOVERS, {f"quantity-{product.pk}": "2", f"quantity-baked-{product.pk}": "14"}
    )

    assert "Cheesecake: please enter how many were baked." in page_of(alone)
    assert "Cheesecake: 5 are reserved. Enter a higher number" in page_of(too_few)
    assert both.status_code == 302
    row = DailyStock.objects.get(product=product, business_day=SUNDAY)
    assert (row.baked, row.left_over, row.free) == (14, 2, 0)


def test_nothing_is_left_over_of_a_day_to_come(office: Client, planned: Shop) -> None:
    address = f"/dashboard/leftovers/?day={TUESDAY}"
    DailyStock.objects.create(product=planned.cheesecake, business_day=TUESDAY, planned=9)

    answer = office.post(address, {f"quantity-{planned.cheesecake.pk}": "2"})

    assert "This day is still to come" in page_of(office.get(address))
    assert answer.status_code == 422
    assert DailyStock.objects.get(business_day=TUESDAY).left_over is None


@pytest.fixture
def outlier(planned: Shop) -> OutlierDay:
    """Somebody typed 40 baked on Saturday, where 5 are usual."""
    DailyStock.objects.create(
        product=planned.cheesecake, business_day=SUNDAY - DAY, baked=40, left_over=0
    )
    plan_baking(SUNDAY)
    return OutlierDay.objects.get()


def decide(office: Client, outlier: OutlierDay, count: str) -> Any:
    address = f"/dashboard/bake-plan/outliers/{outlier.pk}/?day={TUESDAY}"
    return office.post(address, {"count": count}, follow=True)


def test_a_day_far_above_the_usual_is_named(office: Client, outlier: OutlierDay) -> None:
    OutlierDay.objects.update(sold=1000)

    page = page_of(office.get(PLAN))

    assert (
        f"Sat 21 Nov, Cheesecake: the forecast counts {outlier.counted_as} of 1,000 sold, "
        "because that is far above the usual."
    ) in page
    assert outlier.counted_as < 10
    assert 'value="in full"' in page


def test_an_owner_counts_a_day_in_full_and_takes_it_back(
    office: Client, outlier: OutlierDay, owner: User
) -> None:
    product = outlier.product
    less = line_of(product).proposed

    answer = decide(office, outlier, "in full")
    unchanged = line_of(product).proposed
    plan_baking(SUNDAY)
    full = line_of(product).proposed
    back = decide(office, outlier, "as usual")
    plan_baking(SUNDAY)

    assert messages_of(answer) == [
        "The day counts in full. The quantities change with this evening's plan."
    ]
    assert "the forecast counts all 40 sold. olga decided this." in page_of(answer)
    assert 'value="as usual"' in page_of(answer)
    assert (unchanged, line_of(product).proposed) == (less, less)
    assert full > less + 1
    assert messages_of(back) == [
        "The day counts for less. The quantities change with this evening's plan."
    ]
    outlier.refresh_from_db()
    assert (outlier.counts_in_full, outlier.decided_by) == (False, owner)


def test_a_day_that_was_corrected_is_marked_no_more(office: Client, outlier: OutlierDay) -> None:
    DailyStock.objects.filter(business_day=SUNDAY - DAY).update(baked=10)
    plan_baking(SUNDAY)

    answer = decide(office, outlier, "in full")

    assert messages_of(answer) == ["This day is no longer marked. Nothing was changed."]
    assert "Days far above the usual" not in page_of(answer)


def test_the_queries_do_not_grow_with_the_days_that_are_marked(
    office: Client, outlier: OutlierDay, django_assert_num_queries: Any
) -> None:
    for back in range(2, 12):
        OutlierDay.objects.create(
            product=outlier.product, business_day=SUNDAY - DAY * back, sold=99, counted_as=5
        )

    # One more than above: there is a score, and so what the plan has saved is counted.
    with django_assert_num_queries(19):
        office.get(PLAN)
