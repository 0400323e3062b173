"""Tests of the stand-in's lengths and patterns: one name refused, one allowed."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.deploy.bare_account import code_of
from tests.deploy.tiny_stack import body, create, of

PARAMETER = {"Name": "/x", "Value": "x", "Type": "String"}


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize(
    ("service", "operation", "name", "right", "wrong", "more"),
    [
        ("events", "put_rule", "Name", "x" * 64, "x" * 65, {"ScheduleExpression": "rate(1 day)"}),
        ("events", "put_rule", "Name", "a.b-c_d", "a b", {"ScheduleExpression": "rate(1 day)"}),
        (
            "ssm",
            "put_parameter",
            "Description",
            "x" * 1024,
            "x" * 1025,
            PARAMETER,
        ),
        ("iam", "create_role", "RoleName", "x" * 64, "x" * 65, {"AssumeRolePolicyDocument": "{}"}),
        ("iam", "create_role", "RoleName", "a@b", "a b", {"AssumeRolePolicyDocument": "{}"}),
        ("sns", "create_topic", "Name", "x" * 256, "x" * 257, {}),
        ("sqs", "create_queue", "QueueName", "x" * 80, "x" * 81, {}),
        ("sqs", "create_queue", "QueueName", "a-b_c", "a b", {}),
        ("s3", "create_bucket", "Bucket", "x" * 63, "x" * 64, {}),
        ("s3", "create_bucket", "Bucket", "a-b", "A-b", {}),
    ],
)
def test_names_are_as_long_and_as_plain_as_the_service_takes_them(
    service: str, operation: str, name: str, right: str, wrong: str, more: dict[str, Any]
) -> None:
    if service == "s3":
        place = {"LocationConstraint": "eu-central-1"}
        more = {"CreateBucketConfiguration": place}

    def call(value: str) -> str:
        return code_of(lambda: getattr(of(service), operation)(**{name: value}, **more))

    assert call(wrong) != ""
    assert call(right) == ""


@pytest.mark.usefixtures("facts")
def test_a_misfit_deep_in_a_call_is_found_with_its_place() -> None:
    target = {"Id": "a b", "Arn": "arn:aws:sqs:eu-central-1:123456789012:x"}

    with pytest.raises(ClientError, match=r"Value 'a b' at 'targets\.1\.member\.id' failed"):
        of("events").put_targets(Rule="x", Targets=[target])


@pytest.mark.usefixtures("facts")
def test_a_budgets_name_may_hold_no_script() -> None:
    def create(name: str) -> str:
        budget = {"BudgetName": name, "BudgetType": "COST", "TimeUnit": "MONTHLY"}
        limit = {"BudgetLimit": {"Amount": "1", "Unit": "USD"}}
        return code_of(
            lambda: of("budgets").create_budget(AccountId="123456789012", Budget=budget | limit)
        )

    assert (create("a:b"), create("<SCRIPT></script>")) == ("InvalidParameterException",) * 2
    assert create("cafe") == ""


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize(
    ("description", "rule", "end"),
    [
        ("The café's", "Database", "ROLLBACK_COMPLETE"),
        ("The database", "The functions'", "ROLLBACK_COMPLETE"),
        ("The database - from the functions", "SNS, SES and Lambda", "CREATE_COMPLETE"),
        ("x" * 256, "Database", "ROLLBACK_COMPLETE"),
    ],
)
def test_a_stacks_groups_are_described_in_plain_words(
    description: str, rule: str, end: str
) -> None:
    out = {"IpProtocol": "-1", "CidrIp": "127.0.0.1/32", "Description": rule}
    network = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.20.0.0/20"}}
    properties = {
        "GroupDescription": description,
        "VpcId": {"Ref": "Vpc"},
        "SecurityGroupEgress": [out],
    }
    group = {"Type": "AWS::EC2::SecurityGroup", "Properties": properties}

    assert create(body(Vpc=network, Group=group)) == end


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize(
    ("kind", "key", "wrong"),
    [
        ("AWS::S3::Bucket", "BucketName", "Photos"),
        ("AWS::SQS::Queue", "QueueName", "failed runs"),
        ("AWS::SNS::Topic", "TopicName", "x" * 257),
        ("AWS::Events::Rule", "Name", "x" * 65),
    ],
)
def test_a_stacks_names_are_looked_at_as_those_of_a_call(kind: str, key: str, wrong: str) -> None:
    def resource(name: str) -> dict[str, Any]:
        more = {"ScheduleExpression": "rate(1 day)"} if "Rule" in kind else {}
        return {"Type": kind, "Properties": {key: name} | more}

    assert create(body(Found=resource(wrong))) == "ROLLBACK_COMPLETE"
    of("cloudformation").delete_stack(StackName="tiny")
    assert create(body(Found=resource("fine"))) == "CREATE_COMPLETE"
