"""Tests of rollups: they agree with the orders, outdated ones are found, rebuilding is stable."""

import datetime
import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Model, Sum
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from cafe_site.orders.models import Order, Status
from cafe_site.orders.refunds import refund_order
from cafe_site.shop.business_day import DAY
from cafe_site.shop.periods import DayRange, PeriodKind, period_with
from reports import due
from reports.figures.summary import summarize_day, summarize_period
from reports.models import (
    CustomerRollup,
    DayRollup,
    HourRollup,
    LeadTimeRollup,
    PairRollup,
    ProductRollup,
)
from reports.patterns.rollups import (
    MOST_DAYS_A_RUN,
    PARTS,
    customer_key,
    mark_first_days,
    rebuild_days,
    refresh_rollups,
)
from tests.factories import cancel, make_order, utc
from tests.fixtures.shop import SATURDAY, SUNDAY, WEEK, Shop

WEEK_OF_SUNDAY = period_with(SUNDAY, PeriodKind.WEEKLY)


def rows_of(model: type[Model]) -> list[dict[str, Any]]:
    """Return a table but for the numbers of its rows and the moment of counting."""
    rows = [
        {name: value for name, value in row.items() if name != "counted_at"}
        for row in model._default_manager.values()
    ]
    return sorted(rows, key=str)


def everything() -> dict[str, list[dict[str, Any]]]:
    return {model.__name__: rows_of(model) for model in (DayRollup, *PARTS)}


def test_the_rollups_of_a_week_add_up_to_its_summary(shop: Shop) -> None:
    shop.sell_an_ordinary_sunday()
    shop.sell_an_ordinary_sunday(SATURDAY)

    rebuild_days(WEEK_OF_SUNDAY.days)

    summary = summarize_period(WEEK_OF_SUNDAY)
    totals = DayRollup.objects.aggregate(
        **{f"{name}_sum": Sum(name) for name in ("orders", "items", "net_amount", "tax_amount")}
    )
    assert DayRollup.objects.count() == 7
    assert (
        totals["orders_sum"],
        totals["items_sum"],
        totals["net_amount_sum"],
        totals["tax_amount_sum"],
    ) == (
        summary.totals.orders,
        summary.totals.items,
        summary.totals.net_amount,
        summary.totals.tax_amount,
    )
    hours = HourRollup.objects.values_list("hour").annotate(Sum("orders"), Sum("net_amount"))
    assert set(hours) == {(hour.hour, hour.orders, hour.net_amount) for hour in summary.hours}
    products = ProductRollup.objects.values_list("product").annotate(
        Sum("quantity"), Sum("net_amount")
    )
    assert set(products) == {
        (product.product_id, product.quantity, product.net_amount) for product in summary.products
    }


def test_products_in_one_order_are_a_pair_once(shop: Shop) -> None:
    make_order(shop.at(SUNDAY, 9), {shop.cheesecake: 5, shop.coffee: 2})
    make_order(shop.at(SUNDAY, 10), {shop.coffee: 1, shop.cheesecake: 1, shop.tart: 1})
    make_order(shop.at(SUNDAY, 11), {shop.coffee: 1, shop.tart: 1}, status=Status.CANCELLED)

    rebuild_days([SUNDAY])

    pairs = set(PairRollup.objects.values_list("first", "second", "orders"))
    assert pairs == {
        (shop.cheesecake.pk, shop.coffee.pk, 2),
        (shop.cheesecake.pk, shop.tart.pk, 1),
        (shop.tart.pk, shop.coffee.pk, 1),
    }
    assert set(ProductRollup.objects.values_list("product", "orders")) == {
        (shop.cheesecake.pk, 2),
        (shop.coffee.pk, 2),
        (shop.tart.pk, 1),
    }


def test_lead_times_are_those_of_the_web_site(shop: Shop) -> None:
    noon = shop.at(SUNDAY, 12)
    for before in (datetime.timedelta(minutes=59), datetime.timedelta(hours=1), DAY, DAY * 9):
        make_order(noon, {shop.coffee: 1}, placed_at=noon - before)
    make_order(noon, {shop.coffee: 1}, placed_at=noon, channel=Order.Channel.TILL, receipt="7")

    rebuild_days([SUNDAY])

    steps = LeadTimeRollup.objects.order_by("step").values_list("step", "orders")
    assert list(steps) == [(0, 1), (1, 1), (4, 1), (6, 1)]


