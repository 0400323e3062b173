import datetime
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from cafe_site.orders.models import NOT_COUNTED, Order, Status
from cafe_site.orders.refunds import refund_order
from cafe_site.shop.models import OpeningHours, SpecialDay
from cafe_site.shop.opening import shop_currency
from reports.content.daily import build_report
from reports.figures.sales import (
    AheadProduct,
    CategorySales,
    DailySummary,
    HourSales,
    OrderedAhead,
    ProductSales,
    SalesTotals,
    Unsold,
)
from reports.figures.summary import summarize_day, totals_of_days
from tests.factories import ProductFactory, make_order, utc
from tests.fixtures.shop import SUNDAY, Shop

NOTHING = DailySummary(
    day=SUNDAY,
    start=utc(2026, 11, 21, 23),
    end=utc(2026, 11, 22, 23),
    currency=shop_currency(),
    is_closed=True,
    sentence="",
    totals=SalesTotals(),
    categories=(),
    products=(),
    hours=(),
    cancelled=Unsold(),
    not_collected=Unsold(),
    kept_amount=Decimal(0),
    ordered_ahead=None,
)


@pytest.mark.django_db
def test_a_shop_without_anything_has_a_summary_of_zeros() -> None:
    assert summarize_day(SUNDAY) == NOTHING


def test_an_ordinary_day(shop: Shop) -> None:
    shop.sell_an_ordinary_sunday()
    tuesday = SUNDAY + datetime.timedelta(days=2)
    make_order(shop.at(tuesday, 9), {shop.coffee: 3}, placed_at=shop.at(SUNDAY, 12))

    assert summarize_day(SUNDAY) == DailySummary(
        day=SUNDAY,
        start=utc(2026, 11, 21, 23),
        end=utc(2026, 11, 22, 23),
        currency=shop_currency(),
        is_closed=False,
        sentence="",
        totals=SalesTotals(
            gross_amount=Decimal("41.24"),
            discount_amount=Decimal("0.00"),
            refund_amount=Decimal("4.76"),
            net_amount=Decimal("36.48"),
            tax_amount=Decimal("3.42"),
            orders=4,
            items=11,
            average_order_amount=Decimal("9.12"),
        ),
        categories=(
            CategorySales("Cakes and tarts", 8, Decimal("29.17")),
            CategorySales("Drinks", 3, Decimal("7.31")),
        ),
        products=(
            ProductSales(shop.cheesecake.pk, "Cheesecake", "Cakes and tarts", 5, Decimal("19.63")),
            ProductSales(shop.tart.pk, shop.tart.name, "Cakes and tarts", 3, Decimal("9.54")),
            ProductSales(shop.coffee.pk, "Coffee", "Drinks", 3, Decimal("7.31")),
        ),
        hours=(
            HourSales(9, 2, Decimal("19.93")),
            HourSales(15, 1, Decimal("11.78")),
            HourSales(16, 1, Decimal("4.77")),
        ),
        cancelled=Unsold(1, Decimal("31.40")),
        not_collected=Unsold(1, Decimal("11.78")),
        kept_amount=Decimal(0),
        ordered_ahead=OrderedAhead(tuesday, 1, 3, (AheadProduct("Coffee", 3),)),
    )


def test_order_at_local_midnight_counts_once(shop: Shop) -> None:
    make_order(shop.at(SUNDAY, 0), {shop.coffee: 1})

    days = [SUNDAY - datetime.timedelta(days=1), SUNDAY]

    assert [summarize_day(day).totals.orders for day in days] == [0, 1]


def test_a_sale_belongs_to_the_day_of_its_pickup(shop: Shop) -> None:
    saturday = SUNDAY - datetime.timedelta(days=1)
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 2}, placed_at=shop.at(saturday, 18))

    before, day = summarize_day(saturday), summarize_day(SUNDAY)

    assert (before.totals.items, day.totals.items) == (0, 2)
    assert before.ordered_ahead == OrderedAhead(SUNDAY, 1, 2, (AheadProduct("Coffee", 2),))


def test_ordered_ahead_leaves_out_what_came_later_and_what_was_cancelled(shop: Shop) -> None:
    tuesday = SUNDAY + datetime.timedelta(days=2)
    monday_midnight = shop.at(SUNDAY + datetime.timedelta(days=1), 0)
    make_order(shop.at(tuesday, 9), {shop.coffee: 1}, placed_at=monday_midnight)
    make_order(
        shop.at(tuesday, 9),
        {shop.coffee: 1},
        placed_at=shop.at(SUNDAY, 9),
        status=Status.CANCELLED,
    )

    assert summarize_day(SUNDAY).ordered_ahead == OrderedAhead(tuesday, 0, 0, ())


