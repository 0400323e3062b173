"""Tests of the checks for fixed names already in use, and for Zappa's incomplete stacks."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from deploy.account.names import ASKED_FOR, KINDS, fixed_names, look_at_api_stacks, look_at_names
from deploy.template import read_template
from tests.deploy.cloud import Cloud
from tests.deploy.looking import found_by, open_cloud

# What ends in "Name" and names nothing that could be there already.
NO_NAMES = {"DBName", "DisplayName", "MetricName", "DomainName", "ServiceName", "DBSubnetGroupName"}
NO_NAMES |= {"DBParameterGroupName", "DBSubnetGroupDescription"}


def test_free_names_are_counted_and_buckets_have_none(cloud: Cloud) -> None:
    account = open_cloud(cloud)
    count = len(list(fixed_names(account))) + len(account.stages)

    assert found_by(look_at_names, account) == [
        (
            "ok",
            f"{count} fixed names are free; the buckets' names are made by CloudFormation",
        )
    ]


def test_each_fixed_name_of_the_template_is_looked_at(cloud: Cloud) -> None:
    everything = open_cloud(cloud, ImageRepository="yes", WebAcl="yes")
    wanted = {
        value
        for resource in read_template()["Resources"].values()
        for name, value in resource.get("Properties", {}).items()
        if name.endswith("Name") and isinstance(value, str) and name not in NO_NAMES
    }

    found = {name for _kind, name in fixed_names(everything)}

    assert found == wanted
    assert "cafe-database" in wanted


def test_conditions_of_named_resources_are_known() -> None:
    conditions = {
        resource["Condition"]
        for resource in read_template()["Resources"].values()
        if "Condition" in resource
        and resource["Type"] in KINDS
        and KINDS[resource["Type"]].name_property in resource["Properties"]
    }

    assert conditions == set(ASKED_FOR)


def test_a_name_that_is_made_only_when_asked_for_is_not_looked_at(cloud: Cloud) -> None:
    cloud.session.client("ecr").create_repository(repositoryName="cafe")

    levels = [
        look_at_names(open_cloud(cloud, **given))[0].level
        for given in ({}, {"ImageRepository": "yes"})
    ]

    assert levels == ["ok", "stop"]


TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)


def make_function(session: Any) -> None:
    role = session.client("iam").create_role(RoleName="other", AssumeRolePolicyDocument=TRUST)
    session.client("lambda").create_function(
        FunctionName="cafe-web", Role=role["Role"]["Arn"], Code={"ZipFile": b"x"}
    )


def make_firewall(session: Any) -> None:
    visibility = {
        "SampledRequestsEnabled": False,
        "CloudWatchMetricsEnabled": False,
        "MetricName": "cafe",
    }
    session.client("wafv2").create_web_acl(
        Name="cafe", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=visibility
    )


def make_alarm(session: Any) -> None:
    session.client("cloudwatch").put_metric_alarm(
        AlarmName="cafe-no-report",
        Namespace="x",
        MetricName="y",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )


TAKEN: dict[str, tuple[Callable[[Any], Any], str]] = {
    "role cafe-web": (
        lambda session: session.client("iam").create_role(
            RoleName="cafe-web", AssumeRolePolicyDocument="{}"
        ),
        "IAM, Roles",
    ),
    "topic cafe-alarms": (
        lambda session: session.client("sns").create_topic(Name="cafe-alarms"),
        "SNS, Topics",
    ),
    "queue cafe-failed-runs": (
        lambda session: session.client("sqs").create_queue(QueueName="cafe-failed-runs"),
        "wait a minute",
    ),
    "log group /aws/lambda/cafe-web": (
        lambda session: session.client("logs").create_log_group(
            logGroupName="/aws/lambda/cafe-web"
        ),
        "delete-log-group --log-group-name /aws/lambda/cafe-web",
    ),
    "secret cafe-database": (
        lambda session: session.client("secretsmanager").create_secret(
            Name="cafe-database", SecretString="x"
        ),
        "--force-delete-without-recovery",
    ),
    "alarm cafe-no-report": (make_alarm, "delete-alarms --alarm-names cafe-no-report"),
    "function cafe-web": (make_function, "delete-function --function-name cafe-web"),
    "firewall cafe": (make_firewall, "Web ACLs"),
}


@pytest.mark.parametrize("thing", TAKEN)
def test_a_name_that_is_taken_stops_with_its_remedy(cloud: Cloud, thing: str) -> None:
    make, remedy = TAKEN[thing]
    make(cloud.session)

    [line] = look_at_names(open_cloud(cloud, WebAcl="yes"))

    assert (line.level, line.found) == (
        "stop",
        f"the {thing} exists, and the stack cafe does not",
    )
    assert line.remedy.startswith("If no other deployment in this account uses it: ")
    assert remedy in line.remedy


def test_a_secret_that_waits_for_its_deletion_keeps_its_name(cloud: Cloud) -> None:
    client = cloud.session.client("secretsmanager")
    client.create_secret(Name="cafe-database", SecretString="x")
    client.delete_secret(SecretId="cafe-database", RecoveryWindowInDays=30)

    assert look_at_names(open_cloud(cloud))[0].level == "stop"


def test_a_name_that_only_begins_alike_is_free(cloud: Cloud) -> None:
    cloud.session.client("logs").create_log_group(logGroupName="/aws/lambda/cafe-web-next")

    assert look_at_names(open_cloud(cloud))[0].level == "ok"


@pytest.mark.parametrize(("code", "level"), [("404", "ok"), ("403", "stop"), ("301", "stop")])
def test_a_bucket_with_a_fixed_name_is_looked_at_in_the_whole_world(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, code: str, level: str
) -> None:
    template = read_template()
    template["Resources"]["SettingsBucket"]["Properties"]["BucketName"] = {
        "Fn::Sub": "cafe-${AWS::AccountId}-${DatabaseClass}"
    }
    monkeypatch.setattr("deploy.account.names.read_template", lambda: template)
    cloud.answers.refuse("s3.HeadBucket", code)

    [line] = look_at_names(open_cloud(cloud))

    assert line.level == level
    words = {"ok": "buckets among them", "stop": "bucket cafe-123456789012-db.t4g.micro"}
    assert words[level] in line.found


@pytest.mark.parametrize(
    ("status", "level", "remedy"),
    [
        ("UPDATE_COMPLETE", "ok", ""),
        ("ROLLBACK_COMPLETE", "note", "The next deployment creates it again."),
        ("CREATE_IN_PROGRESS", "stop", "Wait until it is done"),
    ],
)
def test_zappas_stack_is_looked_at(cloud: Cloud, status: str, level: str, remedy: str) -> None:
    cloud.answers.say("cloudformation.DescribeStacks", Stacks=[{"StackStatus": status}])

    # The reports have no API, and no stack.
    [line] = look_at_api_stacks(open_cloud(cloud))

    assert (line.level, line.found) == (level, f"cafe-web is in state {status}")
    assert remedy in line.remedy


def test_no_stack_of_zappas_is_as_it_should_be_at_first(cloud: Cloud) -> None:
    found = found_by(look_at_api_stacks, open_cloud(cloud))

    assert found == [("ok", "there is no stack cafe-web yet")]
