"""Tests of the topic's own copies, which prove that SNS accepted a report."""

import datetime
from typing import Any

import pytest

from reports import due
from reports.delivery.publishers import (
    Publication,
    PublishAmbiguous,
    PublishRefused,
    PublishThrottled,
)
from reports.due import RunResult
from reports.events import take_receipt
from reports.models import Attempt, Delivery
from tests.fixtures.shop import SATURDAY, Shop
from tests.recording_publisher import RecordingPublisher
from tests.reports.test_due import CLOSED, end_leases, run, sell_on, steps

# The entries part from old connections, which a test's own transaction would not survive.
pytestmark = pytest.mark.django_db(transaction=True)

DAY = datetime.timedelta(days=1)
State = Delivery.State
Step = Attempt.Step
DAILY = "daily 2026-11-21"


def receipt(delivery: Delivery, **changes: Any) -> dict[str, Any]:
    """Return what SNS hands to a subscribed function."""
    notification = {
        "TopicArn": "arn:aws:sns:eu-central-1:123456789012:reports",
        "MessageId": "sns-1",
        "Subject": "Cafe Linde",
        "Message": "{}",
        "MessageAttributes": {"delivery_id": {"Type": "String", "Value": str(delivery.pk)}},
    }
    return {"Records": [{"EventSource": "aws:sns", "Sns": notification | changes}]}


@pytest.mark.parametrize(
    "failure", [PublishAmbiguous("no answer"), PublishThrottled("later"), PublishRefused("no")]
)
def test_a_receipt_settles_what_was_accepted_whatever_was_heard_of_it(
    shop: Shop, failure: Exception
) -> None:
    sell_on(shop, SATURDAY)
    run(RecordingPublisher(failure=failure))
    publisher = RecordingPublisher()

    settled = [take_receipt(receipt(Delivery.objects.get()), None) for _ in range(2)]
    end_leases()
    run(publisher)

    assert settled == [{"settled": 1}, {"settled": 0}]
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.message_id) == (State.PUBLISHED, "sns-1")
    assert delivery.published_at is not None
    assert steps()[-1] == (1, Step.RECEIVED)
    assert publisher.publications == []


def test_a_receipt_saves_the_copy_after_a_crash(shop: Shop) -> None:
    sell_on(shop, SATURDAY)
    due.run_due_reports(now=CLOSED, publisher=None)
    delivery = Delivery.objects.get()
    # Claimed, published, and then the process died.
    Delivery.objects.claim(delivery.pk, lease=DAY)
    take_receipt(receipt(delivery), None)
    end_leases()
    publisher = RecordingPublisher()

    run(publisher)

    assert publisher.publications == []


def test_a_receipt_that_comes_before_the_answer_wins(shop: Shop) -> None:
    sell_on(shop, SATURDAY)

    class Early(RecordingPublisher):
        def publish(self, publication: Publication) -> str:
            take_receipt(receipt(Delivery.objects.get()), None)
            raise PublishAmbiguous("no answer")

    assert run(Early()) == RunResult(published=[DAILY])
    assert Delivery.objects.get().state == State.PUBLISHED


@pytest.mark.parametrize(
    "changes",
    [
        {"TopicArn": "arn:aws:sns:eu-central-1:123456789012:another"},
        {"MessageAttributes": {}},
        {"MessageAttributes": {"delivery_id": {"Type": "String", "Value": "one"}}},
        {"MessageAttributes": {"delivery_id": {"Type": "String", "Value": "999999"}}},
    ],
)
def test_a_message_that_is_not_ours_settles_nothing(shop: Shop, changes: dict[str, Any]) -> None:
    sell_on(shop, SATURDAY)
    run(RecordingPublisher(failure=PublishAmbiguous("no answer")))

    assert take_receipt(receipt(Delivery.objects.get(), **changes), None) == {"settled": 0}
    assert Delivery.objects.get().state == State.AMBIGUOUS
