"""Tests of the reports' package run as on Lambda: its schedule, its topic, and failing jobs."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.conftest import BESIDE, TOPIC
from tests.deploy.lambda_function import LambdaFunction, Package, running_function
from tests.deploy.mariadb_server import NAME, MariadbServer
from tests.faults.sns_stand_in import SnsStandIn

SCHEDULE = "arn:aws:events:eu-central-1:123456789012:rule/cafe-reports-"


def scheduled(function: str, time: str) -> dict[str, Any]:
    """Return what EventBridge sends for a rule that Zappa has made."""
    return {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": time,
        "region": "eu-central-1",
        "resources": [f"{SCHEDULE}{function}"],
        "detail": {},
    }


def deliveries(mariadb: MariadbServer, day: str) -> list[tuple[Any, ...]]:
    return mariadb.query(
        f"SELECT state, message_id FROM {NAME}.reports_delivery AS delivery "
        f"JOIN {NAME}.reports_report AS report ON report.id = delivery.report_id "
        "WHERE business_day = %s",
        day,
    )


@pytest.fixture
def saturday(
    sell_on: Callable[[str], None], sns: SnsStandIn, mariadb: MariadbServer
) -> Iterator[str]:
    """A closed day with an order, in a database without any other. No week ends with it."""
    sns.accepted.clear()
    sell_on("2026-11-21")
    yield "2026-11-21"
    sns.mode = "accept"
    for table in ("reports_attempt", "reports_delivery", "reports_report"):
        mariadb.query(f"DELETE FROM {NAME}.{table}")


def test_the_schedule_publishes_the_report_of_a_closed_day(
    reports: LambdaFunction, saturday: str, sns: SnsStandIn, mariadb: MariadbServer
) -> None:
    outcome = reports.invoke(scheduled("reports.events.run_due_reports", "2026-11-21T23:30:00Z"))

    assert outcome.answer == {
        "published": [f"daily {saturday}"],
        "waiting": [],
        "failed": [],
        "broken": [],
    }
    assert sns.subjects == ["Cafe Linde, Sat 21 Nov 2026: EUR 7.85 net, 1 order"]
    assert sns.accepted[0]["TopicArn"] == TOPIC
    assert deliveries(mariadb, saturday) == [("published", "1")]
    assert '"Published": 1' in reports.log


def test_a_receipt_from_the_topic_settles_what_was_left_open(
    reports: LambdaFunction, saturday: str, sns: SnsStandIn, mariadb: MariadbServer
) -> None:
    sns.mode = "lose"
    reports.invoke(scheduled("reports.events.run_due_reports", "2026-11-21T23:30:00Z"))
    before = deliveries(mariadb, saturday)
    notification = {
        "Type": "Notification",
        "TopicArn": TOPIC,
        "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
        "Message": sns.accepted[0]["Message"],
        "MessageAttributes": {
            "delivery_id": {"Type": "String", "Value": str(sns.delivery_ids()[0])}
        },
    }

    outcome = reports.invoke(
        {"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": notification}]}
    )

    assert [state for state, _message in before] == ["ambiguous"]
    assert outcome.answer == {"settled": 1}
    assert deliveries(mariadb, saturday) == [("published", notification["MessageId"])]


def test_a_job_that_raises_fails_for_lambda_and_is_recorded(
    reports: LambdaFunction, saturday: str, sns: SnsStandIn, mariadb: MariadbServer
) -> None:
    sns.mode = "400"

    outcome = reports.invoke(scheduled("reports.events.run_due_reports", "2026-11-21T23:30:00Z"))

    assert outcome.error is not None
    assert outcome.error["errorType"] == "RunFailed"
    assert outcome.error["errorMessage"] == "These reports were refused: daily 2026-11-21."
    assert [state for state, _message in deliveries(mariadb, saturday)] == ["failed"]


def test_the_outbox_is_swept_on_schedule(reports: LambdaFunction) -> None:
    outcome = reports.invoke(scheduled("reports.events.sweep_outbox", "2026-11-22T12:05:00Z"))

    assert outcome.error is None
    assert set(outcome.answer.values()) == {0}


def test_a_job_runs_after_the_database_has_closed_the_connection(
    reports: LambdaFunction, mariadb: MariadbServer
) -> None:
    event = scheduled("reports.events.sweep_outbox", "2026-11-22T12:05:00Z")
    before = reports.invoke(event)
    mariadb.close_connections()

    after = reports.invoke(event)

    assert (before.error, after.error) == (None, None)


HANDED_OVER = {
    "command": "zappa.asynchronous.route_lambda_task",
    "task_path": "cafe_site.outbox.background.run_task",
    "args": ["cafe_site.orders.customer_mail.send_mail", 0],
    "kwargs": {},
}


@pytest.mark.parametrize(
    ("stage", "event"),
    [
        ("reports", scheduled("reports.events.sweep_outbox", "2026-11-22T12:05:00Z")),
        ("web", HANDED_OVER),
    ],
    ids=["an event", "work that was handed over"],
)
def test_the_connection_of_the_start_may_be_dead_at_the_first_call(
    packages: dict[str, Package],
    variables: dict[str, str],
    mariadb: MariadbServer,
    # Its migrations have made the tables.
    web: LambdaFunction,
    tmp_path: Path,
    stage: str,
    event: dict[str, Any],
) -> None:
    # Lambda starts processes long before it has something for them to do.
    with running_function(packages[stage], tmp_path / "log", **variables) as function:
        mariadb.close_connections()

        outcome = function.invoke(event)

        assert outcome.error is None, function.log


def test_a_job_with_a_type_error_runs_once_and_tells_it(
    packages: dict[str, Package], variables: dict[str, str], web: LambdaFunction, tmp_path: Path
) -> None:
    # Zappa calls an entry that raises a TypeError again, and then raises an error of its own.
    log = tmp_path / "reports.log"
    with running_function(packages["reports"], log, modules=BESIDE, **variables) as function:
        function.invoke({"play": "break_job"})
        outcome = function.invoke(
            scheduled("reports.events.run_due_reports", "2026-11-21T23:30:00Z")
        )

        assert function.log.count("the broken job runs") == 1
        assert outcome.error is not None
        assert outcome.error["errorType"] == "RunFailed"
        assert "unsupported operand: what really happened" in outcome.error["errorMessage"]
        assert "unsupported operand: what really happened" in function.log
