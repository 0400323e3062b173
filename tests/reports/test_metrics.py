"""Tests of the metrics behind the on-call alarm."""

import datetime
import io
import json
import logging

import pytest
from django.test import Client
from time_machine import travel

from deploy.template import read_template
from reports import due
from reports.delivery import issuing
from reports.delivery.publishers import PublishRefused
from reports.due import RunResult
from reports.metrics import emit_run, oldest_unreported_day, unreported_hours
from reports.models import Delivery
from tests.factories import make_order, utc
from tests.fixtures.shop import SUNDAY, Shop
from tests.recording_publisher import RecordingPublisher

DAY = datetime.timedelta(days=1)
# When Sunday's report is due.
DUE = utc(2026, 11, 22, 23, 30)


@pytest.mark.django_db
def test_a_shop_without_orders_misses_no_report() -> None:
    assert (oldest_unreported_day(DUE), unreported_hours(DUE)) == (None, 0)


def test_a_day_that_has_not_closed_is_not_missed(shop: Shop) -> None:
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 1})

    assert oldest_unreported_day(DUE - datetime.timedelta(minutes=1)) is None
    assert oldest_unreported_day(DUE) == SUNDAY


def test_a_day_is_missed_until_its_report_is_published(shop: Shop) -> None:
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 1})
    later = DUE + datetime.timedelta(hours=3)
    hours = [unreported_hours(later)]

    due.run_due_reports(now=later, publisher=RecordingPublisher(failure=PublishRefused("no")))
    hours.append(unreported_hours(later))
    Delivery.objects.update(state=Delivery.State.PENDING)
    due.run_due_reports(now=later, publisher=RecordingPublisher())
    hours.append(unreported_hours(later))

    assert hours == [3, 3, 0]


def test_the_oldest_gap_counts(shop: Shop) -> None:
    make_order(shop.at(SUNDAY - 2 * DAY, 9), {shop.coffee: 1})
    issuing.issue_report(SUNDAY)
    Delivery.objects.update(state=Delivery.State.PUBLISHED)

    assert unreported_hours(DUE) == 48


def test_a_gap_older_than_reports_are_caught_up_is_let_go(shop: Shop) -> None:
    make_order(shop.at(SUNDAY - 30 * DAY, 9), {shop.coffee: 1})

    assert oldest_unreported_day(DUE) == SUNDAY - 13 * DAY


def test_a_run_is_one_line_that_cloudwatch_reads(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 1})
    # pytest adds handlers of its own.
    [handler] = [
        handler
        for handler in logging.getLogger("reports.emf").handlers
        if type(handler) is logging.StreamHandler
    ]
    written = io.StringIO()
    monkeypatch.setattr(handler, "stream", written)
    now = DUE + datetime.timedelta(minutes=45)

    emit_run(RunResult(published=[SUNDAY - DAY], failed=[SUNDAY]), now=now)

    line = json.loads(written.getvalue())
    about = line.pop("_aws")
    assert line == {"Published": 1, "Late": 0, "Failed": 1, "UnreportedHours": 0.75}
    [metrics] = about["CloudWatchMetrics"]
    assert {metric["Name"] for metric in metrics["Metrics"]} == set(line)
    assert about["Timestamp"] == now.timestamp() * 1000


def test_the_health_page_shows_the_age_of_the_gap(shop: Shop, client: Client) -> None:
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 1})

    with travel(DUE + datetime.timedelta(hours=6), tick=False):
        answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (
        200,
        {"database": "ok", "unreported_hours": 6},
    )


def test_the_alarm_rings_when_nothing_is_heard() -> None:
    alarm = read_template()["Resources"]["NoReportAlarm"]["Properties"]

    assert (alarm["Namespace"], alarm["MetricName"]) == ("Cafe/Reports", "UnreportedHours")
    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]
