import csv
import datetime
import io
import json
import re

import pytest
from django.test import Client
from time_machine import travel

from cafe_site.orders.changes import change_status
from cafe_site.orders.models import Order, Status
from cafe_site.outbox.background import run_task
from cafe_site.shop.periods import PeriodKind, period_with
from reports.delivery import channel, issuing, publishing
from reports.delivery.problems import Problem
from reports.delivery.publishers import PublishRefused
from reports.models import Delivery, Report
from tests.answers import messages_of
from tests.factories import cancel, make_order
from tests.fixtures.shop import SUNDAY, Shop
from tests.recording_publisher import RecordingPublisher

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
def report(shop: Shop, publisher: RecordingPublisher) -> Report:
    shop.sell_the_sundays_before()
    shop.sell_an_ordinary_sunday()
    written = issuing.issue_report(SUNDAY)
    publishing.publish_delivery(written.deliveries.get().pk, publisher)
    return written


def test_without_a_report_the_history_says_when_the_first_one_comes(
    office: Client, opening_hours: None
) -> None:
    page = office.get("/dashboard/reports/").content.decode()

    assert "No report yet. The first one is made after" in page


def shown(answer) -> list[datetime.date]:
    return [row.report.business_day for row in answer.context["rows"]]


def test_the_history_is_a_month_with_the_newest_report_first(
    office: Client, shop: Shop, django_assert_num_queries
) -> None:
    days = [SUNDAY - DAY * back for back in range(30)]
    for day in days:
        issuing.issue_report(day)

    # Session, user, groups; the first and the last day; reports, deliveries; the newest refused
    # report; whether anybody gets them.
    with django_assert_num_queries(8):
        november = office.get("/dashboard/reports/")
    october = office.get("/dashboard/reports/", {"month": "2026-10"})

    assert (shown(november), shown(october)) == (days[:22], days[22:])
    page = november.content.decode()
    assert 'rel="prev" href="?month=2026-10"' in page
    assert 'rel="next"' not in page
    assert 'rel="next" href="?month=2026-11"' in october.content.decode()
    assert 'rel="prev"' not in october.content.decode()


@pytest.mark.parametrize("month", ["x", "2026-13", "2026-11-22"])
def test_what_is_no_month_is_told(month: str, office: Client, report: Report) -> None:
    answer = office.get("/dashboard/reports/", {"month": month})

    assert messages_of(answer) == [
        f"“{month}” is not a month. Write it as 2026-11. The newest month is shown."
    ]
    assert shown(answer) == [SUNDAY]


def test_the_calendar_shows_the_newest_revision_of_each_day(
    office: Client, report: Report, shop: Shop
) -> None:
    make_order(shop.at(SUNDAY, 17), {shop.coffee: 1})
    issuing.issue_report(SUNDAY + DAY)
    revision = Report.objects.get(revision=2)

    answer = office.get("/dashboard/reports/")

    weeks = answer.context["weeks"]
    assert [len(week) for week in weeks] == [7] * 6
    # November 2026 begins on a Sunday.
    assert [day and day.day.day for day in weeks[0]] == [None] * 6 + [1]
    day = weeks[3][6]
    assert (day.day, day.row.report, day.row.short_net, day.tint) == (SUNDAY, revision, "39", 5)
    assert weeks[4][0].row.is_closed
    assert weeks[4][1].row is None
    page = answer.content.decode()
    assert "rev. 2" in page
    assert f'href="/dashboard/reports/{revision.pk}/"' in page


def test_a_report_that_was_refused_is_marked_in_the_calendar(
    office: Client, report: Report
) -> None:
    report.deliveries.update(state=Delivery.State.FAILED)

    page = office.get("/dashboard/reports/").content.decode()

    assert '<span class="calendar_mark calendar_mark-bad">not sent</span>' in page


def test_a_report_leads_to_the_newest_revisions_beside_it(office: Client, shop: Shop) -> None:
    for back in (2, 1, 0):
        issuing.issue_report(SUNDAY - DAY * back)
    make_order(shop.at(SUNDAY, 17), {shop.coffee: 1})
    make_order(shop.at(SUNDAY - 2 * DAY, 17), {shop.coffee: 1})
    issuing.issue_report(SUNDAY + DAY)
    middle = Report.objects.get(business_day=SUNDAY - DAY)

    context = office.get(f"/dashboard/reports/{middle.pk}/").context

    assert (context["earlier"].revision, context["later"].revision) == (2, 2)
    assert context["later"].business_day == SUNDAY


