"""Tests of the steps from closed days to published reports, with a crash after each."""

import datetime
import hashlib
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from cafe_site.shop.models import SpecialDay
from reports import due
from reports.delivery import issuing, publishing
from reports.delivery.publishers import (
    Publication,
    PublishAmbiguous,
    PublishRefused,
    PublishThrottled,
)
from reports.due import RunResult
from reports.models import Attempt, Delivery, Report
from tests.factories import make_order, utc
from tests.fixtures.shop import SATURDAY, Shop
from tests.recording_publisher import RecordingPublisher

DAY = datetime.timedelta(days=1)
# Saturday ends at 23:00 UTC; the grace period is half an hour.
JUST_BEFORE = utc(2026, 11, 21, 23, 29)
CLOSED = utc(2026, 11, 21, 23, 30)

DAILY = "daily 2026-11-21"
State = Delivery.State
Step = Attempt.Step


def sell_on(shop: Shop, *days: datetime.date) -> None:
    for day in days:
        make_order(shop.at(day, 9), {shop.coffee: 1})


def run(publisher: RecordingPublisher, now: datetime.datetime = CLOSED) -> RunResult:
    return due.run_due_reports(now=now, publisher=publisher)


def steps() -> list[tuple[int, str]]:
    return list(Attempt.objects.values_list("fence", "step"))


def end_leases() -> None:
    """Let time pass on the database's clock."""
    past = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    Delivery.objects.filter(lease_expires_at__isnull=False).update(lease_expires_at=past)
    Delivery.objects.filter(not_before__isnull=False).update(not_before=past)


@pytest.mark.django_db
def test_nothing_is_due_before_the_first_order() -> None:
    publisher = RecordingPublisher()

    assert run(publisher) == RunResult()
    assert publisher.publications == []


def test_one_closed_day_is_published_once(shop: Shop) -> None:
    sell_on(shop, SATURDAY)
    publisher = RecordingPublisher()

    assert run(publisher) == RunResult(published=[DAILY])

    report = Report.objects.get()
    message = publisher.publications[0].message
    assert (message.subject, message.text, message.payload) == (
        report.subject,
        report.text,
        report.payload,
    )
    assert publisher.publications[0].attributes == {
        "kind": "daily",
        "business_day": "2026-11-21",
        "revision": "1",
        "report_id": str(report.pk),
        "delivery_id": str(report.deliveries.get().pk),
    }
    content = f"{report.subject}\0{report.text}\0{report.payload}"
    assert report.sha256 == hashlib.sha256(content.encode()).hexdigest()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.message_id) == (State.PUBLISHED, "recorded-1")
    assert delivery.published_at is not None
    assert steps() == [(1, Step.CLAIMED), (1, Step.PUBLISHED)]


def test_a_second_run_publishes_nothing(shop: Shop) -> None:
    sell_on(shop, SATURDAY)
    publisher = RecordingPublisher()
    run(publisher)

    assert run(publisher) == RunResult()
    assert len(publisher.publications) == 1


def test_a_day_that_has_not_closed_is_left_alone(shop: Shop) -> None:
    sell_on(shop, SATURDAY)

    assert run(RecordingPublisher(), JUST_BEFORE) == RunResult()
    assert not Report.objects.exists()


def test_two_missed_days_are_caught_up_oldest_first(shop: Shop) -> None:
    sell_on(shop, SATURDAY - DAY, SATURDAY)
    publisher = RecordingPublisher()

    assert run(publisher) == RunResult(published=["daily 2026-11-20", DAILY])
    assert [item.attributes["business_day"] for item in publisher.publications] == [
        "2026-11-20",
        "2026-11-21",
    ]


def test_no_more_than_fourteen_days_are_caught_up(shop: Shop) -> None:
    sell_on(shop, SATURDAY - 30 * DAY)

    run(RecordingPublisher())

    written = Report.objects.filter(kind="daily").order_by("business_day")
    assert [report.business_day for report in written] == [
        SATURDAY - DAY * back for back in range(13, -1, -1)
    ]


