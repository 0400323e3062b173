"""Saving and restoring a function's scheduled rules.

`zappa update` recreates all rules. A restored version needs its own schedule, not that of the
failed one.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.rollout.hooks import delete_rule, function_arn, rules_of, sources_of


@dataclass(frozen=True, slots=True)
class Rule:
    """The arguments of EventBridge's put_rule, and the rule's targets."""

    properties: Mapping[str, Any]
    targets: Sequence[Mapping[str, Any]]

    @property
    def name(self) -> str:
        return str(self.properties["Name"])


# The fields of a rule that Zappa sets.
PROPERTIES = ("Name", "ScheduleExpression", "State", "Description", "RoleArn")


def read_schedule(session: Any, stage: str) -> list[Rule]:
    """Return the rules that call a stage's function; empty without a function."""
    arn, events = function_arn(session, stage), session.client("events")
    rules = []
    for name in rules_of(session, arn) if arn else ():
        found = events.describe_rule(Name=name)
        properties = {key: found[key] for key in PROPERTIES if key in found}
        rules.append(Rule(properties, events.list_targets_by_rule(Rule=name)["Targets"]))
    return rules


def put_schedule_back(session: Any, stage: str, before: Sequence[Rule]) -> None:
    """Restore the saved rules and delete all others; safe to repeat."""
    events, client = session.client("events"), session.client("lambda")
    kept = {rule.name for rule in before}
    for name in rules_of(session, function_arn(session, stage)):
        if name not in kept:
            delete_rule(session, name)
    let_in = sources_of(session, stage)
    for rule in before:
        arn = events.put_rule(**rule.properties)["RuleArn"]
        _set_targets(events, rule)
        if arn not in let_in:
            client.add_permission(
                FunctionName=f"cafe-{stage}",
                StatementId=uuid.uuid4().hex,
                Action="lambda:InvokeFunction",
                Principal="events.amazonaws.com",
                SourceArn=arn,
            )


def _set_targets(events: Any, rule: Rule) -> None:
    events.put_targets(Rule=rule.name, Targets=rule.targets)
    wanted = {target["Id"] for target in rule.targets}
    found = {target["Id"] for target in events.list_targets_by_rule(Rule=rule.name)["Targets"]}
    if found - wanted:
        # Zappa's rules have new names, so the function would be called twice.
        events.remove_targets(Rule=rule.name, Ids=sorted(found - wanted))
