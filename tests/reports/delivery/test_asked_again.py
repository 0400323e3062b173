"""Tests of sending a report again: once, and labelled as a copy only if it may be one."""

import datetime

import pytest

from reports import due
from reports.delivery import publishing
from reports.delivery.publishers import PublishAmbiguous, PublishRefused
from reports.models import Delivery, DeliveryQuerySet, Report
from tests.fixtures.shop import SATURDAY, AfterReading, Shop
from tests.recording_publisher import RecordingPublisher
from tests.reports.test_due import CLOSED, end_leases, run, sell_on

State = Delivery.State
LEASE = datetime.timedelta(seconds=150)


@pytest.fixture
def delivery(shop: Shop) -> Delivery:
    """Return the delivery of a report that nobody has published."""
    sell_on(shop, SATURDAY)
    due.run_due_reports(now=CLOSED, publisher=None)
    return Delivery.objects.get()


def ask_again() -> None:
    publishing.request_copy(Report.objects.get(), request_key="again")


def test_who_read_a_delivery_before_it_was_refused_and_asked_for_again_does_not_get_it(
    delivery: Delivery, after_reading: AfterReading
) -> None:
    late = Delivery.objects.claim(delivery.pk, lease=LEASE)
    end_leases()
    publisher = RecordingPublisher()

    def refuse_and_ask_again() -> None:
        Delivery.objects.settle(late, state=State.FAILED)
        ask_again()

    after_reading(DeliveryQuerySet, refuse_and_ask_again)

    # It read a delivery whose process had died, and would have called the report a copy.
    assert publishing.publish_delivery(delivery.pk, publisher) is None
    assert publishing.publish_delivery(delivery.pk, publisher) == State.PUBLISHED
    assert [item.message.subject for item in publisher.publications] == [delivery.report.subject]


@pytest.mark.parametrize("is_heard_of", [True, False], ids=["without an answer", "by a crash"])
def test_what_is_refused_after_it_may_have_left_is_labelled_when_it_is_asked_for_again(
    delivery: Delivery, is_heard_of: bool
) -> None:
    if is_heard_of:
        run(RecordingPublisher(failure=PublishAmbiguous("no answer")))
    else:
        with pytest.raises(SystemExit):
            run(RecordingPublisher(failure=SystemExit()))
    end_leases()
    run(RecordingPublisher(failure=PublishRefused("no permission")))
    publisher = RecordingPublisher()

    ask_again()
    run(publisher)

    assert [item.message.subject for item in publisher.publications] == [
        f"Possibly a copy: {delivery.report.subject}"
    ]


def test_a_report_that_a_newer_one_had_overtaken_is_sent_when_it_is_asked_for(
    delivery: Delivery,
) -> None:
    Delivery.objects.update(state=State.OVERTAKEN)
    publisher = RecordingPublisher()

    ask_again()
    run(publisher)

    assert [item.message.subject for item in publisher.publications] == [delivery.report.subject]


def test_a_copy_that_two_ask_for_at_once_with_one_key_is_one(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(state=State.PUBLISHED)
    first = publishing.request_copy(delivery.report, request_key="again")
    Delivery.objects.filter(pk=first.pk).update(state=State.PUBLISHED)

    def read_before_the_first_committed(self: DeliveryQuerySet) -> None:
        monkeypatch.undo()

    monkeypatch.setattr(DeliveryQuerySet, "first", read_before_the_first_committed)

    second = publishing.request_copy(delivery.report, request_key="again")

    assert second == first
    assert Delivery.objects.count() == 2
