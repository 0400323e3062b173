"""Tests of the digest: three or more missed days in one message."""

import datetime
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError
from django.test import Client

from cafe_site.accounts.models import User
from cafe_site.menu.models import Product
from cafe_site.orders.refunds import refund_order
from reports import due
from reports.delivery import issuing
from reports.due import RunResult
from reports.figures.summary import first_business_day
from reports.metrics import oldest_unreported_day
from reports.models import Delivery, Report
from tests.factories import make_order, utc
from tests.fixtures.shop import SUNDAY, Shop
from tests.recording_publisher import RecordingPublisher

DAY = datetime.timedelta(days=1)
CLOSED = utc(2026, 11, 22, 23, 30)
GOLDEN = Path(__file__).resolve().parents[2] / "golden"


@pytest.fixture
def outage(shop: Shop) -> Shop:
    """Thursday was reported and has changed since; then nothing ran for three days."""
    Product.objects.update(is_baked=False)
    order = make_order(shop.at(SUNDAY - 3 * DAY, 9), {shop.tart: 2})
    issuing.issue_report(SUNDAY - 3 * DAY)
    Delivery.objects.update(state=Delivery.State.PUBLISHED)
    refund_order(order.pk, Decimal("1.00"), reason="Burnt", by=None, now=order.pickup_at)
    make_order(shop.at(SUNDAY - 2 * DAY, 9), {shop.tart: 3, shop.coffee: 1})
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 2})
    make_order(shop.at(SUNDAY, 10), {shop.coffee: 1})
    tuesday = SUNDAY + 2 * DAY
    make_order(shop.at(tuesday, 10), {shop.tart: 2}, placed_at=shop.at(SUNDAY, 20))
    return shop


def test_three_missed_days_are_one_message(outage: Shop) -> None:
    publisher = RecordingPublisher()

    results = [due.run_due_reports(now=CLOSED, publisher=publisher) for _ in range(2)]

    assert results == [
        RunResult(published=["digest 2026-11-22", "weekly 2026-11-22"]),
        RunResult(),
    ]
    publication = publisher.publications[0]
    message = publication.message
    assert f"Subject: {message.subject}\n\n{message.text}" == (GOLDEN / "digest.txt").read_text()
    assert publication.attributes["kind"] == "digest"
    digest = Report.objects.get(kind=Report.Kind.DIGEST)
    told = digest.tells.order_by("business_day")
    assert [(report.business_day, report.revision) for report in told] == [
        (SUNDAY - 3 * DAY, 2),
        (SUNDAY - 2 * DAY, 1),
        (SUNDAY - DAY, 1),
        (SUNDAY, 1),
    ]
    assert Delivery.objects.filter(report__in=told).count() == 0


def test_each_day_of_a_digest_has_the_report_that_it_would_have_had(outage: Shop) -> None:
    due.run_due_reports(now=CLOSED, publisher=RecordingPublisher())

    report = Report.objects.get(kind=Report.Kind.DAILY, business_day=SUNDAY)
    expected = issuing.current_message(report)
    assert (report.subject, report.text, report.payload) == (
        expected.subject,
        expected.text,
        expected.payload,
    )
    digest = json.loads(Report.objects.get(kind=Report.Kind.DIGEST).payload)
    days = {day["business_day"]: day["totals"] for day in digest["business_days"]}
    assert (digest["schema"], digest["kind"]) == ("cafe.digest/1", "digest")
    assert days["2026-11-22"] == json.loads(report.payload)["totals"]


def test_a_published_digest_closes_the_gap(outage: Shop) -> None:
    before = oldest_unreported_day(CLOSED)

    due.run_due_reports(now=CLOSED, publisher=None)
    written = oldest_unreported_day(CLOSED)
    due.run_due_reports(now=CLOSED, publisher=RecordingPublisher())

    assert (before, written, oldest_unreported_day(CLOSED)) == (
        SUNDAY - 2 * DAY,
        SUNDAY - 2 * DAY,
        None,
    )


def test_a_day_that_another_process_wrote_meanwhile_keeps_its_one_report(
    outage: Shop,
) -> None:
    days = due.due_days(CLOSED, first_business_day())
    issuing.issue_report(days[1])

    assert issuing.issue_digest(days) is None

    assert not Report.objects.filter(kind=Report.Kind.DIGEST).exists()
    with pytest.raises(IntegrityError):
        Report.objects.create(business_day=days[1])


def test_owners_read_a_digest_and_find_its_reports(
    outage: Shop, owner: User, sign_in: Callable[[User], Client]
) -> None:
    due.run_due_reports(now=CLOSED, publisher=RecordingPublisher())
    digest = Report.objects.get(kind=Report.Kind.DIGEST)
    client = sign_in(owner)

    history = client.get("/dashboard/reports/").content.decode()
    page = client.get(f"/dashboard/reports/{digest.pk}/").content.decode()

    assert ">Digest to Sun 22 Nov</a>" in history
    for report in digest.tells.all():
        assert f'href="/dashboard/reports/{report.pk}/"' in page
    assert "Send again" in page
    assert client.get(f"/dashboard/reports/{digest.pk}/report.csv").status_code == 404