def test_a_closed_day_gets_its_report(shop: Shop) -> None:
    sell_on(shop, SATURDAY - DAY)
    SpecialDay.objects.create(day=SATURDAY)
    publisher = RecordingPublisher()

    run(publisher)

    assert publisher.publications[-1].message.subject == "Cafe Linde, Sat 21 Nov 2026: closed"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # 25 hours: the day ends at 23:00 UTC, not at 22:00.
        (utc(2026, 10, 25, 22, 30), []),
        (utc(2026, 10, 25, 23, 30), ["daily 2026-10-25", "weekly 2026-10-25"]),
    ],
)
def test_a_day_of_25_hours_closes_at_its_own_end(
    shop: Shop, now: datetime.datetime, expected: list[str]
) -> None:
    sell_on(shop, datetime.date(2026, 10, 25))

    assert run(RecordingPublisher(), now).published == expected


def test_a_run_that_died_after_the_build_is_taken_up(shop: Shop) -> None:
    sell_on(shop, SATURDAY)
    issuing.issue_report(SATURDAY)

    assert run(RecordingPublisher()).published == [DAILY]


def test_a_run_that_died_after_publishing_leads_to_a_labelled_copy(shop: Shop) -> None:
    sell_on(shop, SATURDAY)
    report = issuing.issue_report(SATURDAY)
    Delivery.objects.claim(report.deliveries.get().pk, lease=datetime.timedelta(seconds=150))
    publisher = RecordingPublisher()

    while_leased = run(publisher)
    end_leases()
    later = run(publisher)

    assert (while_leased, later) == (RunResult(), RunResult(published=[DAILY]))
    [publication] = publisher.publications
    assert publication.message.subject == f"Possibly a copy: {report.subject}"
    assert publication.message.text == (
        f"Possibly a copy of a report sent before.\n\n{report.text}"
    )


def test_a_claim_is_had_by_one_process_only(shop: Shop) -> None:
    sell_on(shop, SATURDAY)
    delivery = issuing.issue_report(SATURDAY).deliveries.get()
    lease = datetime.timedelta(seconds=150)

    first = Delivery.objects.claim(delivery.pk, lease=lease)
    second = Delivery.objects.claim(delivery.pk, lease=lease)

    assert (first is not None, second) == (True, None)


def test_a_process_that_slept_past_its_lease_records_nothing(shop: Shop) -> None:
    sell_on(shop, SATURDAY)
    delivery = issuing.issue_report(SATURDAY).deliveries.get()
    lease = datetime.timedelta(seconds=150)
    sleeper = Delivery.objects.claim(delivery.pk, lease=lease)
    end_leases()
    Delivery.objects.claim(delivery.pk, lease=lease)

    recorded = Delivery.objects.settle(sleeper, state=State.FAILED)

    delivery.refresh_from_db()
    assert (recorded, delivery.state, delivery.fence) == (False, State.PUBLISHING, 2)


@pytest.mark.parametrize(
    ("failure", "state", "step", "result"),
    [
        (PublishRefused("400"), State.FAILED, Step.FAILED, RunResult(failed=[DAILY])),
        (
            PublishThrottled("429"),
            State.PENDING,
            Step.RETRIED_LATER,
            RunResult(waiting=[DAILY]),
        ),
        (
            PublishAmbiguous("500"),
            State.AMBIGUOUS,
            Step.AMBIGUOUS,
            RunResult(waiting=[DAILY]),
        ),
    ],
)
def test_each_failure_is_recorded_for_what_it_is(
    shop: Shop, failure: Exception, state: str, step: str, result: RunResult
) -> None:
    sell_on(shop, SATURDAY)

    assert run(RecordingPublisher(failure=failure)) == result

    assert Delivery.objects.get().state == state
    assert steps() == [(1, Step.CLAIMED), (1, step)]


@pytest.mark.parametrize(
    ("failure", "subjects"),
    [
        (PublishRefused("400"), []),
        (PublishThrottled("429"), ["Cafe Linde, Sat 21 Nov 2026: EUR 2.44 net, 1 order"]),
        (
            PublishAmbiguous("500"),
            ["Possibly a copy: Cafe Linde, Sat 21 Nov 2026: EUR 2.44 net, 1 order"],
        ),
    ],
)
def test_what_a_later_run_sends_after_a_failure(
    shop: Shop, failure: Exception, subjects: list[str]
) -> None:
    sell_on(shop, SATURDAY)
    run(RecordingPublisher(failure=failure))
    too_early, later = RecordingPublisher(), RecordingPublisher()

    run(too_early)
    end_leases()
    run(later)

    assert too_early.publications == []
    assert [item.message.subject for item in later.publications] == subjects


