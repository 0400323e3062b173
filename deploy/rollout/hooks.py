"""Settings of a function that Zappa cannot set or does not update. All are safe to repeat.

Log retention is set by the stack, which creates the log groups before Lambda could create some
without an expiry.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from deploy.limits import find_api, limit_requests
from deploy.rollout.functions import find_function

# Retries of failed asynchronous calls: those of the schedule and work that a page hands over.
#
# web: none. Failed work stays in the outbox, and the schedule retries it within five minutes.
# reports: one, in case the database has just failed over to its other zone. After 15 minutes the
# next run does the work, and the alarm cafe-reports-errors assumes at most two attempts.
ASYNCHRONOUS = {
    "web": {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 300},
    "reports": {"MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 900},
}

Settings = Mapping[str, Any]


def set_hooks(
    session: Any, stage: str, settings: Settings, outputs: Mapping[str, str]
) -> list[str]:
    """Set everything, and return a sentence for each change."""
    steps: list[Callable[[], str]] = [
        lambda: set_retries(session, stage),
        lambda: set_dead_letter(session, stage, settings),
        lambda: forget_removed_events(session, stage, settings),
        lambda: subscribe(session, stage, settings),
        lambda: forget_old_permissions(session, stage, settings),
    ]
    if settings.get("apigateway_enabled", True):
        steps.append(lambda: set_limits(session, stage, outputs))
    return [said for step in steps if (said := step())]


def set_retries(session: Any, stage: str) -> str:
    client, name, wanted = session.client("lambda"), f"cafe-{stage}", ASYNCHRONOUS[stage]
    try:
        found = client.get_function_event_invoke_config(FunctionName=name)
        if all(found.get(key) == value for key, value in wanted.items()):
            return ""
    except client.exceptions.ResourceNotFoundException:
        # There is no configuration yet.
        pass
    client.put_function_event_invoke_config(FunctionName=name, **wanted)
    return (
        f"a failed event is tried {wanted['MaximumRetryAttempts']} times more, for "
        f"{wanted['MaximumEventAgeInSeconds']} seconds"
    )


def set_dead_letter(session: Any, stage: str, settings: Settings) -> str:
    """Set the dead letter queue; `zappa update` ignores dead_letter_arn."""
    client, name = session.client("lambda"), f"cafe-{stage}"
    wanted = settings.get("dead_letter_arn", "")
    found = client.get_function_configuration(FunctionName=name).get("DeadLetterConfig", {})
    if found.get("TargetArn", "") == wanted:
        return ""
    # An update of the configuration by Zappa may still be in progress.
    client.get_waiter("function_updated_v2").wait(FunctionName=name)
    client.update_function_configuration(FunctionName=name, DeadLetterConfig={"TargetArn": wanted})
    client.get_waiter("function_updated_v2").wait(FunctionName=name)
    return f"events that failed to the end go to {wanted.rsplit(':', 1)[-1] or 'nowhere'}"


def forget_removed_events(session: Any, stage: str, settings: Settings) -> str:
    """Delete rules and subscriptions of events that are no longer in the settings.

    Zappa recreates all rules, but does nothing if there are none left, and it never deletes the
    subscription of a removed topic.
    """
    arn = function_arn(session, stage)
    sns, gone = session.client("sns"), []
    if not count_rules(settings):
        for name in rules_of(session, arn):
            delete_rule(session, name)
            gone.append(name)
    pages = sns.get_paginator("list_subscriptions").paginate()
    for subscription in (item for page in pages for item in page["Subscriptions"]):
        is_ours = subscription["Endpoint"] == arn
        if is_ours and subscription["TopicArn"] not in _topics(settings):
            sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
            gone.append(subscription["TopicArn"])
    return f"no longer called by {', '.join(gone)}" if gone else ""


def forget_old_permissions(session: Any, stage: str, settings: Settings) -> str:
    """Delete obsolete permissions that Zappa leaves behind.

    Each `zappa update` adds two statements per topic: one whose name begins with "sns-", and one
    with a random name that also requires the caller's account, which SNS is not documented to send.
    The first one is needed, and Zappa replaces it itself. After about fifty of the others, the
    policy exceeds Lambda's limit of 20 KB, and deployments fail.
    """
    client, name = session.client("lambda"), f"cafe-{stage}"
    wanted = {_rule_arn(session, rule) for rule in rules_of(session, function_arn(session, stage))}
    wanted |= _topics(settings)
    kept, gone = set(), 0
    statements = _permissions(session, stage)
    for statement in sorted(statements, key=lambda found: not found["Sid"].startswith("sns-")):
        source = _source_of(statement)
        if source in wanted and source not in kept:
            kept.add(source)
            continue
        if source:
            client.remove_permission(FunctionName=name, StatementId=statement["Sid"])
            gone += 1
    if gone == 1:
        return "an unused permission was deleted"
    return f"{gone} unused permissions were deleted" if gone else ""


def subscribe(session: Any, stage: str, settings: Settings) -> str:
    """Subscribe a function to its topics: if SNS refuses, Zappa only logs that.

    Without the subscription, no receipt arrives, and a report that SNS may have accepted is sent
    again.
    """
    missing, let_in = missing_subscriptions(session, stage, settings), _let_in(session, stage)
    for topic in missing:
        if topic not in let_in:
            session.client("lambda").add_permission(
                FunctionName=f"cafe-{stage}",
                StatementId=f"sns-{topic.rsplit(':', 1)[-1]}",
                Action="lambda:InvokeFunction",
                Principal="sns.amazonaws.com",
                SourceArn=topic,
            )
        session.client("sns").subscribe(
            TopicArn=topic, Protocol="lambda", Endpoint=function_arn(session, stage)
        )
    return f"called by {', '.join(missing)}" if missing else ""


def missing_subscriptions(session: Any, stage: str, settings: Settings) -> list[str]:
    """Return the topics in the settings without a subscription or permission for the function."""
    arn, client, found = function_arn(session, stage), session.client("sns"), []
    let_in = _let_in(session, stage)
    for topic in sorted(_topics(settings)):
        pages = client.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
        endpoints = {item["Endpoint"] for page in pages for item in page["Subscriptions"]}
        if topic not in let_in or arn not in endpoints:
            found.append(topic)
    return found


def _let_in(session: Any, stage: str) -> set[str]:
    """Return the rules and topics that may call a function without a condition on their account."""
    return {
        _source_of(statement)
        for statement in _permissions(session, stage)
        if "AWS:SourceAccount" not in json.dumps(statement.get("Condition", {}))
    }


def sources_of(session: Any, stage: str) -> set[str]:
    """Return the rules and topics that may call a function."""
    return {_source_of(statement) for statement in _permissions(session, stage)} - {""}


def _permissions(session: Any, stage: str) -> list[dict[str, Any]]:
    client = session.client("lambda")
    try:
        policy = json.loads(client.get_policy(FunctionName=f"cafe-{stage}")["Policy"])
    except client.exceptions.ResourceNotFoundException:
        return []
    return list(policy["Statement"])


def _source_of(statement: Mapping[str, Any]) -> str:
    """Return the rule or topic that a permission is for; empty for other services."""
    principal = statement["Principal"]
    service = principal.get("Service", "") if isinstance(principal, dict) else principal
    if service not in ("events.amazonaws.com", "sns.amazonaws.com"):
        return ""
    return str(statement["Condition"]["ArnLike"]["AWS:SourceArn"])


def set_limits(session: Any, stage: str, outputs: Mapping[str, str]) -> str:
    """Set the rate limit of API Gateway; Zappa may have recreated its stage."""
    api_id = find_api(session)
    found = session.client("apigateway").get_stage(restApiId=api_id, stageName=stage)
    settings = found.get("methodSettings", {}).get("*/*", {})
    rate, burst = outputs["RequestsPerSecond"], outputs["RequestsBurst"]
    now = (settings.get("throttlingRateLimit"), settings.get("throttlingBurstLimit"))
    if now == (float(rate), int(burst)):
        return ""
    limit_requests(session, api_id, outputs)
    return f"the site takes {rate} requests a second, and {burst} at once"


def delete_rule(session: Any, name: str) -> None:
    events = session.client("events")
    targets = events.list_targets_by_rule(Rule=name)["Targets"]
    if targets:
        events.remove_targets(Rule=name, Ids=[target["Id"] for target in targets])
    events.delete_rule(Name=name)


def rules_of(session: Any, arn: str) -> list[str]:
    client = session.client("events")
    return list(client.list_rule_names_by_target(TargetArn=arn)["RuleNames"])


def enabled_rules(session: Any, arn: str) -> list[str]:
    """Return the scheduled rules that call a function."""
    client = session.client("events")
    return [
        name
        for name in rules_of(session, arn)
        if client.describe_rule(Name=name)["State"] == "ENABLED"
    ]


def count_rules(settings: Settings) -> int:
    """Return how many rules Zappa creates from the settings."""
    return sum(
        len(event.get("expressions", ())) or ("expression" in event) for event in _events(settings)
    )


def _rule_arn(session: Any, name: str) -> str:
    return str(session.client("events").describe_rule(Name=name)["Arn"])


def function_arn(session: Any, stage: str) -> str:
    found = find_function(session, f"cafe-{stage}")
    return str(found["Configuration"]["FunctionArn"]) if found else ""


def _events(settings: Settings) -> list[dict[str, Any]]:
    return list(settings.get("events", []))


def _topics(settings: Settings) -> set[str]:
    return {event["event_source"]["arn"] for event in _events(settings) if "event_source" in event}
