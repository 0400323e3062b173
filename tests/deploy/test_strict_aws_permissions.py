"""Tests of the stand-in's policies, patterns and sources of events: one refused, one allowed."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from zappa.utilities import S3EventSource, SNSEventSource

from tests.deploy.bare_account import code_of, make_function, make_role
from tests.deploy.strict_aws import AccountFacts, sns_may_invoke
from tests.deploy.tiny_stack import of

TOPIC = "arn:aws:sns:eu-central-1:123456789012:x"
QUEUE = "arn:aws:sqs:eu-central-1:123456789012:x"


@pytest.fixture
def function(facts: AccountFacts) -> str:
    assert facts.may_pass_roles
    return make_function(make_role("lambda"))


def let_in(name: str, service: str, source: str, **more: str) -> str:
    return code_of(
        lambda: of("lambda").add_permission(
            FunctionName="x",
            StatementId=name,
            Action="lambda:InvokeFunction",
            Principal=f"{service}.amazonaws.com",
            SourceArn=source,
            **more,
        )
    )


def session() -> boto3.Session:
    return boto3.Session(region_name="eu-central-1")


# --- Policies -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("function")
@pytest.mark.parametrize("name", ["s3-photos.cafe.example", "a b", "x" * 101])
def test_a_statement_has_a_plain_and_short_name(name: str) -> None:
    assert let_in(name, "sns", TOPIC) == "ValidationException"
    assert let_in("s3-photos_1", "sns", TOPIC) == ""
    assert let_in("x" * 100, "sns", TOPIC) == ""


@pytest.mark.usefixtures("function")
def test_a_statements_name_is_had_once() -> None:
    assert let_in("a", "sns", TOPIC) == ""
    assert let_in("a", "sns", TOPIC) == "ResourceConflictException"
    assert let_in("b", "sns", TOPIC) == ""


@pytest.mark.usefixtures("function")
def test_a_policy_is_full_after_some_fifty_statements() -> None:
    codes = [let_in(f"statement-{number}", "sns", f"{TOPIC}{'y' * 100}") for number in range(60)]

    assert set(codes[:40]) == {""}
    assert codes[-1] == "PolicyLengthExceededException"
    of("lambda").remove_permission(FunctionName="x", StatementId="statement-0")
    assert let_in("again", "sns", TOPIC) == ""


def test_a_topic_is_subscribed_by_who_lets_it_in(function: str) -> None:
    topic = of("sns").create_topic(Name="x")["TopicArn"]

    def subscribe(protocol: str, endpoint: str) -> str:
        return code_of(
            lambda: of("sns").subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)
        )

    let_in("other", "sns", f"{topic}-2")
    refused = subscribe("lambda", function)
    let_in("this", "sns", topic)

    assert refused == "InvalidParameter"
    assert subscribe("lambda", function) == subscribe("email", "olga@cafe.example") == ""


def test_zappa_swallows_a_subscription_that_is_refused(function: str, facts: AccountFacts) -> None:
    topic = of("sns").create_topic(Name="x")["TopicArn"]
    facts.refusing_calls["sns:Subscribe"] = "AuthorizationError"
    source = SNSEventSource(session(), {"arn": topic})

    source.add(function)
    while_refused = of("sns").list_subscriptions()["Subscriptions"]
    facts.refusing_calls.clear()
    source.add(function)

    assert while_refused == []
    assert len(of("sns").list_subscriptions()["Subscriptions"]) == 1


@pytest.mark.usefixtures("function")
def test_sns_is_not_let_in_by_a_statement_that_wants_its_account() -> None:
    let_in("random", "sns", TOPIC, SourceAccount="123456789012")
    with_account = sns_may_invoke(session(), "x", TOPIC)
    let_in("sns-x", "sns", TOPIC)

    assert (with_account, sns_may_invoke(session(), "x", TOPIC)) == (False, True)
    assert not sns_may_invoke(session(), "x", f"{TOPIC}-2")


# --- Queues ---------------------------------------------------------------------------------------

READ_QUEUE = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]


def map_queue(seconds: int, actions: list[str], *, is_attached: bool = False) -> str:
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": actions, "Resource": QUEUE}],
    }
    role = make_role("lambda", name="mapped", policy=None if is_attached else policy)
    if is_attached:
        made = of("iam").create_policy(PolicyName="x", PolicyDocument=json.dumps(policy))
        of("iam").attach_role_policy(RoleName="mapped", PolicyArn=made["Policy"]["Arn"])
    make_function(role, Timeout=120)
    of("sqs").create_queue(QueueName="x", Attributes={"VisibilityTimeout": str(seconds)})
    return code_of(
        lambda: of("lambda").create_event_source_mapping(EventSourceArn=QUEUE, FunctionName="x")
    )


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize(("seconds", "code"), [(119, "InvalidParameterValueException"), (120, "")])
def test_a_queue_hides_a_message_as_long_as_its_function_runs(seconds: int, code: str) -> None:
    assert map_queue(seconds, READ_QUEUE) == code


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize("missing", READ_QUEUE)
def test_a_function_needs_all_rights_on_its_queue(missing: str) -> None:
    actions = [action for action in READ_QUEUE if action != missing]

    assert map_queue(720, actions) == "InvalidParameterValueException"


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize("is_attached", [False, True], ids=["own", "attached"])
def test_a_queue_is_read_with_all_rights(is_attached: bool) -> None:
    assert map_queue(720, READ_QUEUE, is_attached=is_attached) == ""


# --- Buckets --------------------------------------------------------------------------------------


def notify(function: str, *filters: dict[str, Any]) -> str:
    configurations = [
        {"Id": str(place), "LambdaFunctionArn": function, "Events": ["s3:ObjectCreated:*"]}
        | ({"Filter": {"Key": {"FilterRules": rules}}} if rules else {})
        | more
        for place, (rules, more) in enumerate(map(_rules, filters))
    ]
    return code_of(
        lambda: of("s3").put_bucket_notification_configuration(
            Bucket="photos",
            NotificationConfiguration={"LambdaFunctionConfigurations": configurations},
        )
    )


def _rules(wanted: dict[str, Any]) -> tuple[list[dict[str, str]], dict[str, Any]]:
    more = {"Events": wanted["events"]} if "events" in wanted else {}
    rules = [
        {"Name": name, "Value": wanted[name]} for name in ("prefix", "suffix") if name in wanted
    ]
    return rules, more


@pytest.fixture
def bucket(function: str) -> str:
    of("s3").create_bucket(
        Bucket="photos", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    let_in("s3-photos", "s3", "arn:aws:s3:::photos")
    return function


@pytest.mark.parametrize(
    ("filters", "code"),
    [
        ([{}, {}], "InvalidArgument"),
        ([{"prefix": "in/"}, {"prefix": "in/a/"}], "InvalidArgument"),
        ([{"prefix": "in/", "suffix": ".csv"}, {"suffix": "csv"}], "InvalidArgument"),
        ([{"events": ["s3:ObjectCreated:Put"]}, {}], "InvalidArgument"),
        ([{}], ""),
        ([{"prefix": "in/"}, {"prefix": "out/"}], ""),
        ([{"prefix": "in/", "suffix": ".csv"}, {"prefix": "in/", "suffix": ".txt"}], ""),
        ([{"events": ["s3:ObjectRemoved:*"]}, {}], ""),
    ],
)
def test_of_two_notifications_one_is_meant(
    filters: list[dict[str, Any]], code: str, bucket: str
) -> None:
    assert notify(bucket, *filters) == code


def test_a_bucket_tells_who_lets_it_in(bucket: str) -> None:
    other = make_function(make_role("lambda", name="y"), "y")

    with pytest.raises(ClientError, match="Unable to validate the following destination"):
        of("s3").put_bucket_notification_configuration(
            Bucket="photos",
            NotificationConfiguration={
                "LambdaFunctionConfigurations": [
                    {"LambdaFunctionArn": other, "Events": ["s3:ObjectCreated:*"]}
                ]
            },
        )

    assert notify(bucket, {}) == ""


def test_zappa_makes_a_notification_that_is_let_in(bucket: str) -> None:
    S3EventSource(session(), {"arn": "arn:aws:s3:::photos", "prefix": "in/"}).add(bucket)

    found = of("s3").get_bucket_notification_configuration(Bucket="photos")
    [made] = found["LambdaFunctionConfigurations"]
    assert made["Filter"]["Key"]["FilterRules"] == [{"Name": "prefix", "Value": "in/"}]