def test_without_a_topic_the_report_is_written_down_and_waits(shop: Shop) -> None:
    sell_on(shop, SATURDAY)

    assert due.run_due_reports(now=CLOSED, publisher=None) == RunResult(waiting=[DAILY])
    assert Delivery.objects.get().state == State.PENDING


def test_the_database_keeps_one_report_per_day(shop: Shop) -> None:
    sell_on(shop, SATURDAY)
    report = issuing.issue_report(SATURDAY)

    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(business_day=SATURDAY, revision=1)
    assert issuing.issue_report(SATURDAY) == report


def test_a_report_stays_as_it_was_when_orders_change(shop: Shop) -> None:
    sell_on(shop, SATURDAY)
    before = issuing.issue_report(SATURDAY)

    sell_on(shop, SATURDAY)
    issuing.issue_report(SATURDAY)

    after = Report.objects.get()
    assert (after.payload, after.sha256) == (before.payload, before.sha256)
    assert issuing.current_message(after).payload != after.payload


def test_ten_clicks_on_one_form_make_one_copy(shop: Shop) -> None:
    sell_on(shop, SATURDAY)
    publisher = RecordingPublisher()
    run(publisher)
    report = Report.objects.get()

    asked = {publishing.request_copy(report, request_key="one form").pk for _ in range(10)}
    result = run(publisher)

    assert len(asked) == 1
    assert result == RunResult(published=[DAILY])
    assert publisher.publications[-1].message.subject == f"Copy: {report.subject}"


def test_a_failed_delivery_is_tried_anew_instead_of_copied(shop: Shop) -> None:
    sell_on(shop, SATURDAY)
    run(RecordingPublisher(failure=PublishRefused("no permission")))
    publisher = RecordingPublisher()

    publishing.request_copy(Report.objects.get(), request_key="mended")
    run(publisher)

    assert [delivery.number for delivery in Delivery.objects.all()] == [1]
    assert [item.message.subject for item in publisher.publications] == [
        "Cafe Linde, Sat 21 Nov 2026: EUR 2.44 net, 1 order"
    ]


@dataclass
class WatchingPublisher:
    """Notes whether a transaction was open when something left the process."""

    in_transaction: list[bool] = field(default_factory=list)

    def publish(self, publication: Publication) -> str:
        self.in_transaction.append(connection.in_atomic_block)
        return "watched"


@pytest.mark.django_db(transaction=True)
def test_nothing_is_published_inside_a_transaction() -> None:
    shop = Shop()
    sell_on(shop, SATURDAY)
    publisher = WatchingPublisher()

    due.run_due_reports(now=CLOSED, publisher=publisher)

    assert publisher.in_transaction == [False]


def test_a_process_that_was_held_up_publishes_nothing_any_more(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    sell_on(shop, SATURDAY)
    publisher, late = RecordingPublisher(), RecordingPublisher()
    due.run_due_reports(now=CLOSED, publisher=None)
    delivery_id = Delivery.objects.get().pk
    build = publishing.publication_of

    def held_up(delivery: Delivery, *, may_be_out: bool) -> Publication:
        """Sleep past the lease between the claim and the last check; another takes over."""
        monkeypatch.undo()
        end_leases()
        publishing.publish_delivery(delivery_id, publisher)
        return build(delivery, may_be_out=may_be_out)

    monkeypatch.setattr(publishing, "publication_of", held_up)

    assert publishing.publish_delivery(delivery_id, late) is None
    assert (len(publisher.publications), len(late.publications)) == (1, 0)


def test_a_lease_too_short_for_publishing_is_not_used(shop: Shop, settings: Any) -> None:
    sell_on(shop, SATURDAY)
    settings.REPORT_LEASE_SECONDS = 10
    publisher = RecordingPublisher()

    run(publisher)

    assert publisher.publications == []
