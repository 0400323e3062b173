"""Tests of whole daily messages. To see a change: `git diff tests/golden`."""

import datetime
import json
from pathlib import Path

import pytest

from cafe_site.shop.models import SpecialDay
from reports.content.daily import build_report
from reports.delivery.issuing import issue_report, message_of_day
from reports.messages.daily_message import render_subject
from reports.messages.payload import csv_of
from reports.models import Report
from tests.factories import make_order
from tests.fixtures.shop import SUNDAY, WEEK, Shop

GOLDEN = Path(__file__).resolve().parents[2] / "golden"


def assert_golden(name: str, actual: str) -> None:
    expected = (GOLDEN / name).read_bytes().decode()
    assert actual == expected


def assert_message(name: str, day: datetime.date) -> None:
    report = issue_report(day)
    assert_golden(f"{name}.txt", f"Subject: {report.subject}\n\n{report.text}")


def test_an_ordinary_day(shop: Shop) -> None:
    shop.sell_the_sundays_before()
    shop.sell_an_ordinary_sunday()
    tuesday = SUNDAY + datetime.timedelta(days=2)
    make_order(shop.at(tuesday, 10), {shop.tart: 2, shop.coffee: 1}, placed_at=shop.at(SUNDAY, 20))
    make_order(shop.at(tuesday, 11), {shop.tart: 9}, placed_at=shop.at(tuesday, 8))

    assert_message("ordinary_day", SUNDAY)
    payload = Report.objects.get().payload
    assert_golden(
        "ordinary_day.json", json.dumps(json.loads(payload), ensure_ascii=False, indent=2) + "\n"
    )
    assert_golden("ordinary_day.csv", csv_of(payload))


def test_an_empty_day(shop: Shop) -> None:
    shop.sell_the_sundays_before()

    assert_message("empty_day", SUNDAY)


def test_a_closed_day(shop: Shop) -> None:
    shop.sell_the_sundays_before()
    SpecialDay.objects.create(day=SUNDAY, sentence="Closed for the baker's wedding.")

    assert_message("closed_day", SUNDAY)


def test_a_day_of_25_hours(shop: Shop) -> None:
    day = datetime.date(2026, 10, 25)
    first, last = shop.at(day, 0), shop.at(day + datetime.timedelta(days=1), 0)
    make_order(first, {shop.coffee: 1})
    make_order(first + datetime.timedelta(hours=2, minutes=30), {shop.coffee: 1})
    make_order(first + datetime.timedelta(hours=3, minutes=30), {shop.coffee: 1})
    make_order(last - datetime.timedelta(seconds=1), {shop.coffee: 1})
    make_order(last, {shop.coffee: 50})

    assert_message("day_of_25_hours", day)


@pytest.mark.parametrize("name", ["ordinary_day", "empty_day", "closed_day", "day_of_25_hours"])
def test_no_line_is_wider_than_a_telephone(name: str) -> None:
    lines = (GOLDEN / f"{name}.txt").read_text().splitlines()[1:]

    assert [line for line in lines if len(line) > 40 and not line.startswith("http")] == []
    assert max(map(len, lines)) <= 72


@pytest.mark.parametrize(
    ("shop_name", "expected"),
    [
        ("Café Linde", "Cafe Linde, Sun 22 Nov 2026: no orders"),
        ("린데 카페", "Sun 22 Nov 2026: no orders"),
        ("Bar\r\nBcc: all@example.com", "Bar Bcc: all@example.com, Sun 22 Nov 2026: no orders"),
        ("x" * 200, "x" * 71 + ", Sun 22 Nov 2026: no orders"),
    ],
)
@pytest.mark.usefixtures("opening_hours")
def test_a_subject_is_one_short_line_of_ascii(shop_name: str, expected: str) -> None:
    subject = render_subject(build_report(SUNDAY).summary, shop=shop_name)

    assert subject == expected
    assert len(subject) < 100


def test_no_customer_is_named_anywhere(shop: Shop) -> None:
    order = make_order(
        shop.at(SUNDAY, 9),
        {shop.coffee: 1},
        customer_name="Grace Hopper",
        customer_email="grace@example.com",
        customer_phone="+49 30 1234567",
        note="Ring twice",
    )

    message = message_of_day(SUNDAY)

    everything = message.subject + message.text + message.payload + csv_of(message.payload)
    secrets = ("Grace", "Hopper", "grace@", "1234567", "Ring twice", order.token)
    assert [secret for secret in secrets if secret in everything] == []


def test_a_spreadsheet_does_not_run_a_product_name(shop: Shop) -> None:
    shop.coffee.name = "=HYPERLINK(1)"
    shop.coffee.save()
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 1})

    rows = csv_of(message_of_day(SUNDAY).payload)

    assert "product,'=HYPERLINK(1),1,2.44\r\n" in rows


def test_a_closed_weekday_before_is_no_zero_to_compare_with(shop: Shop) -> None:
    shop.sell_the_sundays_before()
    SpecialDay.objects.create(day=SUNDAY - WEEK)
    shop.sell_an_ordinary_sunday()

    comparison = json.loads(message_of_day(SUNDAY).payload)["comparison"]

    assert comparison["last_week"] is None
    assert comparison["mean"]["business_days"] == ["2026-11-08", "2026-11-01"]
