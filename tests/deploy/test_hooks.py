"""Tests of the settings applied after Zappa, on a function like Zappa's in a moto account."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from deploy.rollout.hooks import (
    forget_old_permissions,
    forget_removed_events,
    missing_subscriptions,
    set_dead_letter,
    set_limits,
    set_retries,
    subscribe,
)
from deploy.rollout.packages import StoredPackage
from deploy.rollout.switching import fingerprint, is_deployed, mark_deployed
from tests.deploy.played_lambda import keep_dead_letters
from tests.deploy.strict_aws import strict_aws
from tests.deploy.test_limits import OUTPUTS, make_api

ROLE = {"Service": "lambda.amazonaws.com"}
EVENT = {"function": "reports.events.run_due_reports", "expression": "rate(15 minutes)"}


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[boto3.Session]:
    keep_dead_letters(monkeypatch)
    with strict_aws():
        made = boto3.Session(region_name="eu-central-1")
        trust = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": ROLE, "Action": "sts:AssumeRole"}],
        }
        role = made.client("iam").create_role(
            RoleName="x", AssumeRolePolicyDocument=json.dumps(trust)
        )
        # Lambda looks whether a role may leave failed events where they are to go.
        leave = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
        made.client("iam").put_role_policy(
            RoleName="x", PolicyName="x", PolicyDocument=json.dumps(trust | {"Statement": [leave]})
        )
        made.client("lambda").create_function(
            FunctionName="cafe-reports",
            Role=role["Role"]["Arn"],
            Runtime="python3.13",
            Handler="handler.lambda_handler",
            Code={"ZipFile": make_zip("")},
        )
        yield made


def make_zip(code: str) -> bytes:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as zipped:
        zipped.writestr("handler.py", code)
    return package.getvalue()


@pytest.fixture
def topic(session: boto3.Session) -> str:
    return str(session.client("sns").create_topic(Name="cafe-reports")["TopicArn"])


def arn_of_function(session: boto3.Session) -> str:
    found = session.client("lambda").get_function(FunctionName="cafe-reports")
    return str(found["Configuration"]["FunctionArn"])


def let_in(session: boto3.Session, name: str, service: str, source: str, **conditions: str) -> None:
    session.client("lambda").add_permission(
        FunctionName="cafe-reports",
        StatementId=name,
        Action="lambda:InvokeFunction",
        Principal=f"{service}.amazonaws.com",
        SourceArn=source,
        **conditions,
    )


def permissions(session: boto3.Session) -> list[str]:
    policy = session.client("lambda").get_policy(FunctionName="cafe-reports")["Policy"]
    return [statement["Sid"] for statement in json.loads(policy)["Statement"]]


def make_rule(session: boto3.Session, name: str) -> str:
    client = session.client("events")
    arn = client.put_rule(Name=name, ScheduleExpression="rate(15 minutes)")["RuleArn"]
    client.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": arn_of_function(session)}])
    return str(arn)


def rules(session: boto3.Session) -> list[str]:
    return [rule["Name"] for rule in session.client("events").list_rules()["Rules"]]


def settings_with(topic: str, *events: dict[str, Any]) -> dict[str, Any]:
    receipts = {"function": "reports.events.take_receipt", "event_source": {"arn": topic}}
    return {"events": [*events, receipts]}


def test_retries_are_set_once(session: boto3.Session) -> None:
    first, again = set_retries(session, "reports"), set_retries(session, "reports")

    found = session.client("lambda").get_function_event_invoke_config(FunctionName="cafe-reports")
    assert first == "a failed event is tried 1 times more, for 900 seconds"
    assert again == ""
    assert (found["MaximumRetryAttempts"], found["MaximumEventAgeInSeconds"]) == (1, 900)


def test_the_queue_of_failed_events_is_set_changed_and_taken_away(session: boto3.Session) -> None:
    said, found = [], []
    for queue in ("arn:aws:sqs:eu-central-1:1:a", "arn:aws:sqs:eu-central-1:1:b", None, None):
        said.append(
            set_dead_letter(session, "reports", {"dead_letter_arn": queue} if queue else {})
        )
        configuration = session.client("lambda").get_function_configuration(
            FunctionName="cafe-reports"
        )
        found.append(configuration.get("DeadLetterConfig", {}).get("TargetArn"))

    assert found == ["arn:aws:sqs:eu-central-1:1:a", "arn:aws:sqs:eu-central-1:1:b", None, None]
    assert [words.removeprefix("events that failed to the end go to ") for words in said] == [
        "a",
        "b",
        "nowhere",
        "",
    ]


def test_limits_are_set_once(session: boto3.Session) -> None:
    make_api(session)

    first, again = (set_limits(session, "web", OUTPUTS) for _ in range(2))

    assert first == "the site takes 20 requests a second, and 40 at once"
    assert again == ""


def test_of_a_topics_permissions_one_stays(session: boto3.Session, topic: str) -> None:
    rule = make_rule(session, "cafe-reports-x")
    let_in(session, "schedule", "events", rule)
    let_in(session, "old-schedule", "events", f"{rule}-that-is-gone")
    # As `zappa update` leaves them, in this order: SNS is let in by the second one.
    let_in(session, "RANDOM12", "sns", topic, SourceAccount="123456789012")
    let_in(session, "sns-cafe-reports", "sns", topic)
    let_in(session, "RANDOM34", "sns", topic, SourceAccount="123456789012")
    let_in(session, "old-topic", "sns", f"{topic}-that-is-gone")
    let_in(session, "gateway", "apigateway", "arn:aws:execute-api:eu-central-1:123456789012:x")

    said = forget_old_permissions(session, "reports", settings_with(topic, EVENT))

    assert said == "4 unused permissions were deleted"
    assert permissions(session) == ["schedule", "sns-cafe-reports", "gateway"]
    assert forget_old_permissions(session, "reports", settings_with(topic, EVENT)) == ""


def subscribers(session: boto3.Session, topic: str) -> list[str]:
    found = session.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    return [item["Endpoint"] for item in found]


def test_a_topic_that_calls_nobody_is_found_and_subscribed(
    session: boto3.Session, topic: str
) -> None:
    # Zappa logs that SNS or Lambda refused it, and ends well.
    settings = settings_with(topic, EVENT)

    first, again = (subscribe(session, "reports", settings) for _ in range(2))

    assert (first, again) == (f"called by {topic}", "")
    assert subscribers(session, topic) == [arn_of_function(session)]
    assert permissions(session) == ["sns-cafe-reports"]


@pytest.mark.parametrize("has_permission", [True, False])
def test_half_of_a_subscription_is_made_whole(
    session: boto3.Session, topic: str, has_permission: bool
) -> None:
    if has_permission:
        let_in(session, "sns-cafe-reports", "sns", topic)
    else:
        # It asks for an account, which SNS is nowhere said to send.
        let_in(session, "RANDOM12", "sns", topic, SourceAccount="123456789012")
        session.client("sns").subscribe(
            TopicArn=topic, Protocol="lambda", Endpoint=arn_of_function(session)
        )
    settings = settings_with(topic, EVENT)

    said = subscribe(session, "reports", settings)

    assert said == f"called by {topic}"
    assert subscribers(session, topic) == [arn_of_function(session)]
    assert "sns-cafe-reports" in permissions(session)
    assert missing_subscriptions(session, "reports", settings) == []


def test_the_rules_of_the_last_event_go_with_it(session: boto3.Session, topic: str) -> None:
    make_rule(session, "cafe-reports-x")
    session.client("events").put_rule(Name="another", ScheduleExpression="rate(1 day)")

    said = forget_removed_events(session, "reports", settings_with(topic))

    assert said == "no longer called by cafe-reports-x"
    assert rules(session) == ["another"]


def test_the_rules_of_events_stay(session: boto3.Session, topic: str) -> None:
    make_rule(session, "cafe-reports-x")

    assert forget_removed_events(session, "reports", settings_with(topic, EVENT)) == ""
    assert rules(session) == ["cafe-reports-x"]


def test_a_topic_that_is_no_longer_named_is_left(session: boto3.Session, topic: str) -> None:
    client = session.client("sns")
    function = arn_of_function(session)
    old = client.create_topic(Name="another")["TopicArn"]
    let_in(session, "sns-cafe-reports", "sns", topic)
    let_in(session, "sns-another", "sns", old)
    for arn, protocol, endpoint in (
        (topic, "lambda", function),
        (old, "lambda", function),
        (old, "email", "olga@cafe.example"),
    ):
        client.subscribe(TopicArn=arn, Protocol=protocol, Endpoint=endpoint)

    said = forget_removed_events(session, "reports", settings_with(topic, EVENT))

    left = client.list_subscriptions()["Subscriptions"]
    assert said == f"no longer called by {old}"
    assert [(item["TopicArn"], item["Endpoint"]) for item in left] == [
        (topic, function),
        (old, "olga@cafe.example"),
    ]


def test_a_deployment_is_whole_while_nobody_takes_anything_from_it(
    session: boto3.Session, topic: str
) -> None:
    make_rule(session, "cafe-reports-x")
    client, settings = session.client("lambda"), settings_with(topic, EVENT)
    subscribe(session, "reports", settings)
    code = client.get_function(FunctionName="cafe-reports")["Configuration"]["CodeSha256"]
    package = StoredPackage("bucket", "packages/reports-1.zip", code)

    def is_whole(package: StoredPackage = package, **changes: Any) -> bool:
        return is_deployed(session, "reports", package, settings | changes)

    unfinished = is_whole()
    mark_deployed(session, "reports", package, fingerprint(package, "reports", settings))
    finished = is_whole()
    other = is_whole(StoredPackage("bucket", "packages/reports-2.zip", "other")), is_whole(x="y")
    session.client("events").disable_rule(Name="cafe-reports-x")
    without_rule = is_whole()
    session.client("events").enable_rule(Name="cafe-reports-x")
    client.remove_permission(FunctionName="cafe-reports", StatementId="sns-cafe-reports")
    without_topic = is_whole()
    subscribe(session, "reports", settings)
    client.update_function_code(FunctionName="cafe-reports", ZipFile=make_zip("changed = True"))

    assert (unfinished, finished, other) == (False, True, (False, False))
    # What somebody did by hand.
    assert (without_rule, without_topic, is_whole()) == (False, False, False)
