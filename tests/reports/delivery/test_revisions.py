"""Tests of changes after a report: the next report shows them, the sent one stays."""

import datetime
import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from django.test import Client

from cafe_site.accounts.models import User
from cafe_site.orders.models import Order, Status
from cafe_site.orders.refunds import refund_order
from reports import due
from reports.delivery import issuing
from reports.delivery.revisions import find_corrections
from reports.messages.payload import csv_of
from reports.models import Delivery, Report
from tests.factories import make_order
from tests.fixtures.shop import SUNDAY, Shop
from tests.recording_publisher import RecordingPublisher

DAY = datetime.timedelta(days=1)
GOLDEN = Path(__file__).resolve().parents[2] / "golden"


def sell(shop: Shop, day: datetime.date) -> Order:
    return make_order(shop.at(day, 9), {shop.tart: 3, shop.coffee: 1})


def refund(order: Order, amount: str) -> None:
    refund_order(order.pk, Decimal(amount), reason="Burnt", by=None, now=order.pickup_at)


def revisions() -> list[tuple[datetime.date, int]]:
    return list(
        Report.objects.order_by("business_day", "revision").values_list("business_day", "revision")
    )


def test_a_refund_after_the_report_is_told_in_the_next_one(shop: Shop) -> None:
    order = sell(shop, SUNDAY - DAY)
    first = issuing.issue_report(SUNDAY - DAY)
    before = (first.subject, first.text, first.payload, first.sha256)
    sell(shop, SUNDAY)
    refund(order, "4.20")

    report = issuing.issue_report(SUNDAY)

    assert report.text == (GOLDEN / "corrections.txt").read_text()
    revision = Report.objects.get(business_day=SUNDAY - DAY, revision=2)
    assert (revision.told_in, revision.deliveries.count()) == (report, 0)
    assert json.loads(revision.payload)["totals"]["refund_amount"] == "3.87"
    content = f"{revision.subject}\0{revision.text}\0{revision.payload}"
    assert revision.sha256 == hashlib.sha256(content.encode()).hexdigest()
    first.refresh_from_db()
    assert (first.subject, first.text, first.payload, first.sha256) == before


def test_what_was_told_is_not_told_again(shop: Shop) -> None:
    order = sell(shop, SUNDAY - DAY)
    issuing.issue_report(SUNDAY - DAY)
    refund(order, "1.00")
    issuing.issue_report(SUNDAY)

    assert "CORRECTIONS" not in issuing.issue_report(SUNDAY + DAY).text
    refund(order, "1.00")
    assert "CORRECTIONS" in issuing.issue_report(SUNDAY + 2 * DAY).text

    assert [pair for pair in revisions() if pair[0] == SUNDAY - DAY] == [
        (SUNDAY - DAY, 1),
        (SUNDAY - DAY, 2),
        (SUNDAY - DAY, 3),
    ]


def test_a_cancellation_and_a_late_import_are_corrections_too(shop: Shop) -> None:
    order = sell(shop, SUNDAY - 2 * DAY)
    issuing.issue_report(SUNDAY - 2 * DAY)
    issuing.issue_report(SUNDAY - DAY)
    Order.objects.filter(pk=order.pk).update(status=Status.CANCELLED)
    order.lines.update(counted=False)
    sell(shop, SUNDAY - DAY)

    report = issuing.issue_report(SUNDAY)

    told = json.loads(report.payload)["corrections"]
    assert [
        (correction["business_day"], change["before"], change["after"])
        for correction in told
        for change in correction["changes"]
        if change["name"] == "orders"
    ] == [("2026-11-20", "1", "0"), ("2026-11-21", "0", "1")]
    assert 'correction to 2026-11-20,"Orders, from 1",0,' in csv_of(report.payload)


def test_a_report_tells_of_days_before_its_own_only(shop: Shop) -> None:
    order = sell(shop, SUNDAY)
    issuing.issue_report(SUNDAY)
    refund(order, "1.00")

    assert "CORRECTIONS" not in issuing.issue_report(SUNDAY - DAY).text
    assert "CORRECTIONS" in issuing.issue_report(SUNDAY + DAY).text


def test_days_that_were_never_reported_are_no_corrections(shop: Shop) -> None:
    sell(shop, SUNDAY - DAY)

    assert "CORRECTIONS" not in issuing.issue_report(SUNDAY).text
    assert revisions() == [(SUNDAY, 1)]


def test_after_the_import_of_a_history_ten_days_are_told_and_the_rest_counted(shop: Shop) -> None:
    days = [SUNDAY - DAY * count for count in range(13, 0, -1)]
    for day in days:
        issuing.issue_report(day)
    for day in days:
        sell(shop, day)

    text = issuing.issue_report(SUNDAY).text

    assert text.count(", revision 2") == 10
    assert "And 3 older days, in the history." in text
    assert max(len(line) for line in text.splitlines() if "http" not in line) <= 40
    assert Report.objects.filter(revision=2).count() == 13


def test_a_revision_counts_as_told_and_sends_nothing(shop: Shop) -> None:
    order = sell(shop, SUNDAY - DAY)
    publisher = RecordingPublisher()
    run_at = shop.at(SUNDAY, 1)
    due.run_due_reports(now=run_at, publisher=publisher)
    refund(order, "1.00")

    due.run_due_reports(now=run_at + DAY, publisher=publisher)
    due.run_due_reports(now=run_at + DAY, publisher=publisher)

    # Saturday's, and Sunday's with the week that ended on it.
    assert [item.attributes["revision"] for item in publisher.publications] == ["1"] * 3
    assert Delivery.objects.count() == 3


def test_the_queries_for_corrections_do_not_grow_with_the_days(
    shop: Shop, django_assert_num_queries: Callable[..., object]
) -> None:
    for count in range(1, 9):
        sell(shop, SUNDAY - DAY * count)
        issuing.issue_report(SUNDAY - DAY * count)

    with django_assert_num_queries(3):  # type: ignore[attr-defined]
        assert find_corrections(SUNDAY) == []


def test_owners_see_where_a_revision_was_told(
    shop: Shop, owner: User, sign_in: Callable[[User], Client]
) -> None:
    order = sell(shop, SUNDAY - DAY)
    issuing.issue_report(SUNDAY - DAY)
    refund(order, "1.00")
    report = issuing.issue_report(SUNDAY)
    revision = Report.objects.get(revision=2)
    client = sign_in(owner)

    history = client.get("/dashboard/reports/").content.decode()
    page = client.get(f"/dashboard/reports/{revision.pk}/").content.decode()
    own = client.get(f"/dashboard/reports/{report.pk}/").content.decode()

    assert "included on 22 Nov" in history
    assert "revision 2" in history
    assert "the report of 22 November 2026 includes it." in page
    # Its corrections are of another day: nothing of its own has changed.
    assert "Nothing has changed since" in own
