"""Tests that the workbook of a period agrees with the reports of its days."""

import datetime
import io
from decimal import Decimal
from typing import Any

from cafe_site.menu.models import Product
from cafe_site.shop.business_day import DAY
from cafe_site.shop.periods import PeriodKind, period_with
from reports.figures.comparison import TOTALS
from reports.figures.summary import summarize_period
from reports.offloaded.sales_workbook import finish_sales, write_sales
from tests.factories import make_order
from tests.fixtures.exports import FIRST
from tests.fixtures.shop import SUNDAY, Shop
from tests.tables.test_workbooks import rows_in


def workbook_of(first: datetime.date, last: datetime.date, *, days_at_once: int = 28) -> bytes:
    days = [first + DAY * offset for offset in range((last - first).days + 1)]
    part, whole = io.BytesIO(), io.BytesIO()
    for start in range(0, len(days), days_at_once):
        write_sales(days[start : start + days_at_once], part)
    part.seek(0)
    finish_sales(iter([part]), whole)
    return whole.getvalue()


def test_its_totals_are_those_of_the_weeks_report(weeks: Shop) -> None:
    week = period_with(SUNDAY, PeriodKind.WEEKLY)

    totals, days, hours, products = rows_in(workbook_of(week.first, week.last))

    report = summarize_period(week)
    assert totals[0] == ["Figure", "Count", "Amount in EUR"]
    said = {row[0]: next(cell for cell in row[1:] if cell is not None) for row in totals[1:]}
    assert {label: Decimal(said[label]) for label in TOTALS.values()} == {
        label: getattr(report.totals, name) for name, label in TOTALS.items()
    }
    assert totals[-2:] == [["Cancelled", "1", "31.40"], ["Not collected", "1", "11.78"]]
    assert [row[0] for row in hours] == ["Hour", *(f"{hour.hour:02}:00" for hour in report.hours)]
    assert [(row[0], int(row[2]), Decimal(row[3])) for row in products[1:]] == [
        (product.name, product.quantity, product.net_amount)
        for product in sorted(report.products, key=lambda product: -product.net_amount)
    ]
    assert abs(sum(Decimal(row[4]) for row in products[1:]) - 1) < Decimal("1e-9")
    assert len(days) == 1 + 7


def test_a_day_is_a_row_and_a_closed_one_says_so(weeks: Shop) -> None:
    _totals, days, _hours, _products = rows_in(workbook_of(SUNDAY - 6 * DAY, SUNDAY))

    # Monday is closed; its average is of no orders, and so it is none.
    assert days[1][1:] == ["closed", *["0.00"] * 5, "0", "0", None]
    assert days[7][1] is None


def test_however_many_days_are_counted_at_once_it_is_the_same(weeks: Shop) -> None:
    assert workbook_of(FIRST, SUNDAY, days_at_once=1) == workbook_of(FIRST, SUNDAY)


def test_an_empty_period_has_its_days_and_no_product(shop: Shop) -> None:
    totals, days, hours, products = rows_in(workbook_of(SUNDAY, SUNDAY))

    assert [row[1:] for row in totals[1:]] == [
        *[[None, "0.00"]] * 5,
        *[["0", None]] * 2,
        [None, None],
        *[["0", "0.00"]] * 2,
    ]
    assert (len(days), len(hours), len(products)) == (2, 1, 1)


def test_a_product_that_is_renamed_meanwhile_is_still_one(shop: Shop) -> None:
    for day in (SUNDAY - DAY, SUNDAY):
        make_order(shop.at(day, 9), {shop.coffee: 1})
    part, whole = io.BytesIO(), io.BytesIO()
    write_sales([SUNDAY - DAY], part)
    Product.objects.filter(pk=shop.coffee.pk).update(name="Filter coffee")
    write_sales([SUNDAY], part)
    part.seek(0)

    finish_sales(iter([part]), whole)

    products = rows_in(whole.getvalue())[3]
    assert [(row[0], row[2]) for row in products[1:]] == [("Filter coffee", "2")]


def test_it_is_written_in_the_reports_language(weeks: Shop, settings: Any) -> None:
    settings.REPORT_LANGUAGE = "zh-hans"

    totals = rows_in(workbook_of(SUNDAY, SUNDAY))[0]

    assert "销售净额" in [row[0] for row in totals]
