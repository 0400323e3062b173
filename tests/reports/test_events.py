import datetime
import json
import logging

import pytest

from reports import due, events
from reports.delivery import channel
from reports.delivery.publishers import PublishRefused
from reports.events import RunFailed, run_due_reports, sweep_outbox
from tests.factories import make_order
from tests.fixtures.shop import SATURDAY, Shop
from tests.recording_publisher import RecordingPublisher

# The entries part from old connections, which a test's own transaction would not survive.
pytestmark = pytest.mark.django_db(transaction=True)

EVENT = {"time": "2026-11-21T23:45:00Z", "detail-type": "Scheduled Event"}


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> RecordingPublisher:
    recording = RecordingPublisher()
    monkeypatch.setattr(channel, "report_publisher", lambda: recording)
    monkeypatch.setattr(channel, "recipient_book", lambda: None)
    return recording


def test_a_scheduled_event_publishes_what_is_due_at_its_time(
    shop: Shop, publisher: RecordingPublisher, caplog: pytest.LogCaptureFixture
) -> None:
    make_order(shop.at(SATURDAY, 9), {shop.coffee: 1})
    caplog.set_level(logging.INFO, "reports.events")

    result = run_due_reports(EVENT, None)

    assert result == {"published": ["daily 2026-11-21"], "waiting": [], "failed": [], "broken": []}
    assert len(publisher.publications) == 1
    assert caplog.messages[-1:] == [f"run_due_reports {json.dumps(result)}"]


def test_a_retried_event_means_the_same_moment(shop: Shop, publisher: RecordingPublisher) -> None:
    make_order(shop.at(SATURDAY, 9), {shop.coffee: 1})
    run_due_reports(EVENT, None)

    assert not any(run_due_reports(EVENT, None).values())


def test_a_refused_report_raises_after_it_is_recorded(
    shop: Shop, publisher: RecordingPublisher
) -> None:
    make_order(shop.at(SATURDAY, 9), {shop.coffee: 1})
    publisher.failure = PublishRefused("no permission")

    with pytest.raises(RunFailed, match="2026-11-21"):
        run_due_reports(EVENT, None)


def as_zappa_calls(function, event, context):
    """Do as zappa.handler.LambdaHandler.run_function does with a TypeError."""
    from zappa.handler import LambdaHandler

    return LambdaHandler.run_function(function, event, context)


def test_a_type_error_in_the_job_runs_it_once_and_keeps_the_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = []

    def broken(**arguments: object) -> None:
        calls.append(arguments)
        raise TypeError("unsupported operand")

    monkeypatch.setattr(due, "run_due_reports", broken)

    with pytest.raises(RunFailed, match="unsupported operand") as caught:
        as_zappa_calls(run_due_reports, EVENT, None)

    assert len(calls) == 1
    assert isinstance(caught.value.__cause__, TypeError)


def test_waiting_mails_are_swept() -> None:
    assert as_zappa_calls(sweep_outbox, EVENT, None) == {
        "payments": 0,
        "card_refunds": 0,
        "mails": 0,
        "forgotten_forms": 0,
        "old_files": 0,
        "jobs": 0,
    }


def test_an_event_by_hand_means_now() -> None:
    before = datetime.datetime.now(datetime.UTC)

    assert before <= events.now_of({"command": "reports.events.run_due_reports"})


def test_recipients_that_cannot_be_asked_are_no_failure_of_a_report(
    shop: Shop, publisher: RecordingPublisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def all(self) -> None:
            raise KeyError("Subscriptions")

    monkeypatch.setattr(channel, "recipient_book", Broken)
    make_order(shop.at(SATURDAY, 9), {shop.coffee: 1})

    assert run_due_reports(EVENT, None)["published"] == ["daily 2026-11-21"]
