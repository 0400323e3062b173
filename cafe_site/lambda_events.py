"""The Lambda events that are allowed; all others are refused before Zappa's handler.

Zappa's handler runs what an event names: it executes `raw_command` as Python, calls any function
for `command` or an SNS message with a "command", and calls the function in the rule's name for a
scheduled event. So a caller of the reports function could run any code with its role, the only one
that may publish. Only the system's own events are allowed: requests of API Gateway, the schedule,
messages of the topic, work that a page hands over, and the commands named here.

Pure: the handler calls this before Django is loaded.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

Event = Mapping[str, Any]

SCHEDULED = frozenset({"reports.events.run_due_reports", "reports.events.sweep_outbox"})
LISTS = (
    "cafe_site.deployment.list_applied_migrations",
    "cafe_site.deployment.list_missing_migrations",
)
COMMANDS = {
    "web": frozenset({*LISTS, "cafe_site.deployment.make_owner"}),
    "reports": frozenset(LISTS),
}
# Zappa's name for handed-over work, our only function that accepts it, and the allowed work.
HANDED_OVER, TASK = "zappa.asynchronous.route_lambda_task", "cafe_site.outbox.background.run_task"
WORK = {
    "web": frozenset(
        {
            "cafe_site.orders.customer_mail.send_mail",
            "cafe_site.orders.payments.card_refunds.send_card_refund",
            "cafe_site.orders.payments.services.settle_payment",
        }
    ),
    "reports": frozenset(
        {"reports.offloaded.running.run_job", "reports.delivery.publishing.publish_requested"}
    ),
}
# The commands of manage.py that docs/deploy.md and docs/operations.md use.
MANAGEMENT = {
    "web": frozenset({"check", "migrate"}),
    "reports": frozenset(
        {
            *("check", "migrate", "rebuild_rollups", "run_due_reports", "send_report", "summarize"),
            "sweep_outbox",
        }
    ),
}
# Django's own options that load code or settings from elsewhere.
LOADING_OPTIONS = ("--settings", "--pythonpath")
# The field that identifies each kind. An event with two of them is refused: Zappa could run it as
# the kind that was not checked here.
KINDS = ("httpMethod", "detail-type", "command", "manage", "Records")
REFUSED_KINDS = ("raw_command", "bot", "authorizationToken", "triggerSource")


class EventRefused(Exception):
    """The function does not accept the event; the message says why."""


def refuse_unknown(event: object, stage: str) -> None:
    """Raise EventRefused for an event that a stage's function does not accept."""
    kind = _kind_of(event)
    if kind is None or not isinstance(event, Mapping):
        names = ", ".join(sorted(map(str, event))) if isinstance(event, Mapping) else ""
        raise EventRefused(
            f"cafe-{stage} does not accept events of this kind; its fields: {names}."
        )
    if reason := LOOKS[kind](event, stage):
        raise EventRefused(f"cafe-{stage} does not accept this event: {reason}.")


def _kind_of(event: object) -> str | None:
    if not isinstance(event, Mapping) or event.get("version") == "2.0":
        return None
    # Zappa writes these to the process's environment, where they affect later events.
    if event.get("stageVariables"):
        return None
    found = [kind for kind in (*KINDS, *REFUSED_KINDS) if event.get(kind)]
    if found != ["httpMethod"] and event.get("requestContext"):
        return None
    return found[0] if len(found) == 1 and found[0] in KINDS else None


def _look_at_request(event: Event, stage: str) -> str:
    return "" if stage == "web" else "it serves no pages"


def _look_at_schedule(event: Event, stage: str) -> str:
    rule = str((event.get("resources") or [""])[0]).rsplit("/", 1)[-1]
    function = rule.rsplit("-", 1)[-1]
    if stage != "reports" or event["detail-type"] != "Scheduled Event" or function not in SCHEDULED:
        return f"nothing is scheduled here as {rule!r}"
    return ""


def _look_at_command(event: Event, stage: str) -> str:
    name = event["command"]
    if name != HANDED_OVER:
        is_known = name in COMMANDS[stage]
        return "" if is_known else f"the command {name!r} is not allowed"
    work = (event.get("args") or [""])[0]
    if event.get("task_path") != TASK or work not in WORK[stage]:
        return f"the work {work!r} is not handed over to this function"
    return ""


def _look_at_management(event: Event, stage: str) -> str:
    name, *options = str(event["manage"]).split(" ")
    if name not in MANAGEMENT[stage]:
        taken = ", ".join(sorted(MANAGEMENT[stage]))
        return f"`manage.py {name}` is not an allowed command ({taken})"
    # Django accepts abbreviated option names.
    loads = any(
        len(option) > 2 and full.startswith(option.partition("=")[0])
        for option in options
        for full in LOADING_OPTIONS
    )
    return "its options load code or settings" if loads else ""


def _look_at_records(event: Event, stage: str) -> str:
    if stage != "reports":
        return "no topic calls it"
    for record in event["Records"]:
        if set(record) & {"s3", "dynamodb", "kinesis"} or "Sns" not in record:
            return "only SNS may call it"
        if _names_command(record["Sns"].get("Message")):
            return "the message names a command"
    return ""


def _names_command(message: object) -> bool:
    try:
        content = json.loads(str(message))
    except ValueError:
        return False
    return isinstance(content, dict) and bool(content.get("command"))


LOOKS: dict[str, Callable[[Event, str], str]] = {
    "httpMethod": _look_at_request,
    "detail-type": _look_at_schedule,
    "command": _look_at_command,
    "manage": _look_at_management,
    "Records": _look_at_records,
}
