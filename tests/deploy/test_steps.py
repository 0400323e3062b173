"""Tests of `python -m deploy STEP` against a stack in moto."""

import json

import pytest

from deploy.__main__ import main
from deploy.stack import read_outputs
from tests.deploy.cloud import Cloud
from tests.deploy.test_limits import make_api


def test_the_steps_after_the_stack(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.create()
    api_id = make_api(cloud.session)
    bucket = read_outputs(cloud.session)["SettingsBucketName"]

    said = {}
    for step in ("prefix-list", "zappa-settings", "environment", "api", "limits"):
        assert main([step], cloud.session) == 0
        said[step] = capsys.readouterr().out.strip()
    main(["environment"], cloud.session)

    assert said["prefix-list"] == cloud.parameters["S3PrefixListId"]
    assert json.loads(said["zappa-settings"])["base"]["s3_bucket"] == bucket
    assert said["environment"].startswith("environment.json is written.")
    assert said["api"] == api_id
    assert said["limits"] == "The site takes 100 requests a second, and 200 at once."
    assert capsys.readouterr().out == "environment.json is unchanged.\n"


@pytest.mark.parametrize("step", ["zappa-settings", "environment", "limits"])
def test_without_a_stack_each_names_itself_and_the_remedy(
    step: str, cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([step], cloud.session) == 1

    assert capsys.readouterr().err.startswith(
        f"{step}: There is no stack 'cafe' in eu-central-1: create it from deploy/cloud.yaml first."
    )


def test_a_stack_without_a_way_to_sns_is_told(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.create(SnsEndpoint="no")

    main(["environment"], cloud.session)

    assert "the network has no way to SNS" in capsys.readouterr().err
