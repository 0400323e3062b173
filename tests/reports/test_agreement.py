"""Tests that e-mail, page, CSV, JSON and order lines agree while orders change."""

import csv
import io
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection, connections, transaction
from django.db.models import Sum
from django.test import Client

from cafe_site.accounts.models import User
from cafe_site.orders.models import OrderLine, Status
from cafe_site.orders.refunds import refund_order
from cafe_site.shop.periods import PeriodKind, period_with
from reports.delivery.issuing import issue_report, message_of_day, message_of_period
from reports.figures.snapshot import snapshot
from reports.messages.message import Message
from reports.messages.payload import csv_of
from tests.factories import cancel, make_order, utc
from tests.fixtures.shop import SUNDAY, Shop

NOW = utc(2026, 11, 22, 18)
WEEK = period_with(SUNDAY, PeriodKind.WEEKLY)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def needs_mariadb() -> None:
    if connection.vendor != "mysql":
        pytest.skip("SQLite lets one writer in at a time, and no reader sees half of its work")


def serve_customers(shop: Shop) -> None:
    """Place orders, refund a part of one, and cancel one: each change in a transaction."""
    with transaction.atomic():
        make_order(shop.at(SUNDAY, 9), {shop.cheesecake: 2, shop.coffee: 1})
        refunded = make_order(shop.at(SUNDAY, 15), {shop.tart: 3, shop.coffee: 2})
    refund_order(refunded.pk, Decimal("1.11"), reason="Cold", by=None, now=NOW)
    with transaction.atomic():
        cancelled = make_order(shop.at(SUNDAY, 16), {shop.coffee: 1}, status=Status.PLACED)
    cancel(cancelled.pk, now=NOW)


@contextmanager
def customers(shop: Shop, count: int = 2) -> Iterator[None]:
    """Keep this number of counters busy until the block ends."""
    closed = threading.Event()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            while not closed.is_set():
                serve_customers(shop)
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    counters = [threading.Thread(target=work) for _ in range(count)]
    for counter in counters:
        counter.start()
    try:
        yield
    finally:
        closed.set()
        for counter in counters:
            counter.join()
    assert failures == []


def totals_in_lines() -> dict[str, str]:
    """Return the sums of the order lines, counted one column at a time."""
    lines = OrderLine.objects.filter(business_day=SUNDAY, counted=True)
    names = ("gross_amount", "discount_amount", "refund_amount", "net_amount", "tax_amount")
    sums = lines.aggregate(**{name: Sum(name) for name in names}, items=Sum("quantity"))
    return {name: str(value if value is not None else "0.00") for name, value in sums.items()}


def totals_in_csv(text: str) -> dict[str, str]:
    rows = csv.DictReader(io.StringIO(text))
    return {
        row["name"]: row["quantity"] or row["amount"] for row in rows if row["section"] == "total"
    }


def assert_agrees(message: Message, lines: dict[str, str]) -> None:
    payload = json.loads(message.payload)
    totals = {name: str(value) for name, value in payload["totals"].items()}
    assert {name: totals[name] for name in lines} == lines
    for rows in ("products", "categories", "hours"):
        net = sum((Decimal(row["net_amount"]) for row in payload[rows]), Decimal("0.00"))
        assert str(net) == lines["net_amount"], rows
    in_csv = totals_in_csv(csv_of(message.payload))
    assert sorted(in_csv.values()) == sorted(totals.values())
    for label, value in in_csv.items():
        written = f"{Decimal(value):,}"
        assert re.search(rf"^{label} +{re.escape(written)}( |$)", message.text, re.MULTILINE), label


def test_a_report_agrees_with_the_order_lines_while_orders_are_placed_and_refunded(
    shop: Shop,
) -> None:
    serve_customers(shop)
    seen = set()
    with customers(shop):
        for _ in range(12):
            with snapshot():
                lines = totals_in_lines()
                assert_agrees(message_of_day(SUNDAY), lines)
                assert_agrees(message_of_period(WEEK), lines)
            seen.add(lines["net_amount"])

    # Something was sold meanwhile, or nothing was tried.
    assert len(seen) > 3


def test_the_page_agrees_with_itself_while_orders_are_placed_and_refunded(
    shop: Shop, owner: User, sign_in: Callable[[User], Client]
) -> None:
    serve_customers(shop)
    report = issue_report(SUNDAY)
    office = sign_in(owner)
    seen = set()
    with customers(shop):
        for _ in range(8):
            page = office.get(f"/dashboard/reports/{report.pk}/")
            shown = {
                row.label: row.current.removeprefix("€").replace(",", "")
                for row in page.context["rows"]
            }
            assert shown == totals_in_csv(csv_of(page.context["current"].payload))
            assert page.context["current"].text in unescape(page.content.decode())
            seen.add(shown["Net sales"])

    assert len(seen) > 3


def test_what_is_written_down_meanwhile_agrees_with_itself(shop: Shop) -> None:
    serve_customers(shop)
    with customers(shop):
        report = issue_report(SUNDAY)

    payload = json.loads(report.payload)
    for rows in ("products", "categories", "hours"):
        net = sum((Decimal(row["net_amount"]) for row in payload[rows]), Decimal(0))
        assert net == Decimal(payload["totals"]["net_amount"]), rows