def test_a_closed_day_says_so(shop: Shop) -> None:
    SpecialDay.objects.create(day=SUNDAY, sentence="Closed for inventory.")

    summary = summarize_day(SUNDAY)

    assert (summary.is_closed, summary.sentence) == (True, "Closed for inventory.")


def test_the_queries_do_not_grow_with_the_orders(shop: Shop, django_assert_num_queries) -> None:
    shop.sell_the_sundays_before()
    for _ in range(20):
        shop.sell_an_ordinary_sunday()

    # Two savepoint statements, then: the hours of it and of the days to come (3), totals (2),
    # products, hours, unsold, ordered ahead (2), first day, opening of the weeks before (3), their
    # totals (2); the plan's day (3), what it promises (2), the plan, the scores and what they
    # saved.
    with django_assert_num_queries(27):
        build_report(SUNDAY)


QUANTITIES = st.lists(st.integers(1, 30), min_size=1, max_size=3)
ORDERS = st.lists(
    st.tuples(
        st.integers(0, 47),
        QUANTITIES,
        st.sampled_from(Status),
        st.one_of(st.none(), st.integers(1, 2000)),
    ),
    max_size=8,
)


class TestAgreement(TestCase):
    """The report against a count made order by order, for any mix of orders and refunds."""

    @classmethod
    def setUpTestData(cls) -> None:
        OpeningHours.objects.create(
            weekday=6, opens_at=datetime.time(8), closes_at=datetime.time(18)
        )
        cls.products = [
            ProductFactory(price_amount=Decimal(price), tax_rate=Decimal(rate))
            for price, rate in (("3.33", "0.07"), ("0.99", "0.19"), ("12.50", "0"))
        ]

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(ORDERS)
    def test_sums_agree_with_the_order_lines(self, drawn) -> None:
        start = utc(2026, 11, 21, 23)
        for half_hours, quantities, status, refund in drawn:
            order = make_order(
                start + datetime.timedelta(minutes=30 * half_hours),
                dict(zip(self.products, quantities, strict=False)),
                status=status,
            )
            if refund and status not in NOT_COUNTED:
                amount = min(Decimal(refund) / 100, order.total_amount)
                refund_order(order.pk, amount, reason="x", by=None, now=start)

        summary = summarize_day(SUNDAY)

        sold = list(
            Order.objects.filter(business_day=SUNDAY)
            .exclude(status__in=NOT_COUNTED)
            .prefetch_related("lines")
        )
        lines = [line for order in sold for line in order.lines.all()]
        net = sum((line.net_amount for line in lines), Decimal(0))
        quantities = Counter()
        for line in lines:
            quantities[line.product_id] += line.quantity
        totals = summary.totals
        assert totals == SalesTotals(
            gross_amount=sum((line.gross_amount for line in lines), Decimal(0)),
            discount_amount=Decimal(0),
            refund_amount=sum((line.refund_amount for line in lines), Decimal(0)),
            net_amount=net,
            tax_amount=sum((line.tax_amount for line in lines), Decimal(0)),
            orders=len(sold),
            items=sum(quantities.values()),
            average_order_amount=shop_currency().round(net / len(sold)) if sold else None,
        )
        assert totals.net_amount == (
            totals.gross_amount - totals.discount_amount - totals.refund_amount
        )
        assert {row.product_id: row.quantity for row in summary.products} == quantities
        for rows in (summary.products, summary.categories, summary.hours):
            assert sum((row.net_amount for row in rows), Decimal(0)) == net


def test_totals_of_several_days_are_those_of_each(shop: Shop) -> None:
    shop.sell_the_sundays_before()
    days = [SUNDAY - datetime.timedelta(days=7 * weeks) for weeks in range(5)]

    together = totals_of_days(days)

    assert together == {day: summarize_day(day).totals for day in days}


def test_hours_come_in_the_order_of_a_day_that_starts_at_four(shop: Shop, settings: Any) -> None:
    settings.SHOP_DAY_STARTS_AT = datetime.time(4)
    monday = SUNDAY + datetime.timedelta(days=1)
    for day, hour in ((monday, 1), (SUNDAY, 5), (monday, 3), (SUNDAY, 23), (SUNDAY, 4)):
        make_order(shop.at(day, hour), {shop.cheesecake: 1})

    summary = summarize_day(SUNDAY)

    net = Decimal("3.93")
    assert summary.hours == tuple(HourSales(hour, 1, net) for hour in (4, 5, 23, 1, 3))