def test_a_customer_is_new_on_the_first_day_whatever_is_counted_first(shop: Shop) -> None:
    for day in (SUNDAY - WEEK, SUNDAY):
        make_order(shop.at(day, 9), {shop.coffee: 1}, customer_email="Ada@Example.com")
        make_order(shop.at(day, 9), {shop.coffee: 1}, customer_email="")
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 2}, customer_email="ada@example.com ")

    rebuild_days([SUNDAY])
    rebuild_days([SUNDAY - WEEK])

    rows = CustomerRollup.objects.order_by("business_day")
    key = customer_key("ada@example.com")
    assert list(rows.values_list("business_day", "customer_key", "is_first", "orders")) == [
        (SUNDAY - WEEK, key, True, 1),
        (SUNDAY, key, False, 2),
    ]


def test_a_customer_whose_first_order_is_cancelled_is_new_later(shop: Shop) -> None:
    first = make_order(shop.at(SATURDAY, 9), {shop.coffee: 1})
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 1})
    rebuild_days([SATURDAY, SUNDAY])
    Order.objects.filter(pk=first.pk).update(status=Status.READY)

    cancel(first.pk, now=shop.at(SUNDAY, 20))
    rebuild_days([SATURDAY])

    assert list(CustomerRollup.objects.values_list("business_day", "is_first")) == [(SUNDAY, True)]


def test_rebuilt_rollups_are_the_same(shop: Shop) -> None:
    shop.sell_the_sundays_before()
    shop.sell_an_ordinary_sunday()
    days = DayRange(SUNDAY - 3 * WEEK, SUNDAY).days
    rebuild_days(days)
    before = everything()

    rebuild_days(reversed(days))
    with travel("2026-11-23T12:00:00Z", tick=False):
        call_command("rebuild_rollups", stdout=io.StringIO())

    assert before["DayRollup"]
    assert everything() == before


def test_a_day_that_changes_is_counted_again(shop: Shop) -> None:
    order = make_order(shop.at(SATURDAY, 9), {shop.cheesecake: 2})
    make_order(shop.at(SUNDAY, 9), {shop.cheesecake: 2})
    assert refresh_rollups(SUNDAY) == [SUNDAY, SATURDAY]
    assert refresh_rollups(SUNDAY) == []

    refund_order(order.pk, Decimal("1.00"), reason="Cold", by=None, now=shop.at(SUNDAY, 20))

    assert refresh_rollups(SUNDAY) == [SATURDAY]
    rollup = DayRollup.objects.get(business_day=SATURDAY)
    assert rollup.net_amount == summarize_day(SATURDAY).totals.net_amount
    assert refresh_rollups(SUNDAY) == []


def test_an_old_day_that_changes_is_found_with_the_next_new_day(shop: Shop) -> None:
    old = SUNDAY - 20 * DAY
    make_order(shop.at(old, 9), {shop.cheesecake: 2})
    make_order(shop.at(SATURDAY, 9), {shop.cheesecake: 2})
    refresh_rollups(SATURDAY)
    make_order(shop.at(old, 10), {shop.coffee: 2})

    assert refresh_rollups(SATURDAY) == []
    assert refresh_rollups(SUNDAY) == [SUNDAY, old]


def test_a_first_day_that_loses_its_orders_is_counted_again(shop: Shop) -> None:
    first = make_order(shop.at(SATURDAY, 9), {shop.coffee: 1}, status=Status.READY)
    last = make_order(shop.at(SUNDAY, 9), {shop.coffee: 1}, status=Status.READY)
    refresh_rollups(SUNDAY)

    cancel(first.pk, now=shop.at(SUNDAY, 20))
    assert refresh_rollups(SUNDAY) == [SATURDAY]
    cancel(last.pk, now=shop.at(SUNDAY, 21))
    assert refresh_rollups(SUNDAY) == [SUNDAY]

    assert set(DayRollup.objects.values_list("orders", "net_amount")) == {(0, 0)}
    assert [model.__name__ for model in PARTS if model._default_manager.exists()] == []


