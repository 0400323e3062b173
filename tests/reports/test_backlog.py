"""Tests of reports after an outage: one message for the backlog; errors stop no other report."""

import datetime
import json
from typing import Any

import pytest

from cafe_site.menu.models import Product
from cafe_site.orders.models import Status
from reports import due
from reports.baking.planning import plan_baking
from reports.delivery import issuing, publishing
from reports.delivery.publishers import Publication, PublishThrottled
from reports.figures.summary import first_business_day
from reports.messages.size import is_small_enough
from reports.metrics import unreported_hours
from reports.models import Delivery, PlanAttempt, Report
from tests.factories import make_order, utc
from tests.fixtures.shop import SATURDAY, SUNDAY, Shop
from tests.recording_publisher import RecordingPublisher

DAY = datetime.timedelta(days=1)
State = Delivery.State


def closing(day: datetime.date) -> datetime.datetime:
    return utc(day.year, day.month, day.day, 23, 45)


@pytest.fixture
def sold(shop: Shop) -> Shop:
    """A coffee on each of fifty days."""
    Product.objects.update(is_baked=False)
    for back in range(50):
        make_order(shop.at(SATURDAY - DAY * back, 9), {shop.coffee: 1})
    return shop


def run_evenings(count: int, publisher: Any) -> None:
    for back in range(count, 0, -1):
        Delivery.objects.update(not_before=None)
        due.run_due_reports(now=closing(SATURDAY - DAY * back), publisher=publisher)


def kinds(publisher: RecordingPublisher) -> list[str]:
    return [item.attributes["kind"] for item in publisher.publications]


def test_a_topic_that_was_set_late_brings_one_digest_and_no_flood(sold: Shop) -> None:
    run_evenings(40, None)
    publisher = RecordingPublisher()

    due.run_due_reports(now=closing(SATURDAY), publisher=publisher)
    due.run_due_reports(now=closing(SATURDAY), publisher=publisher)

    # The newest month and two weeks, and all the days in one.
    assert sorted(kinds(publisher)) == ["digest", "monthly", "weekly", "weekly"]
    digest = Report.objects.get(
        kind=Report.Kind.DIGEST, told_in=None, deliveries__state="published"
    )
    payload = json.loads(digest.payload)
    assert len(payload["business_days"]) == 14
    assert payload["business_days"][-1]["business_day"] == "2026-11-21"
    assert "earlier days were not sent either." in " ".join(digest.text.split())
    assert not Delivery.objects.filter(state=State.PENDING).exists()
    assert unreported_hours(closing(SATURDAY)) == 0


def test_days_on_which_sns_was_out_of_reach_come_together(sold: Shop) -> None:
    Report.objects.all().delete()
    due.run_due_reports(now=closing(SATURDAY - 6 * DAY), publisher=RecordingPublisher())
    run_evenings(5, RecordingPublisher(failure=PublishThrottled("not reached")))
    Delivery.objects.update(not_before=None)
    publisher = RecordingPublisher()

    due.run_due_reports(now=closing(SATURDAY), publisher=publisher)

    assert kinds(publisher) == ["digest"]
    [item] = publisher.publications
    days = json.loads(item.message.payload)["business_days"]
    assert [day["business_day"] for day in days] == [
        str(SATURDAY - DAY * back) for back in range(5, -1, -1)
    ]


def test_what_was_written_down_is_told_as_it_was_written(sold: Shop) -> None:
    run_evenings(2, None)
    report = Report.objects.get(kind=Report.Kind.DAILY, business_day=SATURDAY - 2 * DAY)
    frozen = json.loads(report.payload)["totals"]
    make_order(sold.at(SATURDAY - 2 * DAY, 9), {sold.coffee: 9})
    publisher = RecordingPublisher()

    due.run_due_reports(now=closing(SATURDAY), publisher=publisher)

    digest = next(item for item in publisher.publications if item.attributes["kind"] == "digest")
    days = {
        day["business_day"]: day["totals"]
        for day in json.loads(digest.message.payload)["business_days"]
    }
    assert days[str(SATURDAY - 2 * DAY)] == frozen


def test_what_may_be_out_is_not_overtaken(sold: Shop) -> None:
    due.run_due_reports(now=closing(SATURDAY - 60 * DAY), publisher=None)
    for back in (2, 1, 0):
        issuing.issue_report(SATURDAY - DAY * back)
    Delivery.objects.filter(report__business_day=SATURDAY).update(state=State.AMBIGUOUS)

    unsent = due.unsent_deliveries()

    assert [delivery.report.business_day for delivery in unsent] == [
        SATURDAY - 2 * DAY,
        SATURDAY - DAY,
    ]


def test_a_delivery_that_breaks_stops_none_of_the_others(
    sold: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for back in (1, 0):
        issuing.issue_report(SATURDAY - DAY * back)
    build = publishing.publication_of

    def broken(delivery: Delivery, *, may_be_out: bool) -> Publication:
        if delivery.report.business_day < SATURDAY:
            raise ValueError("nobody thought of this")
        return build(delivery, may_be_out=may_be_out)

    monkeypatch.setattr(publishing, "publication_of", broken)

    result = due.publish_waiting(RecordingPublisher())

    assert result.published == ["daily 2026-11-21"]
    assert result.broken == ["daily 2026-11-20"]


def test_the_corrections_of_a_whole_year_can_be_sent(shop: Shop) -> None:
    Product.objects.update(is_baked=False)
    days = [SATURDAY - DAY * back for back in range(1, 120)]
    for day in days:
        make_order(shop.at(day, 9), {shop.coffee: 1})
        issuing.issue_report(day)
    for day in days:
        make_order(shop.at(day, 10), {shop.coffee: 1})

    report = issuing.issue_report(SATURDAY)

    payload = json.loads(report.payload)
    assert len(payload["corrections"]) == 10
    assert payload["left_out_corrections"] == 50
    assert is_small_enough(issuing.Message(report.subject, report.text, report.payload))
    # The rest follows with the next report.
    assert Report.objects.filter(revision=2).count() == 60
    issuing.issue_report(SUNDAY)
    assert Report.objects.filter(revision=2).count() == 119


def test_a_cancelled_order_is_no_first_sale(shop: Shop) -> None:
    make_order(shop.at(SATURDAY - 10 * DAY, 9), {shop.coffee: 1}, status=Status.CANCELLED)

    assert first_business_day() is None

    make_order(shop.at(SATURDAY, 9), {shop.coffee: 1})
    assert first_business_day() == SATURDAY


def test_a_digest_brings_the_bake_plan(shop: Shop) -> None:
    for back in range(5):
        make_order(shop.at(SATURDAY - DAY * back, 9), {shop.cheesecake: 4})
    publisher = RecordingPublisher()

    due.run_due_reports(now=closing(SATURDAY), publisher=publisher)

    text = publisher.publications[0].message.text
    assert "BAKE PLAN for Sunday 22 November" in text


def test_a_plan_that_could_not_be_made_is_made_up_for(shop: Shop) -> None:
    make_order(shop.at(SATURDAY, 9), {shop.cheesecake: 4})
    due.run_due_reports(now=closing(SATURDAY), publisher=None, plan=lambda _day: 1 / 0)
    PlanAttempt.objects.update(not_before=None)
    planned: list[datetime.date] = []

    def plan(day: datetime.date) -> None:
        planned.append(day)
        plan_baking(day)

    for _ in range(2):
        due.run_due_reports(now=closing(SATURDAY), publisher=None, plan=plan)

    assert planned == [SATURDAY]
