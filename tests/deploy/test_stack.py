"""Tests of the values that a deployment reads from the stack, and of the errors without one."""

import copy
import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from deploy.stack import NoStack, find_s3_prefix_list, read_outputs, zappa_settings
from tests.deploy.clients import REGION
from tests.deploy.cloud import Cloud

ROOT = Path(__file__).resolve().parents[2]
SETTINGS: dict[str, Any] = json.loads((ROOT / "zappa_settings.json").read_text())
OUTPUTS = {
    "Region": "eu-west-1",
    "SettingsBucketName": "bucket",
    "FunctionSubnetIds": "subnet-1,subnet-2",
    "FunctionSecurityGroupId": "sg-1",
    "WebRoleName": "cafe-web",
    "ReportsRoleName": "cafe-reports",
    "FailedRunsArn": "arn:aws:sqs:eu-west-1:1:cafe-failed-runs",
    "TopicArn": "arn:aws:sns:eu-west-1:1:cafe-reports",
    "Background": "schedule",
}


def test_zappa_gets_every_id_from_the_stack() -> None:
    before = copy.deepcopy(SETTINGS)

    made = zappa_settings(SETTINGS, OUTPUTS)

    assert before == SETTINGS
    assert made["base"] == before["base"] | {
        "aws_region": "eu-west-1",
        "s3_bucket": "bucket",
        "remote_env": "s3://bucket/environment.json",
        "vpc_config": {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]},
    }
    assert made["web"]["aws_environment_variables"] == (
        before["web"]["aws_environment_variables"] | {"BACKGROUND": "schedule"}
    )
    assert made["reports"]["dead_letter_arn"] == OUTPUTS["FailedRunsArn"]
    [receipts] = [event for event in made["reports"]["events"] if "event_source" in event]
    assert receipts["event_source"]["arn"] == OUTPUTS["TopicArn"]


def test_no_id_of_the_file_is_left() -> None:
    made = json.dumps(zappa_settings(SETTINGS, OUTPUTS))

    assert "cafe-deployments" not in made
    assert "123456789012" not in made


def test_the_outputs_of_a_stack_are_all_that_zappa_needs(cloud: Cloud) -> None:
    cloud.create()

    made = zappa_settings(SETTINGS, read_outputs(cloud.session))

    assert made["base"]["aws_region"] == REGION
    assert len(made["base"]["vpc_config"]["SubnetIds"]) == 2


@pytest.mark.parametrize("stage", ["web", "reports"])
def test_zappa_takes_them(stage: str, cloud: Cloud, tmp_path: Path) -> None:
    from zappa.cli import ZappaCLI

    path = tmp_path / "zappa_settings.json"
    path.write_text(json.dumps(zappa_settings(SETTINGS, OUTPUTS)))
    program = ZappaCLI()
    program.api_stage = stage

    program.load_settings(str(path))

    variables = program.aws_environment_variables
    assert program.lambda_name == f"cafe-{stage}"
    assert program.vpc_config == {
        "SubnetIds": ["subnet-1", "subnet-2"],
        "SecurityGroupIds": ["sg-1"],
    }
    assert (program.s3_bucket_name, program.remote_env) == (
        "bucket",
        "s3://bucket/environment.json",
    )
    assert program.zappa.role_name == f"cafe-{stage}"
    assert program.dead_letter_config == (
        {"TargetArn": OUTPUTS["FailedRunsArn"]} if stage == "reports" else {}
    )
    assert variables["BACKGROUND"] == "schedule"


def test_no_stack_is_told_with_its_remedy(cloud: Cloud) -> None:
    with pytest.raises(NoStack, match=r"no stack 'cafe' in eu-central-1: create it from deploy/"):
        read_outputs(cloud.session)


def test_a_stack_that_does_not_stand_is_told(cloud: Cloud) -> None:
    cloud.create(DatabaseDeletionProtection="false")
    arn = cloud.client.describe_stacks(StackName="cafe")["Stacks"][0]["StackId"]
    cloud.client.delete_stack(StackName="cafe")

    with pytest.raises(NoStack, match="is in state DELETE_COMPLETE"):
        read_outputs(cloud.session, arn)


def test_a_region_without_the_prefix_list_is_told(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = boto3.Session(region_name=REGION)
    assert find_s3_prefix_list(session).startswith("pl-")

    monkeypatch.setattr(type(session), "region_name", "nowhere-1")
    with pytest.raises(
        NoStack, match=r"EC2 knows 0 prefix lists called com.amazonaws.nowhere-1.s3"
    ):
        find_s3_prefix_list(cloud.session)
