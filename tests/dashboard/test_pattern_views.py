"""Tests of the pattern pages and their files; every figure equals that of the reports."""

import csv
import io
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from time_machine import travel

from cafe_site.dashboard.patterns.pages import PAGES
from cafe_site.menu.models import Product
from cafe_site.shop.business_day import DAY
from cafe_site.shop.models import SpecialDay
from cafe_site.shop.periods import DayRange, PeriodKind, period_with
from reports.figures.summary import summarize_day, summarize_period
from reports.models import BakeScore, DayRollup
from reports.patterns.rollups import rebuild_days
from reports.patterns.totals import open_days_in, totals_of_range
from tests.factories import ProductFactory, make_order
from tests.fixtures.shop import SATURDAY, SUNDAY, WEEK, Shop

SLUGS = [slug for page in PAGES for slug in page.figures]
LAST_WEEK = {"period": "7"}


@pytest.fixture(autouse=True)
def monday_noon():
    with travel("2026-11-23T12:00:00Z", tick=False):
        yield


@pytest.fixture
def sold(shop: Shop) -> Shop:
    shop.sell_the_sundays_before()
    shop.sell_an_ordinary_sunday()
    shop.sell_an_ordinary_sunday(SATURDAY)
    rebuild_days(DayRange(SUNDAY - 4 * WEEK, SUNDAY).days)
    return shop


def rows_of(office: Client, slug: str, **query: str) -> list[dict[str, str]]:
    answer = office.get(f"/dashboard/patterns/{slug}.csv", query or LAST_WEEK)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def figure_of(office: Client, page: str, slug: str, **query: str) -> Any:
    answer = office.get(f"/dashboard/patterns/{page}/", query or LAST_WEEK)
    return next(figure for figure in answer.context["figures"] if figure.slug == slug)


@pytest.mark.parametrize("page", [page.name for page in PAGES])
def test_each_page_takes_few_queries_whatever_the_sales(
    page: str, office: Client, sold: Shop, django_assert_num_queries
) -> None:
    for minute in range(20):
        make_order(sold.at(SUNDAY - DAY * 3, 9, minute), {sold.coffee: 1, sold.tart: 1})
    rebuild_days([SUNDAY - DAY * 3])

    # Session, user and groups; a savepoint; the first order, and how many days are counted: of the
    # period, and twice of what is beside it, where days are missing.
    own = {"times": 11, "products": 9, "baking": 5, "customers": 5, "comparison": 9}[page]
    with django_assert_num_queries(7 + own):
        answer = office.get(f"/dashboard/patterns/{page}/")

    assert answer.status_code == 200


@pytest.mark.parametrize("page", [page.name for page in PAGES])
def test_a_page_without_any_order_says_what_to_do(
    page: str, office: Client, opening_hours: None
) -> None:
    answer = office.get(f"/dashboard/patterns/{page}/")

    for figure in answer.context["figures"]:
        if not figure.table.rows:
            assert figure.empty in answer.content.decode()
            assert figure.empty.count(".") >= 2, figure.empty


def test_hours_add_up_to_the_weeks_report(office: Client, sold: Shop) -> None:
    summary = summarize_period(period_with(SUNDAY, PeriodKind.WEEKLY))

    rows = rows_of(office, "hours")

    assert sum(int(row["Orders"]) for row in rows) == summary.totals.orders
    assert sum(Decimal(row["Net sales"]) for row in rows) == summary.totals.net_amount
    by_hour: dict[str, Decimal] = {}
    for row in rows:
        hour = row["Hour"][:2]
        by_hour[hour] = by_hour.get(hour, Decimal(0)) + Decimal(row["Net sales"])
    assert by_hour == {f"{hour.hour:02}": hour.net_amount for hour in summary.hours}


@pytest.mark.parametrize("slug", ["mix", "ranking"])
def test_products_are_those_of_the_weeks_report(slug: str, office: Client, sold: Shop) -> None:
    summary = summarize_period(period_with(SUNDAY, PeriodKind.WEEKLY))

    rows = rows_of(office, slug)

    assert {(row["Product"], int(row["Quantity"]), Decimal(row["Net sales"])) for row in rows} == {
        (sale.name, sale.quantity, sale.net_amount) for sale in summary.products
    }


