"""Tests of weekly and monthly reports, which add up their days."""

import datetime
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from cafe_site.accounts.models import User
from cafe_site.orders.refunds import refund_order
from cafe_site.shop.models import SpecialDay
from cafe_site.shop.periods import Period, PeriodKind, period_with
from reports import due
from reports.content.period_report import build_period_report
from reports.delivery import issuing
from reports.due import due_periods
from reports.figures.summary import first_business_day, summarize_day
from reports.messages.payload import csv_of
from reports.models import Delivery, Report
from tests.factories import make_order, utc
from tests.fixtures.shop import SUNDAY, WEEK, Shop
from tests.recording_publisher import RecordingPublisher

DAY = datetime.timedelta(days=1)
MONDAY = SUNDAY - 6 * DAY
WEEK_TO_SUNDAY = period_with(SUNDAY, PeriodKind.WEEKLY)
NOVEMBER = period_with(SUNDAY, PeriodKind.MONTHLY)
# Sunday ends at 23:00 UTC; the grace period is half an hour.
SUNDAY_CLOSED = utc(2026, 11, 22, 23, 30)
NOVEMBER_CLOSED = utc(2026, 11, 30, 23, 30)
GOLDEN = Path(__file__).resolve().parents[2] / "golden"


def sell_a_week(shop: Shop) -> None:
    shop.sell_an_ordinary_sunday()
    make_order(shop.at(SUNDAY - DAY, 10), {shop.tart: 4, shop.coffee: 2})
    make_order(shop.at(SUNDAY - 4 * DAY, 8, 30), {shop.coffee: 3})


def assert_golden(name: str, report: Report) -> None:
    text = f"Subject: {report.subject}\n\n{report.text}"
    assert text == (GOLDEN / f"{name}.txt").read_text()
    wide = [line for line in report.text.splitlines() if len(line) > 40 and "http" not in line]
    assert wide == []


def test_an_ordinary_week(shop: Shop) -> None:
    shop.sell_the_sundays_before()
    make_order(shop.at(SUNDAY - 4 * WEEK - 6 * DAY, 9), {shop.coffee: 1})
    sell_a_week(shop)
    SpecialDay.objects.create(day=SUNDAY - 3 * DAY)

    assert_golden("week", issuing.issue_period_report(WEEK_TO_SUNDAY))


def test_a_month_in_which_the_shop_began(shop: Shop) -> None:
    sell_a_week(shop)

    assert_golden("first_month", issuing.issue_period_report(NOVEMBER))


def test_a_week_without_orders_says_so(shop: Shop) -> None:
    make_order(shop.at(SUNDAY - 2 * WEEK, 9), {shop.coffee: 1})

    report = issuing.issue_period_report(WEEK_TO_SUNDAY)

    assert report.subject == "Cafe Linde, week to 22 Nov 2026: no orders"
    assert "There were no orders. Open on 6 of 7 days." in " ".join(report.text.split())


def test_a_periods_figures_are_the_sums_of_its_days(shop: Shop) -> None:
    sell_a_week(shop)
    make_order(shop.at(MONDAY - DAY, 9), {shop.coffee: 50})
    make_order(shop.at(SUNDAY + DAY, 0), {shop.coffee: 50})

    summary = build_period_report(WEEK_TO_SUNDAY).summary

    days = [summarize_day(day) for day in WEEK_TO_SUNDAY.days]
    assert [day.totals for day in summary.days] == [day.totals for day in days]
    for name in ("gross_amount", "refund_amount", "net_amount", "tax_amount", "orders", "items"):
        assert getattr(summary.totals, name) == sum(getattr(day.totals, name) for day in days)
    for rows in ("products", "categories", "hours"):
        net = sum((row.net_amount for row in getattr(summary, rows)), Decimal(0))
        assert net == summary.totals.net_amount
    assert summary.cancelled.orders == sum(day.cancelled.orders for day in days)
    assert summary.totals.average_order_amount == Decimal("11.29")


def test_a_month_with_a_day_of_25_hours_holds_each_of_its_orders_once(shop: Shop) -> None:
    october = period_with(datetime.date(2026, 10, 1), PeriodKind.MONTHLY)
    first, last = shop.at(october.first, 0), shop.at(october.last + DAY, 0)
    for instant in (first, last - datetime.timedelta(seconds=1)):
        make_order(instant, {shop.coffee: 1})
    for instant in (first - datetime.timedelta(seconds=1), last):
        make_order(instant, {shop.coffee: 50})

    assert build_period_report(october).summary.totals.items == 2


def test_the_queries_do_not_grow_with_the_orders(shop: Shop, django_assert_num_queries) -> None:
    shop.sell_the_sundays_before()
    for _ in range(20):
        sell_a_week(shop)

    # Two savepoint statements, then: first day, totals (2), opening (3), products, hours,
    # unsold; the totals of the week before (2) and of the weeks before it (2).
    with django_assert_num_queries(15):
        build_period_report(WEEK_TO_SUNDAY)


