"""Tests of deploy/cloud.yaml: linted, and created, changed and deleted in a moto account."""

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from deploy.rollout.budget import BUDGET
from deploy.stack import read_outputs
from deploy.template import CLOUD, read_template, template_body
from reports.models import Job
from tests.deploy.account import ALARMS, databases, inventory
from tests.deploy.clients import REGION
from tests.deploy.cloud import Cloud

TEMPLATE = read_template()
EVERYTHING = {
    "Nat": "yes",
    "WebAcl": "yes",
    "ImageRepository": "yes",
    "DomainName": "cafe.example",
    "CertificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/1",
    "ApiId": "a1b2c3",
}


def lint(text: str) -> list[str]:
    """Return the ids of what cfn-lint finds, its advice included."""
    from cfnlint import lint as run
    from cfnlint.config import ManualArgs

    found = run(text, config=ManualArgs(include_checks=["I"], regions=[REGION, "us-east-1"]))
    return [match.rule.id for match in found]


def test_the_template_is_clean() -> None:
    assert lint(CLOUD.read_text()) == []
    assert lint(BUDGET.read_text()) == []


def test_a_broken_template_is_not_clean() -> None:
    # All at once: cfn-lint takes seconds, and each fault has a rule of its own.
    faults = [
        ("PubliclyAccessible: false", "PublicAccess: false", "E3002"),
        ('Action: "sqs:SendMessage"', 'Action: "sqs:SendMesage"', "W3037"),
        ("!Ref AlarmEmail", "!Ref AlarmMail", "E1020"),
        ("    DeletionPolicy: Snapshot\n", "", "I3011"),
    ]
    text = CLOUD.read_text()
    for good, bad, _rule in faults:
        assert good in text
        text = text.replace(good, bad)

    # And what else follows from them: a parameter that nothing uses any more.
    assert {rule for _good, _bad, rule in faults} - set(lint(text)) == set()


def test_the_template_can_be_sent_as_it_is() -> None:
    # Above that, CloudFormation takes it from a bucket alone, and there is none yet. What is left
    # is room for another stage.
    assert len(template_body(CLOUD).encode()) <= 51_200 - 10_000
    assert read_template(template_body(CLOUD)) == TEMPLATE


@pytest.mark.parametrize("path", [CLOUD, BUDGET])
def test_the_template_comes_back_as_it_was_sent(path: Path) -> None:
    # GetTemplate answers "?" for what is no ASCII: the stack would look changed for ever.
    assert template_body(path).isascii()


def test_descriptions_are_written_as_amazon_takes_them() -> None:
    # EC2 refuses an apostrophe, which cfn-lint lets through; RDS and others want ASCII.
    groups = list(resources_of("AWS::EC2::SecurityGroup").values())
    rules = list(resources_of("AWS::EC2::SecurityGroupIngress").values())
    for group in groups:
        egress = group["SecurityGroupEgress"]
        lists = egress["Fn::If"][1:] if isinstance(egress, dict) else [egress]
        rules += [rule for listed in lists for rule in listed]

    texts = [group["GroupDescription"] for group in groups] + [
        rule["Description"] for rule in rules
    ]

    assert len(texts) == 15
    assert [text for text in texts if not re.fullmatch(r"[\w .:/()#,@+=&;{}!$*-]+", text)] == []
    assert json.dumps(TEMPLATE, ensure_ascii=False).isascii()


def resources_of(kind: str) -> dict[str, Any]:
    return {
        name: resource["Properties"]
        for name, resource in TEMPLATE["Resources"].items()
        if resource["Type"] == kind
    }


def test_nothing_leads_out_of_the_network_but_what_is_named() -> None:
    # Read from the template: moto makes no outgoing rules from one.
    with_nat, without = resources_of("AWS::EC2::SecurityGroup")["FunctionSecurityGroup"][
        "SecurityGroupEgress"
    ]["Fn::If"][1:]

    assert [(rule["ToPort"], target_of(rule)) for rule in without] == [
        (3306, "DatabaseSecurityGroup"),
        (443, "EndpointSecurityGroup"),
        (587, "EndpointSecurityGroup"),
        (443, "S3PrefixListId"),
    ]
    assert [(rule["ToPort"], target_of(rule)) for rule in with_nat] == [
        (3306, "DatabaseSecurityGroup"),
        (443, "0.0.0.0/0"),
        (587, "0.0.0.0/0"),
    ]


def target_of(rule: dict[str, Any]) -> str:
    [target] = [
        rule[name]
        for name in ("DestinationSecurityGroupId", "DestinationPrefixListId", "CidrIp")
        if name in rule
    ]
    return str(target["Ref"] if isinstance(target, dict) else target)


