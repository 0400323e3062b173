import csv
import datetime
import io
import json
import re
from collections.abc import Callable

import pytest
from django.test import Client
from time_machine import travel

from cafe_site.accounts.models import User
from cafe_site.orders.background import run_task
from cafe_site.orders.models import Order, Status
from cafe_site.orders.services import change_status
from reports import channel, issuing, publishing
from reports.models import Delivery, Report
from reports.publishers import PublishRefused, RecordingPublisher
from tests.factories import make_order
from tests.reports.conftest import SUNDAY, Shop, shop

__all__ = ["shop"]

DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def monday_noon():
    with travel("2026-11-23T12:00:00Z", tick=False):
        yield


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> RecordingPublisher:
    recording = RecordingPublisher()
    monkeypatch.setattr(channel, "report_publisher", lambda: recording)
    return recording


@pytest.fixture
def office(owner: User, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(owner)


@pytest.fixture
def report(shop: Shop, publisher: RecordingPublisher) -> Report:
    shop.sell_the_sundays_before()
    shop.sell_an_ordinary_sunday()
    written = issuing.issue_report(SUNDAY)
    publishing.publish_delivery(written.deliveries.get().pk, publisher)
    return written


def messages_of(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_without_a_report_the_history_says_when_the_first_one_comes(
    office: Client, opening_hours: None
) -> None:
    page = office.get("/dashboard/reports/").content.decode()

    assert "No report yet. The first one comes when" in page


def test_the_history_lists_the_newest_first_and_is_paged(
    office: Client, shop: Shop, django_assert_num_queries
) -> None:
    days = [SUNDAY - DAY * back for back in range(30)]
    for day in days:
        issuing.issue_report(day)

    # Session, user, groups; count, reports, deliveries; the newest refused report;
    # whether anybody gets them.
    with django_assert_num_queries(8):
        first = office.get("/dashboard/reports/")
    second = office.get("/dashboard/reports/", {"page": 2})
    beyond = office.get("/dashboard/reports/", {"page": "x"})

    def shown(answer) -> list[datetime.date]:
        return [row["report"].business_day for row in answer.context["rows"]]

    assert (shown(first), shown(second)) == (days[:28], days[28:])
    assert shown(beyond) == days[:28]


def test_a_report_is_shown_as_it_was_sent_beside_the_figures_now(
    office: Client, report: Report
) -> None:
    address = f"/dashboard/reports/{report.pk}/"
    before = office.get(address)
    order = Order.objects.filter(business_day=SUNDAY).earliest("pickup_at")
    now = datetime.datetime.now(datetime.UTC)
    for status in (Status.READY, Status.CANCELLED):
        change_status(order.pk, status, by=None, now=now)

    after = office.get(address)

    assert [row.label for row in before.context["rows"] if row.is_changed] == []
    assert "Nothing has changed" in before.content.decode()
    assert [row.label for row in after.context["rows"] if row.is_changed] == [
        "Gross sales",
        "Net sales",
        "Tax",
        "Orders",
        "Items",
        "Average order value",
    ]
    page = after.content.decode()
    assert "Something has changed" in page
    assert report.subject in page
    assert "recorded-1" in page


def test_page_csv_json_and_text_show_the_same_figures(office: Client, report: Report) -> None:
    page = office.get(f"/dashboard/reports/{report.pk}/")
    answer = office.get(f"/dashboard/reports/{report.pk}/report.csv")

    rows = {
        row["name"]: row["quantity"] or row["amount"]
        for row in csv.DictReader(io.StringIO(answer.content.decode()))
        if row["section"] == "total"
    }
    in_json = [str(value) for value in json.loads(report.payload)["totals"].values()]
    assert answer["Content-Disposition"] == (
        'attachment; filename="daily-report-2026-11-22-sent.csv"'
    )
    assert {row.label: row.sent.removeprefix("€") for row in page.context["rows"]} == rows
    assert sorted(rows.values()) == sorted(in_json)
    for label, value in rows.items():
        assert re.search(rf"^{label} +{re.escape(value)} ", report.text, re.MULTILINE)


def test_the_csv_as_it_would_be_now_follows_the_orders(
    office: Client, report: Report, shop: Shop
) -> None:
    make_order(shop.at(SUNDAY, 17), {shop.coffee: 1})

    sent, current = (
        office.get(f"/dashboard/reports/{report.pk}/report.csv", {"figures": figures})
        for figures in ("sent", "current")
    )

    assert "total,Orders,4,\r\n" in sent.content.decode()
    assert "total,Orders,5,\r\n" in current.content.decode()


def test_sending_again_publishes_one_labelled_copy(
    office: Client,
    report: Report,
    publisher: RecordingPublisher,
    django_capture_on_commit_callbacks,
) -> None:
    page = office.get(f"/dashboard/reports/{report.pk}/").content.decode()
    key = re.search(r'name="request_key" value="([^"]+)"', page)
    assert key is not None

    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            answer = office.post(
                f"/dashboard/reports/{report.pk}/send-again/",
                {"request_key": key[1]},
                follow=True,
            )

    assert messages_of(answer)[-1] == "The report is on its way again."
    assert [item.message.subject for item in publisher.publications] == [
        report.subject,
        f"Copy: {report.subject}",
    ]


def test_on_lambda_the_reports_function_publishes_what_is_sent_again(
    office: Client,
    report: Report,
    publisher: RecordingPublisher,
    settings,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks,
) -> None:
    settings.BACKGROUND, settings.REPORTS_FUNCTION = "lambda", "cafe-reports"
    calls = []
    monkeypatch.setattr(
        "zappa.asynchronous.run", lambda work, **named: calls.append({"work": work, **named})
    )

    with django_capture_on_commit_callbacks(execute=True):
        office.post(f"/dashboard/reports/{report.pk}/send-again/", {"request_key": "x"})

    copy = report.deliveries.get(number=2)
    assert calls == [
        {
            "work": run_task,
            "args": ["reports.publishing.publish_requested", copy.pk],
            "remote_aws_lambda_function_name": "cafe-reports",
        }
    ]
    assert (copy.state, len(publisher.publications)) == (Delivery.State.PENDING, 1)


def test_sending_again_without_a_topic_names_the_setting(
    office: Client, report: Report, settings
) -> None:
    settings.REPORT_TOPIC_ARN = ""

    answer = office.post(
        f"/dashboard/reports/{report.pk}/send-again/", {"request_key": "x"}, follow=True
    )

    assert messages_of(answer) == ["No topic is set: REPORT_TOPIC_ARN is empty. Nothing was sent."]


def test_a_form_without_its_key_sends_nothing(
    office: Client, report: Report, publisher: RecordingPublisher
) -> None:
    answer = office.post(f"/dashboard/reports/{report.pk}/send-again/", follow=True)

    assert messages_of(answer) == ["This form is incomplete. Reload the page and try again."]
    assert Delivery.objects.count() == 1


def test_a_failed_delivery_shows_why(
    office: Client, shop: Shop, publisher: RecordingPublisher
) -> None:
    publisher.failure = PublishRefused("SNS answered 403 AuthorizationError")
    failed = issuing.issue_report(SUNDAY)
    publishing.publish_delivery(failed.deliveries.get().pk, publisher)

    page = office.get(f"/dashboard/reports/{failed.pk}/").content.decode()

    assert "SNS answered 403 AuthorizationError" in page
    assert "badge-failed" in page


def test_today_shows_the_day_as_it_stands(office: Client, shop: Shop) -> None:
    with travel("2026-11-22T12:00:00Z", tick=False):
        shop.sell_the_sundays_before()
        shop.sell_an_ordinary_sunday()
        answer = office.get("/dashboard/")

    figures = {row["label"]: (row["value"], row["last_week"]) for row in answer.context["figures"]}
    assert figures["Net sales"] == ("€36.48", "€18.14")
    assert figures["Orders"] == ("4", "1")


def test_today_without_any_order_is_no_fault(office: Client, opening_hours: None) -> None:
    page = office.get("/dashboard/").content.decode()

    assert "The shop is closed today." in page
    assert "No order for today yet." in page