def test_a_report_leads_to_those_before_and_after_it(office: Client, shop: Shop) -> None:
    days = [issuing.issue_report(SUNDAY - DAY * back) for back in (2, 1, 0)]
    week = issuing.issue_period_report(period_with(SUNDAY, PeriodKind.WEEKLY))

    middle, newest, weekly = (
        office.get(f"/dashboard/reports/{written.pk}/") for written in (days[1], days[2], week)
    )

    assert (middle.context["earlier"], middle.context["later"]) == (days[0], days[2])
    assert (newest.context["earlier"], newest.context["later"]) == (days[1], None)
    assert (weekly.context["earlier"], weekly.context["later"]) == (None, None)
    compare = "/dashboard/patterns/comparison/?first={}&amp;last=2026-11-22&amp;with=week"
    assert compare.format("2026-11-22") in newest.content.decode()
    assert compare.format("2026-11-16") in weekly.content.decode()


def test_text_and_json_are_those_that_were_sent(office: Client, report: Report) -> None:
    text = office.get(f"/dashboard/reports/{report.pk}/report.txt")
    as_json = office.get(f"/dashboard/reports/{report.pk}/report.json")

    assert text.content.decode() == report.text
    assert text["Content-Type"] == "text/plain; charset=utf-8"
    assert as_json.content.decode() == report.payload
    assert json.loads(as_json.content)["business_day"] == "2026-11-22"
    assert as_json["Content-Type"] == "application/json"


def test_a_report_is_shown_as_it_was_sent_beside_the_figures_now(
    office: Client, report: Report
) -> None:
    address = f"/dashboard/reports/{report.pk}/"
    before = office.get(address)
    order = Order.objects.filter(business_day=SUNDAY).earliest("pickup_at")
    now = datetime.datetime.now(datetime.UTC)
    change_status(order.pk, Status.READY, by=None, now=now)
    cancel(order.pk, now=now)

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
    assert "Some figures have changed" in page
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
            "args": ["reports.delivery.publishing.publish_requested", copy.pk],
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

    assert messages_of(answer) == [
        "Nothing was sent: the reports have no e-mail topic yet. Ask the person who runs the site "
        "to set one up."
    ]


def test_a_form_without_its_key_sends_nothing(
    office: Client, report: Report, publisher: RecordingPublisher
) -> None:
    answer = office.post(f"/dashboard/reports/{report.pk}/send-again/", follow=True)

    assert messages_of(answer) == ["This form is incomplete. Reload the page and try again."]
    assert Delivery.objects.count() == 1


def test_a_failed_delivery_shows_why(
    office: Client, shop: Shop, publisher: RecordingPublisher
) -> None:
    publisher.failure = PublishRefused("SNS answered 403 AuthorizationError", Problem.NOT_ALLOWED)
    failed = issuing.issue_report(SUNDAY)
    publishing.publish_delivery(failed.deliveries.get().pk, publisher)

    page = office.get(f"/dashboard/reports/{failed.pk}/").content.decode()

    assert "The e-mail service does not allow this site to send." in page
    assert "AuthorizationError" not in page
    assert failed.deliveries.get().attempts.last().detail == (
        "not_allowed: SNS answered 403 AuthorizationError"
    )
    assert "badge-failed" in page


def test_today_shows_the_day_as_it_stands(office: Client, shop: Shop) -> None:
    with travel("2026-11-22T12:00:00Z", tick=False):
        shop.sell_the_sundays_before()
        shop.sell_an_ordinary_sunday()
        answer = office.get("/dashboard/")

    figures = dict(answer.context["figures"])
    assert figures["Net sales"] == "€36.48"
    assert figures["Orders"] == "4"


def test_today_without_any_order_is_no_fault(office: Client, opening_hours: None) -> None:
    page = office.get("/dashboard/").content.decode()

    assert "The shop is closed today." in page
    assert "No order for today yet." in page
