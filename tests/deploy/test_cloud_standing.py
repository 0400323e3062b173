"""Tests of the resources that deploy/cloud.yaml creates in a moto account."""

import ast
import json

from deploy.policies import STAGES, policy_of
from deploy.stack import read_outputs
from tests.deploy.account import ALARMS, buckets, databases, roles, subnets, topics
from tests.deploy.clients import REGION
from tests.deploy.cloud import Cloud
from tests.iam import values_of


def test_what_is_made_is_there(standing_cloud: Cloud) -> None:
    outputs = read_outputs(standing_cloud.session)
    [topic] = [arn for arn in topics(standing_cloud) if arn.endswith("cafe-reports")]
    queues = standing_cloud.session.client("sqs").list_queues()["QueueUrls"]
    assert [url.rsplit("/", 1)[1] for url in queues] == ["cafe-failed-runs"]
    assert outputs["TopicArn"] == topic
    assert outputs["FailedRunsArn"] == f"arn:aws:sqs:{REGION}:123456789012:cafe-failed-runs"
    assert {role["RoleName"] for role in roles(standing_cloud)} == {"cafe-web", "cafe-reports"}
    assert len(subnets(standing_cloud, outputs["FunctionSubnetIds"].split(","))) == 2
    assert outputs["SettingsBucketName"] in buckets(standing_cloud)
    assert outputs["PhotoBucketName"] in buckets(standing_cloud)


def test_the_functions_subnets_lie_in_two_zones(standing_cloud: Cloud) -> None:
    ids = read_outputs(standing_cloud.session)["FunctionSubnetIds"].split(",")

    zones = {found["AvailabilityZone"] for found in subnets(standing_cloud, ids)}

    assert zones == {f"{REGION}a", f"{REGION}b"}


def test_the_database_is_closed_encrypted_and_kept(standing_cloud: Cloud) -> None:
    [database] = databases(standing_cloud)
    parameters = standing_cloud.session.client("rds").describe_db_parameters(
        DBParameterGroupName=database["DBParameterGroups"][0]["DBParameterGroupName"]
    )["Parameters"]

    expected = {
        "Engine": "mariadb",
        "StorageEncrypted": True,
        "PubliclyAccessible": False,
        "DeletionProtection": True,
        "BackupRetentionPeriod": 14,
        "DBInstanceClass": "db.t4g.micro",
    }
    assert {name: database[name] for name in expected} == expected
    assert database["EngineVersion"].startswith("10.11")
    stated = {item["ParameterName"]: item["ParameterValue"] for item in parameters}
    assert stated["require_secure_transport"] == "1"
    assert stated["collation_server"] == "utf8mb4_bin"


def test_only_the_functions_reach_the_database(standing_cloud: Cloud) -> None:
    outputs, [database] = read_outputs(standing_cloud.session), databases(standing_cloud)
    [group] = database["VpcSecurityGroups"]
    [found] = standing_cloud.session.client("ec2").describe_security_groups(
        GroupIds=[group["VpcSecurityGroupId"]]
    )["SecurityGroups"]
    [rule] = found["IpPermissions"]

    assert (rule["FromPort"], rule["ToPort"]) == (3306, 3306)
    assert [pair["GroupId"] for pair in rule["UserIdGroupPairs"]] == [
        outputs["FunctionSecurityGroupId"]
    ]
    assert rule["IpRanges"] == []


def test_the_report_topic_is_encrypted_and_takes_reports_alone(standing_cloud: Cloud) -> None:
    topic = read_outputs(standing_cloud.session)["TopicArn"]
    attributes = standing_cloud.session.client("sns").get_topic_attributes(TopicArn=topic)[
        "Attributes"
    ]
    [denied] = [
        statement
        for statement in json.loads(attributes["Policy"])["Statement"]
        if statement["Sid"] == "OnlyTheReportsPublish"
    ]

    assert attributes["KmsMasterKeyId"] == "alias/aws/sns"
    assert (denied["Effect"], denied["Action"]) == ("Deny", "sns:Publish")
    assert denied["Condition"] == {
        "ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/cafe-reports"}
    }


def test_each_alarm_is_there_and_wakes_somebody(standing_cloud: Cloud) -> None:
    alarms = standing_cloud.session.client("cloudwatch").describe_alarms()["MetricAlarms"]
    target = read_outputs(standing_cloud.session)["AlarmTopicArn"]
    subscribed = standing_cloud.session.client("sns").list_subscriptions_by_topic(TopicArn=target)

    assert {alarm["AlarmName"] for alarm in alarms} == ALARMS
    assert {tuple(alarm["AlarmActions"]) for alarm in alarms} == {(target,)}
    assert [item["Endpoint"] for item in subscribed["Subscriptions"]] == ["olga@cafe.example"]


def test_the_roles_allow_what_the_suite_is_held_against(standing_cloud: Cloud) -> None:
    # values_of is what tests/aws_permissions.py and the linter fill in; here it is the stack.
    outputs, client = read_outputs(standing_cloud.session), standing_cloud.session.client("iam")
    values = values_of(
        account="123456789012",
        region=REGION,
        topic_arn=outputs["TopicArn"],
        settings_bucket=outputs["SettingsBucketName"],
        photo_bucket=outputs["PhotoBucketName"],
    )

    for stage in STAGES:
        role = client.get_role_policy(RoleName=f"cafe-{stage}", PolicyName="cafe")
        # moto keeps what its CloudFormation hands over, as Python writes it.
        assert ast.literal_eval(role["PolicyDocument"]) == policy_of(stage, values)


def test_the_services_that_get_a_role_may_assume_it(standing_cloud: Cloud) -> None:
    # Zappa's API takes the function's own role for its call, and so does each of Zappa's rules.
    trusted = {
        role["RoleName"]: role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"]
        for role in roles(standing_cloud)
    }

    assert trusted == {
        "cafe-web": ["lambda.amazonaws.com", "apigateway.amazonaws.com"],
        "cafe-reports": ["lambda.amazonaws.com", "events.amazonaws.com"],
    }
