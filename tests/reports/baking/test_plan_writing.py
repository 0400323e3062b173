"""Tests of writing the plan by upserts: accepted lines are kept, even during planning."""

import threading
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from cafe_site.accounts.models import User
from cafe_site.menu.models import Product
from reports.baking import plan_writing
from reports.baking.planning import plan_baking
from reports.baking.services import accept_plan
from reports.models import BakePlanLine
from tests.factories import ProductFactory, UserFactory, make_order
from tests.fixtures.bakery import CLOSED, DAY, TUESDAY, line_for, stock
from tests.fixtures.shop import SUNDAY, Shop


def test_of_an_accepted_line_only_what_the_forecast_says_is_new(bakery: Shop, owner: User) -> None:
    Product.objects.filter(pk=bakery.cheesecake.pk).update(shelf_life_days=5, batch_size=4)
    stock(bakery, SUNDAY, planned=20, baked=20, reserved=6, left_over=3)
    plan_baking(SUNDAY)
    line = line_for(TUESDAY)
    accept_plan(TUESDAY, {line.pk: 33}, by=owner, now=CLOSED)
    for back in range(6):
        make_order(bakery.at(SUNDAY - DAY * back, 9), {bakery.cheesecake: 6})
    Product.objects.filter(pk=bakery.cheesecake.pk).update(batch_size=6, shelf_life_days=1)

    plan_baking(SUNDAY)

    after = line_for(TUESDAY)
    assert (after.pk, after.quantity, after.batch_size, after.carried_over) == (line.pk, 33, 4, 3)
    assert after.mean > line.mean
    assert after.accepted_by == owner
    # The day after is not accepted, and follows the product.
    assert line_for(TUESDAY + DAY).batch_size == 6


def test_a_line_keeps_its_number_for_a_form_that_is_open(bakery: Shop) -> None:
    plan_baking(SUNDAY - DAY)
    before = set(BakePlanLine.objects.filter(business_day__gt=SUNDAY).values_list("pk", flat=True))

    plan_baking(SUNDAY)

    after = set(BakePlanLine.objects.values_list("pk", flat=True))
    assert before < after


def test_a_plan_is_written_in_as_many_statements_however_many_products(bakery: Shop) -> None:
    for number in range(30):
        product = ProductFactory(category=bakery.cheesecake.category, name=f"Cake {number}")
        make_order(bakery.at(SUNDAY, 9), {product: 2})
    plan_baking(SUNDAY - DAY)

    with CaptureQueriesContext(connection) as captured:
        plan_baking(SUNDAY)

    queries = [query["sql"] for query in captured.captured_queries]
    # 217 lines; SQLite takes some 80 in one statement.
    assert len([sql for sql in queries if sql.startswith("INSERT INTO")]) <= 4
    assert [sql for sql in queries if "CASE" in sql] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_reading_first", [True, False])
def test_an_owner_who_accepts_while_it_is_planned_wins(
    bakery: Shop, monkeypatch: pytest.MonkeyPatch, is_reading_first: bool
) -> None:
    if connection.vendor != "mysql":
        pytest.skip("SQLite lets one writer in at a time: there is nothing to compete for")
    owner = UserFactory(username="otto")
    plan_baking(SUNDAY - DAY)
    line = line_for(TUESDAY)
    # The owner reads before the planner writes, or before it reads.
    threads: list[threading.Thread] = []
    upsert = plan_writing.upsert

    def accept() -> None:
        try:
            accept_plan(TUESDAY, {line.pk: 33}, by=owner, now=CLOSED)
        finally:
            connections.close_all()

    def accept_meanwhile(*args: Any, **options: Any) -> None:
        if not threads:
            threads.append(threading.Thread(target=accept))
            threads[0].start()
            # It waits for the planner's lock: what it accepts comes last.
            threads[0].join(0.5)
        upsert(*args, **options)

    if is_reading_first:
        monkeypatch.setattr(plan_writing, "upsert", accept_meanwhile)
    else:
        accept()
    plan_baking(SUNDAY)
    for thread in threads:
        thread.join(10)

    after = line_for(TUESDAY)
    assert (after.quantity, after.accepted_by) == (33, owner)
    assert after.planned_after == SUNDAY