def test_the_trend_has_each_days_net_sales(office: Client, shop: Shop) -> None:
    for back in range(28):
        make_order(shop.at(SUNDAY - DAY * back, 9), {shop.coffee: 1 + back})
    rebuild_days(DayRange(SUNDAY - 27 * DAY, SUNDAY).days)

    rows = rows_of(office, "trend", period="28")

    assert [Decimal(row["Net sales"]) for row in rows] == [
        summarize_day(SUNDAY - DAY * back).totals.net_amount for back in range(27, -1, -1)
    ]


def test_customers_add_up_to_all_orders(office: Client, sold: Shop) -> None:
    totals = summarize_period(period_with(SUNDAY, PeriodKind.WEEKLY)).totals

    rows = rows_of(office, "customers")

    assert sum(int(row["Orders"]) for row in rows) == totals.orders
    assert sum(Decimal(row["Net sales"]) for row in rows) == totals.net_amount


def test_the_totals_of_a_range_are_those_of_the_report(sold: Shop) -> None:
    week = period_with(SUNDAY, PeriodKind.WEEKLY)
    days = DayRange(week.first, week.last)

    assert totals_of_range(days) == summarize_period(week).totals
    assert open_days_in(days) == 2
    assert totals_of_range(DayRange(SUNDAY, SUNDAY)) == summarize_day(SUNDAY).totals


def test_amounts_have_the_digits_of_the_currency(office: Client, shop: Shop, settings: Any) -> None:
    settings.SHOP_CURRENCY = "JPY"
    Product.objects.update(price_amount=Decimal(420))
    for back in range(28):
        make_order(shop.at(SUNDAY - DAY * back, 9), {shop.coffee: 1 + back})
    SpecialDay.objects.create(day=SUNDAY)
    rebuild_days(DayRange(SUNDAY - 27 * DAY, SUNDAY).days)

    for slug, column in (
        ("hours", "Net sales"),
        ("trend", "Net sales"),
        ("special-days", "Usual for its weekday"),
        ("mix", "Net sales"),
        ("customers", "Net sales"),
        ("figures", "Average order value"),
    ):
        rows = rows_of(office, slug, period="28")
        assert rows
        assert [row[column] for row in rows if not row[column].isdigit()] in ([], [""]), slug


def test_two_days_side_by_side_say_what_moved(office: Client, sold: Shop) -> None:
    query = {
        "first": str(SUNDAY),
        "last": str(SUNDAY),
        "with_first": str(SUNDAY - WEEK),
        "with_last": str(SUNDAY - WEEK),
    }

    figures = figure_of(office, "comparison", "figures", **query)
    changes = rows_of(office, "changes", **query)

    rows = {row[0].text: [cell.text for cell in row[1:]] for row in figures.table.rows}
    now, before = (summarize_day(day).totals for day in (SUNDAY, SUNDAY - WEEK))
    assert rows["Net sales"][:2] == [f"€{now.net_amount}", f"€{before.net_amount}"]
    assert rows["Orders"] == [str(now.orders), str(before.orders), "+300%"]
    assert sum(Decimal(row["Difference"]) for row in changes) == now.net_amount - before.net_amount
    sizes = [abs(Decimal(row["Difference"])) for row in changes]
    assert all(one >= other for one, other in pairwise(sizes))


def test_periods_of_fewer_open_days_are_compared_by_the_open_day(
    office: Client, sold: Shop
) -> None:
    last_week = {"first": str(SUNDAY - 6 * DAY), "last": str(SUNDAY)}

    figures = figure_of(office, "comparison", "figures", **last_week)

    # Two open days, beside the one Sunday of the week before.
    days, before = (summarize_day(day).totals.net_amount for day in (SUNDAY, SUNDAY - WEEK))
    days = (days + summarize_day(SATURDAY).totals.net_amount) / 2
    by = (days - before) / before
    assert figures.finding == (
        f"Open days: 2, compared with 1. Average net sales of an open day: €{days:.2f}, {by:+.0%}."
    )
    both = last_week | {"with_first": str(SUNDAY - 6 * DAY), "with_last": str(SUNDAY)}
    assert figure_of(office, "comparison", "figures", **both).finding == ""
    # Nothing to divide by: no open day before, or one that brought nothing.
    before_all = last_week | {"with_first": "2020-01-01", "with_last": "2020-01-07"}
    assert figure_of(office, "comparison", "figures", **before_all).finding == ""
    DayRollup.objects.filter(business_day=SUNDAY - WEEK).update(net_amount=0)
    assert figure_of(office, "comparison", "figures", **last_week).finding == ""


