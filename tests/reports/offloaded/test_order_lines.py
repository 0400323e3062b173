"""Tests of the export of order lines: each line once, no customer data, the reports' sums."""

import csv
import datetime
import io
from decimal import Decimal

import pytest

from cafe_site.menu.models import Product
from cafe_site.orders.models import OrderLine, Status
from cafe_site.shop.business_day import DAY
from cafe_site.shop.periods import PeriodKind, period_with
from reports.figures.summary import summarize_period, totals_of_days
from reports.offloaded.order_lines import COLUMNS, finish_order_lines, write_order_lines
from tests.factories import make_order, utc
from tests.fixtures.exports import FIRST
from tests.fixtures.shop import SUNDAY, Shop

CHANGE_OF_CLOCKS = datetime.date(2026, 10, 25)


def exported(first: datetime.date, last: datetime.date) -> bytes:
    part, whole = io.BytesIO(), io.BytesIO()
    write_order_lines([first + DAY * offset for offset in range((last - first).days + 1)], part)
    part.seek(0)
    finish_order_lines(iter([part]), whole)
    return whole.getvalue()


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_line_of_an_order_is_a_row(shop: Shop) -> None:
    order = make_order(
        utc(2026, 11, 22, 9, 15),
        {shop.cheesecake: 2},
        placed_at=utc(2026, 11, 21, 18, 30),
        customer_name="Olga Petrova",
        customer_email="olga@example.com",
        customer_phone="0170 123",
        note="Ring twice",
    )
    OrderLine.objects.update(options="Large, Oat milk")

    content = exported(SUNDAY, SUNDAY)

    assert rows_of(content) == [
        {
            "business day": "2026-11-22",
            "pickup time": "2026-11-22 10:15:00+01:00",
            "placed time": "2026-11-21 19:30:00+01:00",
            "order": str(order.pk),
            "status": "collected",
            "category": "Cakes and tarts",
            "product": "Cheesecake",
            "options": "Large, Oat milk",
            "quantity": "2",
            "gross sales": "7.85",
            "discount": "0.00",
            "refund": "0.00",
            "net sales": "7.85",
            "tax": "0.55",
            "currency": "EUR",
        }
    ]
    # Excel reads it as what it is, and no customer is in it.
    assert content.startswith(b"\xef\xbb\xbfbusiness day,")
    for private in (b"Olga", b"olga@", b"0170", b"Ring"):
        assert private not in content


def test_an_empty_period_has_its_header_alone(shop: Shop) -> None:
    assert exported(SUNDAY, SUNDAY) == b"\xef\xbb\xbf" + ",".join(COLUMNS).encode() + b"\r\n"


def test_the_sums_are_those_of_the_reports(weeks: Shop) -> None:
    rows = rows_of(exported(FIRST, SUNDAY))

    totals = totals_of_days([FIRST + DAY * offset for offset in range(22)])
    for column, name in {
        "gross sales": "gross_amount",
        "discount": "discount_amount",
        "refund": "refund_amount",
        "net sales": "net_amount",
        "tax": "tax_amount",
        "quantity": "items",
    }.items():
        assert sum(Decimal(row[column]) for row in rows) == sum(
            getattr(day, name) for day in totals.values()
        )
    assert len({row["order"] for row in rows}) == sum(day.orders for day in totals.values())


def test_a_weeks_sums_are_those_of_its_report(weeks: Shop) -> None:
    week = period_with(SUNDAY, PeriodKind.WEEKLY)

    rows = rows_of(exported(week.first, week.last))

    report = summarize_period(week)
    assert sum(Decimal(row["net sales"]) for row in rows) == report.totals.net_amount
    assert {row["status"] for row in rows} == {"collected", "not_collected"}


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.UNPAID])
def test_what_is_no_sale_is_left_out(status: Status, shop: Shop) -> None:
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 1}, status=status)

    assert rows_of(exported(SUNDAY, SUNDAY)) == []


def test_the_hour_that_comes_twice_is_told_apart(shop: Shop) -> None:
    # Half past two, before and after the clocks were put back.
    for hour in (0, 1):
        make_order(utc(2026, 10, 25, hour, 30), {shop.coffee: 1})
    # The last minute of a day of 25 hours.
    make_order(utc(2026, 10, 25, 22, 59), {shop.coffee: 1})
    make_order(utc(2026, 10, 25, 23), {shop.coffee: 1})

    rows = rows_of(exported(CHANGE_OF_CLOCKS, CHANGE_OF_CLOCKS))

    assert [row["pickup time"] for row in rows] == [
        "2026-10-25 02:30:00+02:00",
        "2026-10-25 02:30:00+01:00",
        "2026-10-25 23:59:00+01:00",
    ]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@A1", "\t=1"])
def test_no_cell_is_run_as_a_formula(name: str, shop: Shop) -> None:
    Product.objects.filter(pk=shop.coffee.pk).update(name=name)
    shop.coffee.refresh_from_db()
    shop.coffee.category.name = name
    shop.coffee.category.save()
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 1})
    OrderLine.objects.update(options=name)

    [row] = rows_of(exported(SUNDAY, SUNDAY))

    assert (row["product"], row["category"], row["options"]) == (f"'{name}",) * 3