def test_no_bucket_is_open_or_takes_anything_in_clear() -> None:
    # Read from the template: moto cannot tell who is meant by a bucket's policy.
    buckets, policies = resources_of("AWS::S3::Bucket"), resources_of("AWS::S3::BucketPolicy")

    assert {policy["Bucket"]["Ref"] for policy in policies.values()} == set(buckets)
    for bucket in buckets.values():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert "BucketEncryption" in bucket
    for policy in policies.values():
        [in_clear] = [
            statement
            for statement in policy["PolicyDocument"]["Statement"]
            if statement["Sid"] == "NothingInClear"
        ]
        assert (in_clear["Effect"], in_clear["Principal"]) == ("Deny", "*")
        assert in_clear["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_exports_are_forgotten_and_photos_are_not() -> None:
    bucket = TEMPLATE["Resources"]["PhotoBucket"]["Properties"]
    rules = {rule.pop("Id"): rule for rule in deepcopy(bucket["LifecycleConfiguration"]["Rules"])}

    # A day later than the site does it itself.
    days = Job.KEPT_FOR.days + 1
    assert rules == {
        "forget-exports": {"Status": "Enabled", "Prefix": "exports/", "ExpirationInDays": days},
        "forget-halves": {
            "Status": "Enabled",
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        },
    }


def test_the_manual_says_what_to_do_at_each_alarm() -> None:
    manual = (CLOUD.parent.parent / "docs" / "operations.md").read_text()

    assert set(re.findall(r"^\| `(cafe-[a-z0-9-]+)` \|", manual, re.MULTILINE)) == ALARMS


def test_pages_that_fail_wake_somebody() -> None:
    # Zappa and Django answer every error: to Lambda that is no failure.
    [alarm] = [
        found
        for found in resources_of("AWS::CloudWatch::Alarm").values()
        if found["AlarmName"] == "cafe-web-5xx"
    ]

    assert (alarm["Namespace"], alarm["MetricName"], alarm["Dimensions"]) == (
        "AWS/ApiGateway",
        "5XXError",
        [{"Name": "ApiName", "Value": "cafe-web"}],
    )
    assert (alarm["Statistic"], alarm["Period"], alarm["Threshold"]) == ("Sum", 300, 5)


def test_silence_rings_where_it_means_harm() -> None:
    alarms = resources_of("AWS::CloudWatch::Alarm").values()

    assert {alarm["AlarmName"] for alarm in alarms if alarm["TreatMissingData"] == "breaching"} == {
        "cafe-no-report",
        "cafe-database-storage",
    }


@pytest.mark.parametrize(
    ("changes", "services", "reaches"),
    [
        ({}, ["email-smtp", "s3", "sns"], ("schedule", "yes", "yes", "no")),
        ({"MailEndpoint": "no"}, ["s3", "sns"], ("schedule", "yes", "no", "no")),
        (
            {"LambdaEndpoint": "yes"},
            ["email-smtp", "lambda", "s3", "sns"],
            ("lambda", "yes", "yes", "no"),
        ),
        ({"Nat": "yes", "LambdaEndpoint": "yes"}, ["s3"], ("lambda", "yes", "yes", "yes")),
    ],
    ids=["default", "no mail", "and Lambda", "NAT"],
)
def test_only_what_is_wanted_is_paid_for_by_the_hour(
    changes: dict[str, str], services: list[str], reaches: tuple[str, ...], cloud: Cloud
) -> None:
    cloud.create(**changes)

    outputs, client = read_outputs(cloud.session), cloud.session.client("ec2")
    endpoints = client.describe_vpc_endpoints()["VpcEndpoints"]

    assert sorted(found["ServiceName"].split(".")[3] for found in endpoints) == services
    assert (
        tuple(
            outputs[name] for name in ("Background", "ReachesSns", "ReachesMail", "ReachesInternet")
        )
        == reaches
    )
    assert len(client.describe_nat_gateways()["NatGateways"]) == (changes.get("Nat") == "yes")


def test_parameters_change_what_stands(cloud: Cloud) -> None:
    cloud.create()
    before = read_outputs(cloud.session)

    cloud.update(LogDays="90", DatabaseClass="db.t4g.small")

    groups = cloud.session.client("logs").describe_log_groups()["logGroups"]
    [database] = databases(cloud)
    assert {group["retentionInDays"] for group in groups} == {90}
    assert database["DBInstanceClass"] == "db.t4g.small"
    assert read_outputs(cloud.session) == before


def test_the_address_is_known_when_the_api_is(cloud: Cloud) -> None:
    cloud.create()
    first = read_outputs(cloud.session)
    cloud.update(ApiId="a1b2c3")
    second = read_outputs(cloud.session)

    assert "SiteUrl" not in first
    assert second["SiteUrl"] == f"https://a1b2c3.execute-api.{REGION}.amazonaws.com/web"


def test_a_protected_database_stops_the_deletion(cloud: Cloud) -> None:
    cloud.create()

    status = cloud.delete()

    assert status == "DELETE_FAILED"
    assert "Cannot delete protected DB Instance" in cloud.failures()[0]
    assert len(databases(cloud)) == 1


@pytest.mark.parametrize("parameters", [{}, EVERYTHING], ids=["default", "everything"])
def test_after_the_deletion_photos_and_a_snapshot_are_left(
    parameters: dict[str, str], cloud: Cloud
) -> None:
    before = inventory(cloud)
    cloud.create(**parameters)
    photos = read_outputs(cloud.session)["PhotoBucketName"]
    [database] = databases(cloud)
    cloud.update(DatabaseDeletionProtection="false")

    cloud.client.delete_stack(StackName="cafe")

    assert inventory(cloud) == before | {
        "buckets": [photos],
        "snapshots": [f"{database['DBInstanceIdentifier']}-final"],
    }
