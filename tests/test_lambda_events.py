"""Tests of the events that the functions on Lambda accept; all others are refused."""

import ast
import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from cafe_site.lambda_events import (
    COMMANDS,
    MANAGEMENT,
    SCHEDULED,
    TASK,
    WORK,
    EventRefused,
    refuse_unknown,
)

ROOT = Path(__file__).resolve().parent.parent
RULE = "arn:aws:events:eu-central-1:123456789012:rule/cafe-reports-"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:cafe-reports"


def request(**changes: Any) -> dict[str, Any]:
    return {
        "httpMethod": "GET",
        "path": "/",
        "headers": {"Host": "cafe.example"},
        "requestContext": {"stage": "web", "identity": {"sourceIp": "192.0.2.1"}},
        "stageVariables": None,
        **changes,
    }


def scheduled(function: str, **changes: Any) -> dict[str, Any]:
    return {
        "version": "0",
        "detail-type": "Scheduled Event",
        "resources": [RULE + function],
        "kwargs": {},
        **changes,
    }


def handed_over(work: str, **changes: Any) -> dict[str, Any]:
    return {
        "command": "zappa.asynchronous.route_lambda_task",
        "task_path": TASK,
        "args": [work, 7],
        "kwargs": {},
        **changes,
    }


def notified(message: str) -> dict[str, Any]:
    return {"Records": [{"EventSource": "aws:sns", "Sns": {"TopicArn": TOPIC, "Message": message}}]}


@pytest.mark.parametrize(
    ("stage", "event"),
    [
        ("web", request()),
        ("web", handed_over("cafe_site.orders.customer_mail.send_mail")),
        ("web", {"command": "cafe_site.deployment.list_missing_migrations"}),
        ("web", {"manage": "migrate --no-input"}),
        ("web", {"manage": "check --database default"}),
        ("reports", scheduled("reports.events.run_due_reports")),
        ("reports", handed_over("reports.delivery.publishing.publish_requested")),
        ("reports", notified("Cafe Linde, Sat 21 Nov 2026")),
        ("reports", notified('{"day": "2026-11-21"}')),
        ("reports", {"manage": "send_report --day 2026-11-22 --resend"}),
    ],
)
def test_what_this_system_sends_is_let_through(stage: str, event: dict[str, Any]) -> None:
    refuse_unknown(event, stage)


@pytest.mark.parametrize(
    ("stage", "event", "sentence"),
    [
        ("web", {"raw_command": "print(1)"}, "does not accept events of this kind"),
        ("reports", {"raw_command": "print(1)"}, "does not accept events of this kind"),
        ("reports", {"command": "os.abort"}, "the command 'os.abort' is not allowed"),
        ("reports", {"manage": "shell -c print(1)"}, "`manage.py shell` is not an allowed"),
        ("web", {"manage": "send_report"}, "`manage.py send_report` is not an allowed"),
        ("web", {"manage": "check --pythonpath=/tmp"}, "load code or settings"),
        ("web", {"manage": "check --sett os"}, "load code or settings"),
        ("reports", scheduled("os.abort"), "nothing is scheduled here as"),
        ("web", scheduled("reports.events.sweep_outbox"), "nothing is scheduled here as"),
        ("reports", scheduled("x", resources=[]), "nothing is scheduled here as ''"),
        ("reports", handed_over("os.abort"), "the work 'os.abort' is not handed over"),
        ("web", handed_over("reports.offloaded.running.run_job"), "is not handed over to this"),
        (
            "web",
            handed_over("cafe_site.orders.customer_mail.send_mail", task_path="os.system"),
            "is not handed over to this",
        ),
        ("reports", notified('{"command": "os.abort"}'), "the message names a command"),
        (
            "reports",
            {"Records": [{"s3": {"configurationId": "x:os.abort"}}]},
            "only SNS may call it",
        ),
        ("web", notified("hello"), "no topic calls it"),
        ("reports", request(), "it serves no pages"),
        ("reports", {"command": "cafe_site.deployment.make_owner"}, "is not allowed"),
        ("web", request(version="2.0"), "does not accept events of this kind"),
        ("web", request(command="os.abort"), "does not accept events of this kind"),
        (
            "web",
            {"requestContext": {"eventType": "CONNECT"}, "manage": "check"},
            "does not accept events of this kind; its fields: manage, requestContext",
        ),
        (
            "web",
            {"authorizationToken": "x", "manage": "check"},
            "does not accept events of this kind",
        ),
        ("web", {}, "does not accept events of this kind; its fields: ."),
        ("web", ["raw_command"], "does not accept events of this kind"),
    ],
)
def test_what_would_run_other_code_is_refused(stage: str, event: Any, sentence: str) -> None:
    with pytest.raises(EventRefused, match="cafe-") as caught:
        refuse_unknown(event, stage)

    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("stage", "event"),
    [
        ("web", request()),
        ("web", {"manage": "check"}),
        ("reports", {"command": "cafe_site.deployment.list_missing_migrations"}),
        ("reports", scheduled("reports.events.sweep_outbox")),
        ("reports", handed_over("reports.delivery.publishing.publish_requested")),
        ("reports", notified("hello")),
    ],
)
def test_no_event_sets_variables_of_the_process(stage: str, event: dict[str, Any]) -> None:
    # Zappa would: boto3's clients could be led to another address, for all events to come.
    refuse_unknown(event, stage)

    with pytest.raises(EventRefused, match="does not accept events of this kind"):
        refuse_unknown(event | {"stageVariables": {"AWS_ENDPOINT_URL_SNS": "https://x"}}, stage)


def test_the_schedule_is_that_of_the_settings() -> None:
    settings = json.loads((ROOT / "zappa_settings.json").read_text())

    assert {
        event["function"] for event in settings["reports"]["events"] if "expression" in event
    } == SCHEDULED
    assert "events" not in settings["web"]


def calls_of(name: str) -> Iterator[str]:
    """Yield the functions that are handed over by a call of this name, with their modules."""
    for folder in ("cafe_site", "reports"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            module = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                    found = import_module(module)
                    for part in ast.unparse(node.args[0]).split("."):
                        found = getattr(found, part)
                    yield f"{found.__module__}.{found.__name__}"


@pytest.mark.parametrize(
    ("stage", "call"),
    [("web", "run_after_commit"), ("reports", "run_in_reports_after_commit")],
)
def test_all_work_that_is_handed_over_is_let_through(stage: str, call: str) -> None:
    assert set(calls_of(call)) == WORK[stage]


def test_each_name_is_one_of_ours() -> None:
    from django.core.management import get_commands

    for path in (
        *COMMANDS["web"],
        *COMMANDS["reports"],
        *SCHEDULED,
        TASK,
        *WORK["web"],
        *WORK["reports"],
    ):
        module, name = path.rsplit(".", 1)
        assert callable(getattr(import_module(module), name))
    assert MANAGEMENT["web"] | MANAGEMENT["reports"] <= set(get_commands())


def test_the_manual_runs_no_other_command() -> None:
    told = [
        line
        for name in ("deploy.md", "operations.md")
        for line in (ROOT / "docs" / name).read_text().splitlines()
        if "zappa manage" in line
    ]

    assert told
    for line in told:
        words = line.split("zappa manage", 1)[1].replace('"', "").split()
        refuse_unknown({"manage": words[1]}, words[0])
