"""Tests of both roles of deploy/cloud.yaml under moto's access control, and of its limits."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from deploy.policies import policy_of
from tests.deploy.bare_account import code_of, make_function, make_role
from tests.deploy.clients import REGION
from tests.deploy.strict_aws import strict_aws
from tests.deploy.strict_aws.access import access_control, session_of
from tests.deploy.strict_aws.coverage import NOT_COVERED, not_covered
from tests.deploy.tiny_stack import of
from tests.iam import values_of

TOPIC = f"arn:aws:sns:{REGION}:123456789012:cafe-reports"
MANUAL = Path(__file__).parents[2] / "docs" / "deploy.md"
# moto refuses calls of JSON services in XML, and botocore reads only the status of that.
DENIED = {"AccessDenied", "403"}


@pytest.fixture(scope="module")
def sessions() -> Iterator[dict[str, boto3.Session]]:
    """Both roles in an account with what they work on, under access control."""
    values = values_of(
        account="123456789012",
        region=REGION,
        topic_arn=TOPIC,
        settings_bucket="settings",
        photo_bucket="photos",
    )
    with strict_aws():
        place = {"LocationConstraint": REGION}
        for bucket in ("settings", "photos"):
            of("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
        for bucket, key in (("settings", "environment.json"), ("photos", "photos/a")):
            of("s3").put_object(Bucket=bucket, Key=key, Body=b"{}")
        of("sns").create_topic(Name="cafe-reports")
        of("sqs").create_queue(QueueName="cafe-failed-runs")
        role = make_role("lambda")
        for stage in ("web", "reports"):
            make_function(role, f"cafe-{stage}")
        made = {
            stage: session_of(f"cafe-{stage}", policy_of(stage, values))
            for stage in ("web", "reports")
        }
        with access_control():
            yield made


def get(bucket: str, key: str) -> Callable[[Any], Any]:
    return lambda session: session.client("s3").get_object(Bucket=bucket, Key=key)


def put(bucket: str, key: str) -> Callable[[Any], Any]:
    return lambda session: session.client("s3").put_object(Bucket=bucket, Key=key, Body=b"x")


def list_photos(session: Any) -> Any:
    return session.client("s3").list_objects_v2(Bucket="photos")


def publish(session: Any) -> Any:
    return session.client("sns").publish(TopicArn=TOPIC, Message="x")


def count_recipients(session: Any) -> Any:
    return session.client("sns").list_subscriptions_by_topic(TopicArn=TOPIC)


def add_recipient(session: Any) -> Any:
    return session.client("sns").subscribe(
        TopicArn=TOPIC, Protocol="email", Endpoint="olga@cafe.example"
    )


def change_topic(session: Any) -> Any:
    return session.client("sns").set_topic_attributes(
        TopicArn=TOPIC, AttributeName="DisplayName", AttributeValue="x"
    )


def leave_failed_run(session: Any) -> Any:
    address = f"https://sqs.{REGION}.amazonaws.com/123456789012/cafe-failed-runs"
    return session.client("sqs").send_message(QueueUrl=address, MessageBody="x")


def start(stage: str) -> Callable[[Any], Any]:
    return lambda session: session.client("lambda").invoke(
        FunctionName=f"cafe-{stage}", InvocationType="Event", Payload=b"{}"
    )


def read_secret(session: Any) -> Any:
    return session.client("ssm").get_parameter(Name="/cafe/SECRET_KEY", WithDecryption=True)


def make_user(session: Any) -> Any:
    return session.client("iam").create_user(UserName="x")


CALLS: dict[str, Callable[[Any], Any]] = {
    "read settings": get("settings", "environment.json"),
    "write settings": put("settings", "environment.json"),
    "read a photo": get("photos", "photos/a"),
    "write a photo": put("photos", "photos/b"),
    "write an export": put("photos", "exports/a"),
    "list photos": list_photos,
    "publish": publish,
    "count recipients": count_recipients,
    "add a recipient": add_recipient,
    "change the topic": change_topic,
    "leave a failed run": leave_failed_run,
    "start web": start("web"),
    "start reports": start("reports"),
    "read a secret": read_secret,
    "make a user": make_user,
}
OWN = {
    "web": {
        "read settings",
        "read a photo",
        "write a photo",
        "list photos",
        "count recipients",
        "add a recipient",
        "start web",
        "start reports",
    },
    "reports": {
        "read settings",
        "write an export",
        "publish",
        "count recipients",
        "leave a failed run",
    },
}


@pytest.mark.parametrize("stage", ["web", "reports"])
def test_a_role_makes_its_own_calls_and_no_others(
    stage: str, sessions: dict[str, boto3.Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.awslambda import models

    monkeypatch.setattr(models.LambdaBackend, "invoke", lambda *_: b"{}")

    codes = {name: code_of(lambda call=call: call(sessions[stage])) for name, call in CALLS.items()}

    refused = {name for name, code in codes.items() if code in DENIED}
    assert {name: code for name, code in codes.items() if code and name not in refused} == {}
    assert set(CALLS) - refused == OWN[stage]


def test_a_stolen_key_without_its_token_makes_no_call(
    sessions: dict[str, boto3.Session],
) -> None:
    stolen = sessions["reports"].get_credentials().get_frozen_credentials()
    session = boto3.Session(stolen.access_key, stolen.secret_key, region_name=REGION)

    assert code_of(lambda: publish(session)) == "InvalidClientTokenId"


# --- What nothing covers --------------------------------------------------------------------------


def test_the_manual_lists_what_only_aws_can_tell() -> None:
    manual = MANUAL.read_text(encoding="utf-8")
    [section] = [
        part for part in manual.split("\n## ") if part.startswith("What only AWS can tell\n")
    ]

    listed = [line.removeprefix("- ") for line in section.splitlines() if line.startswith("- ")]

    sys.stdout.write("\n".join(not_covered()))
    assert listed == list(NOT_COVERED)
    assert not_covered() == sorted(set(NOT_COVERED))