def test_a_long_history_is_counted_in_several_runs(shop: Shop) -> None:
    make_order(shop.at(SUNDAY - DAY * 99, 9), {shop.cheesecake: 2})

    runs = [len(refresh_rollups(SUNDAY)) for _ in range(3)]

    assert runs == [MOST_DAYS_A_RUN, 100 - MOST_DAYS_A_RUN, 0]


def test_nothing_is_counted_before_the_first_order(shop: Shop) -> None:
    assert refresh_rollups(SUNDAY) == []
    assert DayRollup.objects.count() == 0


def test_a_day_of_25_hours_is_one_day(shop: Shop) -> None:
    day = datetime.date(2026, 10, 25)
    # Half past two comes twice in that night.
    for at in (utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 30), utc(2026, 10, 25, 22, 59)):
        make_order(at, {shop.coffee: 1})

    rebuild_days([day])

    assert DayRollup.objects.get().orders == 3
    assert list(HourRollup.objects.order_by("hour").values_list("hour", "orders")) == [
        (2, 2),
        (23, 1),
    ]


def test_the_schedule_counts_what_closed_after_its_reports(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 1})

    due.run_due_reports(now=utc(2026, 11, 23, 1), publisher=None)

    assert DayRollup.objects.get().business_day == SUNDAY


def test_reports_come_where_counting_fails(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 1})

    def fail(last: datetime.date) -> None:
        raise RuntimeError("The disk is full")

    monkeypatch.setattr(due, "refresh_rollups", fail)

    result = due.run_due_reports(now=utc(2026, 11, 23, 1), publisher=None)

    assert result.waiting == ["daily 2026-11-22", "weekly 2026-11-22"]


def test_the_queries_do_not_grow_with_the_orders(shop: Shop) -> None:
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 1})
    with CaptureQueriesContext(connection) as few:
        rebuild_days([SUNDAY])
    for hour in range(8, 18):
        make_order(shop.at(SUNDAY, hour), {shop.coffee: 1, shop.cheesecake: 2, shop.tart: 1})

    with CaptureQueriesContext(connection) as many:
        rebuild_days([SUNDAY])

    # One more: the first time there were no pairs to write.
    assert len(many) == len(few) + 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--last", "2026-11-23"], "The business day 2026-11-23 is not over"),
        (["--first", "2026-11-22", "--last", "2026-11-21"], "comes after 2026-11-21"),
    ],
)
@travel("2026-11-23T12:00:00Z", tick=False)
def test_the_command_refuses_days_that_cannot_be(
    shop: Shop, arguments: list[str], sentence: str
) -> None:
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 1})

    with pytest.raises(CommandError, match=sentence):
        call_command("rebuild_rollups", *arguments)


@pytest.mark.django_db
def test_the_command_has_nothing_to_count_without_orders() -> None:
    with pytest.raises(CommandError, match="no order yet"):
        call_command("rebuild_rollups")


def test_marks_that_are_wrong_are_put_right_and_the_others_left_alone(
    shop: Shop, django_assert_num_queries: Any
) -> None:
    for day in (SATURDAY, SUNDAY):
        make_order(shop.at(day, 9), {shop.coffee: 1})
        make_order(shop.at(day, 10), {shop.coffee: 1}, customer_email=f"{day}@example.com")
    rebuild_days([SATURDAY, SUNDAY])
    keys = sorted(CustomerRollup.objects.values_list("customer_key", flat=True))
    expected = list(CustomerRollup.objects.order_by("pk").values_list("pk", "is_first"))
    # One customer is new twice, and one never.
    CustomerRollup.objects.filter(customer_key=customer_key("ada@example.com")).update(
        is_first=True
    )
    CustomerRollup.objects.filter(customer_key=customer_key(f"{SUNDAY}@example.com")).update(
        is_first=False
    )

    mark_first_days(keys)
    # What is right is read, and nothing is written.
    with django_assert_num_queries(2):
        mark_first_days(keys)

    assert list(CustomerRollup.objects.order_by("pk").values_list("pk", "is_first")) == expected