def test_nothing_is_due_before_the_first_order(opening_hours: None) -> None:
    assert due_periods(SUNDAY_CLOSED, first_business_day()) == []


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (SUNDAY_CLOSED - datetime.timedelta(minutes=1), []),
        (SUNDAY_CLOSED, [WEEK_TO_SUNDAY]),
        (NOVEMBER_CLOSED - datetime.timedelta(minutes=1), ["2026-11-22", "2026-11-29"]),
        (NOVEMBER_CLOSED, ["2026-11-22", "2026-11-29", "2026-11-30"]),
    ],
)
def test_a_period_is_due_when_its_last_day_has_closed(
    shop: Shop, now: datetime.datetime, expected: list[Period | str]
) -> None:
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 1})

    due = due_periods(now, first_business_day())

    assert [str(period.last) for period in due] == [
        str(period.last) if isinstance(period, Period) else period for period in expected
    ]


def test_a_period_that_ended_before_the_shop_began_is_not_missed(shop: Shop) -> None:
    make_order(shop.at(SUNDAY + DAY, 9), {shop.coffee: 1})

    assert due_periods(NOVEMBER_CLOSED - 2 * DAY, first_business_day()) == []


def test_a_week_is_published_once_by_the_path_of_the_daily_report(shop: Shop) -> None:
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 1})
    publisher = RecordingPublisher()

    results = [due.run_due_reports(now=SUNDAY_CLOSED, publisher=publisher) for _ in range(2)]

    assert [result.published for result in results] == [
        ["daily 2026-11-22", "weekly 2026-11-22"],
        [],
    ]
    daily, weekly = publisher.publications
    assert (daily.attributes["kind"], weekly.attributes["kind"]) == ("daily", "weekly")
    assert weekly.attributes["business_day"] == "2026-11-22"
    report = Report.objects.get(kind=Report.Kind.WEEKLY)
    assert report.sha256 == issuing.fingerprint_of(weekly.message)
    assert report.deliveries.get().state == Delivery.State.PUBLISHED


def test_after_an_outage_two_weeks_and_a_month_come_late(shop: Shop) -> None:
    make_order(shop.at(SUNDAY - 12 * WEEK, 9), {shop.coffee: 1})
    publisher = RecordingPublisher()

    due.run_due_reports(now=SUNDAY_CLOSED, publisher=publisher)

    told = [
        (item.attributes["kind"], item.attributes["business_day"])
        for item in publisher.publications
    ]
    assert told == [
        ("monthly", "2026-10-31"),
        ("weekly", "2026-11-15"),
        ("digest", "2026-11-22"),
        ("weekly", "2026-11-22"),
    ]


def test_the_database_keeps_one_report_per_period(shop: Shop) -> None:
    report = issuing.issue_period_report(WEEK_TO_SUNDAY)

    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(business_day=SUNDAY, kind=Report.Kind.WEEKLY, revision=1)
    assert issuing.issue_period_report(WEEK_TO_SUNDAY) == report
    assert Delivery.objects.count() == 1


def test_an_owner_reads_a_week_beside_its_figures_now(
    shop: Shop, owner: User, sign_in: Callable[[User], Client]
) -> None:
    sell_a_week(shop)
    report = issuing.issue_period_report(WEEK_TO_SUNDAY)
    office = sign_in(owner)
    before = office.get(f"/dashboard/reports/{report.pk}/").content.decode()
    order = make_order(shop.at(SUNDAY, 17), {shop.coffee: 1})
    refund_order(order.pk, Decimal("1.00"), reason="Cold", by=None, now=order.pickup_at)

    after = office.get(f"/dashboard/reports/{report.pk}/").content.decode()
    history = office.get("/dashboard/reports/").content.decode()
    csv = office.get(f"/dashboard/reports/{report.pk}/report.csv").content.decode()

    assert "Week to Sunday 22 November 2026" in before
    assert "Nothing has changed" in before
    assert "Some figures have changed" in after
    assert "Week to Sun 22 Nov</a>" in history
    assert csv == csv_of(report.payload)
    totals = json.loads(report.payload)["totals"]
    assert f"total,Net sales,,{totals['net_amount']}\r\n" in csv
    assert "day,2026-11-18,1," in csv


def test_a_week_by_hand(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 1})

    call_command("summarize", "2026-11-20", "--kind", "weekly")
    shown = capsys.readouterr().out
    call_command("send_report", "--day", "2026-11-20", "--kind", "weekly", "--dry-run")
    dry_run = capsys.readouterr().out

    assert shown.startswith("Café Linde\nWeek of Monday 16 November\nto Sunday 22 November 2026\n")
    assert dry_run == f"Subject: Cafe Linde, week to 22 Nov 2026: EUR 2.44 net, 1 order\n\n{shown}"
    assert not Report.objects.exists()


def test_a_week_that_is_not_over_cannot_be_sent(shop: Shop) -> None:
    with pytest.raises(CommandError, match="is not over yet"):
        call_command("send_report", "--day", "2099-11-20", "--kind", "weekly")
