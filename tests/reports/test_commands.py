import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from time_machine import travel

from reports.delivery import channel
from reports.delivery.publishers import PublishRefused
from reports.models import Delivery, Report
from tests.factories import make_order
from tests.fixtures.shop import SUNDAY, Shop
from tests.recording_publisher import RecordingPublisher

MONDAY_NOON = "2026-11-23T12:00:00Z"


def run(*arguments: Any, **options: Any) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> RecordingPublisher:
    recording = RecordingPublisher()
    monkeypatch.setattr(channel, "report_publisher", lambda: recording)
    monkeypatch.setattr(channel, "recipient_book", lambda: None)
    return recording


@pytest.fixture
def sold(shop: Shop) -> None:
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 2})


@pytest.mark.usefixtures("sold")
def test_summarize_prints_the_same_figures_in_every_format() -> None:
    text, as_json, as_csv = (
        run("summarize", "2026-11-22", "--format", name) for name in ("text", "json", "csv")
    )

    assert "Net sales               4.87" in text
    assert json.loads(as_json)["totals"]["net_amount"] == "4.87"
    assert "total,Net sales,,4.87\r\n" in as_csv
    assert not Report.objects.exists()


@pytest.mark.django_db
def test_a_day_that_is_none_is_told_with_the_remedy() -> None:
    with pytest.raises(CommandError, match=r"'22\.11\.2026' is not a day; write it as 2026-11-22"):
        run("summarize", "22.11.2026")


@pytest.mark.usefixtures("sold")
@travel(MONDAY_NOON, tick=False)
def test_a_report_is_sent_by_hand_once(publisher: RecordingPublisher) -> None:
    assert run("send_report", day=SUNDAY) == ("Published the report of 2026-11-22 as recorded-1.\n")
    with pytest.raises(CommandError, match=r"was published at .* as recorded-1.*--resend"):
        run("send_report", day=SUNDAY)
    assert run("send_report", day=SUNDAY, resend=True) == (
        "Published the report of 2026-11-22 as recorded-2.\n"
    )

    subjects = [item.message.subject for item in publisher.publications]
    assert subjects == [Report.objects.get().subject, f"Copy: {Report.objects.get().subject}"]


@pytest.mark.usefixtures("sold")
def test_a_dry_run_writes_and_sends_nothing(publisher: RecordingPublisher) -> None:
    out = run("send_report", day=SUNDAY, dry_run=True)

    assert out.startswith("Subject: Cafe Linde, Sun 22 Nov 2026: EUR 4.87 net, 1 order\n")
    assert (Report.objects.count(), publisher.publications) == (0, [])


@pytest.mark.usefixtures("sold", "publisher")
@travel("2026-11-22T20:00:00Z", tick=False)
def test_a_day_that_is_not_over_cannot_be_sent() -> None:
    with pytest.raises(CommandError, match=r"2026-11-22 is not over yet.*2026-11-21"):
        run("send_report", day=SUNDAY)


@pytest.mark.usefixtures("sold")
@travel(MONDAY_NOON, tick=False)
def test_a_refusal_is_told_and_recorded(publisher: RecordingPublisher) -> None:
    publisher.failure = PublishRefused("SNS answered 403")

    with pytest.raises(CommandError, match="2026-11-22 is failed: SNS answered 403"):
        run("send_report", day=SUNDAY)

    assert Delivery.objects.get().state == Delivery.State.FAILED


@pytest.mark.usefixtures("sold")
def test_without_a_topic_the_remedy_is_named(settings) -> None:
    settings.REPORT_TOPIC_ARN = ""

    with pytest.raises(CommandError, match="REPORT_TOPIC_ARN is not set"):
        run("send_report", day=SUNDAY)


@pytest.mark.django_db(transaction=True)
@travel(MONDAY_NOON, tick=False)
def test_cron_publishes_what_is_due_and_once(shop: Shop, publisher: RecordingPublisher) -> None:
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 2})

    first, second = run("run_due_reports"), run("run_due_reports")

    assert first == "published: daily 2026-11-22\npublished: weekly 2026-11-22\n"
    assert second == ""


@pytest.mark.django_db(transaction=True)
@travel(MONDAY_NOON, tick=False)
def test_cron_hears_of_a_refusal(shop: Shop, publisher: RecordingPublisher) -> None:
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 2})
    publisher.failure = PublishRefused("no permission")

    with pytest.raises(CommandError, match="daily 2026-11-22, weekly 2026-11-22"):
        run("run_due_reports")