@pytest.mark.parametrize("slug", SLUGS)
def test_every_figure_is_a_csv_and_a_workbook(slug: str, office: Client, sold: Shop) -> None:
    as_csv = office.get(f"/dashboard/patterns/{slug}.csv", LAST_WEEK)
    as_xlsx = office.get(f"/dashboard/patterns/{slug}.xlsx", LAST_WEEK)

    assert as_csv["Content-Disposition"] == (
        f'attachment; filename="{slug}-2026-11-16-2026-11-22.csv"'
    )
    assert as_xlsx["Content-Disposition"].endswith(f'{slug}-2026-11-16-2026-11-22.xlsx"')
    names = ZipFile(io.BytesIO(as_xlsx.content)).namelist()
    assert "xl/worksheets/sheet1.xml" in names


def test_a_product_that_looks_like_a_formula_is_text_in_the_csv(office: Client, sold: Shop) -> None:
    Product.objects.filter(pk=sold.coffee.pk).update(name="=1+1")

    names = {row["Product"] for row in rows_of(office, "ranking")}

    assert "'=1+1" in names
    assert "=1+1" not in names


def test_the_files_of_a_page_keep_its_period_and_its_choices(office: Client, sold: Shop) -> None:
    answer = office.get(
        "/dashboard/patterns/products/", {"period": "7", "least": "5", "by": "quantity"}
    )

    page = answer.content.decode()
    assert 'href="/dashboard/patterns/ranking.xlsx?period=7&amp;by=quantity&amp;least=5"' in page
    assert "period=28&amp;by=quantity&amp;least=5" in page


@pytest.mark.parametrize("value", ['"><script>', "net&first=2020-01-01", "x" * 99])
def test_what_an_address_holds_is_not_repeated_unread(
    value: str, office: Client, sold: Shop
) -> None:
    answer = office.get("/dashboard/patterns/times/", {"measure": value})

    assert answer.context["query"] == "period=28"
    assert "<script>" not in answer.content.decode()


def test_the_ranking_follows_the_choice(office: Client, sold: Shop) -> None:
    Product.objects.filter(pk=sold.tart.pk).update(unit_cost_amount=None)

    by_quantity = [row["Product"] for row in rows_of(office, "ranking", period="7", by="quantity")]
    by_margin = [row["Product"] for row in rows_of(office, "ranking", period="7", by="margin")]

    assert by_quantity[0] == "Cheesecake"
    assert sold.tart.name in by_quantity
    assert sold.tart.name not in by_margin


def test_what_is_off_sale_is_not_the_worst(office: Client, sold: Shop) -> None:
    gone = ProductFactory(name="Gone", is_on_sale=False)
    make_order(sold.at(SUNDAY - WEEK, 9), {gone: 1})
    rebuild_days([SUNDAY - WEEK])

    figure = figure_of(office, "products", "ranking", period="7")

    assert "Gone" not in [row[0].text for row in figure.table.rows]
    assert figure.finding == ""


def test_without_a_period_before_nothing_has_shifted(office: Client, shop: Shop) -> None:
    shop.sell_an_ordinary_sunday()
    rebuild_days([SUNDAY])

    figure = figure_of(office, "products", "mix", period="7")

    assert {row[-1].text for row in figure.table.rows} == {"-"}
    assert {row[-2].text for row in figure.table.rows} == {"-"}
    assert "+" not in figure.chart
    assert "bar_base" not in figure.chart
    assert figure.key == ()


def test_a_pair_of_mere_chance_is_no_finding(office: Client, shop: Shop) -> None:
    for minute in range(40):
        make_order(shop.at(SUNDAY, 9, minute), {shop.coffee: 1, shop.tart: 1})
    make_order(shop.at(SUNDAY, 10), {shop.cheesecake: 1})
    rebuild_days([SUNDAY])

    figure = figure_of(office, "products", "pairs", period="7")

    # 41 / 40 is a lift of 1.0 as it is written.
    assert len(figure.table.rows) == 1
    assert figure.finding == ""


def test_waste_is_the_cost_of_what_has_one(office: Client, shop: Shop) -> None:
    for product, amount in ((shop.cheesecake, Decimal("2.40")), (shop.tart, None)):
        BakeScore.objects.create(
            business_day=SUNDAY,
            product=product,
            baked=10,
            sold=8,
            left_over=2,
            demand=Decimal(8),
            waste_amount=amount,
            missed_amount=Decimal(0),
        )

    figure = figure_of(office, "baking", "waste", period="7")

    assert figure.finding == "2 items were left over and cost €2.40."


def test_the_fewest_orders_of_a_pair_can_be_chosen(office: Client, sold: Shop) -> None:
    assert rows_of(office, "pairs", period="7", least="5") == []
    for minute in range(5):
        make_order(sold.at(SUNDAY, 12, minute), {sold.cheesecake: 1, sold.tart: 1})
    rebuild_days([SUNDAY])

    (pair,) = rows_of(office, "pairs", period="7", least="5")

    assert {pair["Who buys"], pair["also buys"]} == {sold.tart.name, "Cheesecake"}
    assert pair["Orders"] == "5"


def test_the_heatmap_shows_orders_or_net_sales(office: Client, sold: Shop) -> None:
    orders = figure_of(office, "times", "hours", period="7")
    net = figure_of(office, "times", "hours", period="7", measure="net")

    assert "Sunday 09:00–10:00: 2.0 orders" in orders.chart  # noqa: RUF001
    assert "Sunday 09:00–10:00: €" in net.chart  # noqa: RUF001
    assert orders.finding.startswith("Busiest: Saturday, 09:00–10:00, with 2.0")  # noqa: RUF001


def test_days_that_cannot_be_are_told_and_the_usual_ones_shown(office: Client, sold: Shop) -> None:
    answer = office.get("/dashboard/patterns/times/", {"first": "soon", "last": "2026-11-01"})

    assert [str(message) for message in answer.context["messages"]] == [
        "“soon” is not a day. Write it as 2026-11-22."
    ]
    assert answer.context["chosen"].days.count == 28


def test_days_that_are_not_counted_yet_are_shown(office: Client, sold: Shop) -> None:
    DayRollup.objects.filter(business_day=SUNDAY).delete()

    page = office.get("/dashboard/patterns/times/").content.decode()

    assert "1 day is not counted yet" in page


@pytest.mark.parametrize(
    ("page", "waiting"),
    [("times", 0), ("products", 1), ("baking", 0), ("customers", 2), ("comparison", 1)],
)
def test_the_days_before_are_needed_where_they_are_compared_with(
    page: str, waiting: int, office: Client, sold: Shop
) -> None:
    DayRollup.objects.filter(business_day__in=(SUNDAY - WEEK, SUNDAY - 2 * WEEK)).delete()

    answer = office.get(f"/dashboard/patterns/{page}/", {"period": "7"})

    assert answer.context["waiting"] == waiting


def test_what_the_comparison_is_beside_changes_no_other_page(office: Client, sold: Shop) -> None:
    usual = rows_of(office, "mix", period="7")

    assert rows_of(office, "mix", period="7", **{"with": "year"}) == usual


def test_a_choice_keeps_the_others(office: Client, sold: Shop) -> None:
    answer = office.get("/dashboard/patterns/products/", {"least": "5"})

    page = answer.content.decode()
    assert "?period=28&amp;least=5&amp;by=margin#ranking" in page
    answer = office.get("/dashboard/patterns/products/?least=5&by=net&by=margin")
    assert answer.context["query"] == "period=28&by=margin&least=5"


@pytest.mark.parametrize("path", ["nothing/", "nothing.csv", "hours.pdf"])
def test_what_is_no_pattern_is_not_found(path: str, office: Client) -> None:
    assert office.get(f"/dashboard/patterns/{path}").status_code == 404


def test_a_long_table_is_whole_in_its_files(office: Client, shop: Shop) -> None:
    for back in range(120):
        make_order(shop.at(SUNDAY - DAY * back, 9), {shop.coffee: 1})
    rebuild_days(DayRange(SUNDAY - 119 * DAY, SUNDAY).days)

    trend = figure_of(office, "times", "trend", period="365")

    assert (len(trend.table.rows), trend.table.left_out) == (100, 20)
    assert len(rows_of(office, "trend", period="365")) == 120
