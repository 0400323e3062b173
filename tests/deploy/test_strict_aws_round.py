"""script/deploy and script/undeploy under the rules of AWS, with packages that hold nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.rollout.undeploy import main as undeploy
from deploy.stack import read_outputs
from tests.deploy.account import inventory
from tests.deploy.cloud import Cloud
from tests.deploy.empty_packages import EmptyDeployment, make_empty_deployment
from tests.deploy.strict_aws import sns_may_invoke

EMAIL = ("--parameter", "AlarmEmail=olga@cafe.example")


@pytest.fixture
def deployment(cloud: Cloud, tmp_path: Path) -> Iterator[EmptyDeployment]:
    with make_empty_deployment(cloud, tmp_path) as made:
        yield made


def test_the_site_is_deployed_and_changed(deployment: EmptyDeployment) -> None:
    first = deployment.deploy("web", *EMAIL)
    again = deployment.deploy("web", "--parameter", "LogDays=90")

    assert (first, again) == (0, 0)
    assert read_outputs(deployment.cloud.session)["SiteUrl"].endswith("/web")


def test_an_api_that_cannot_be_made_stops_the_deployment(
    deployment: EmptyDeployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.cloud.facts.refusing["Api"] = "no API today"

    status = deployment.deploy("web", *EMAIL)

    [stack] = deployment.cloud.client.describe_stacks(StackName="cafe-web")["Stacks"]
    assert (status, stack["StackStatus"]) == (1, "ROLLBACK_COMPLETE")
    assert "The step 'Function' failed" in capsys.readouterr().err


def test_the_reports_are_deployed_and_hear_of_their_topic(deployment: EmptyDeployment) -> None:
    statuses = [deployment.deploy("web", *EMAIL), deployment.deploy("reports")]

    session = deployment.cloud.session
    topic = read_outputs(session)["TopicArn"]
    assert statuses == [0, 0]
    assert len(session.client("events").list_rules()["Rules"]) == 2
    assert sns_may_invoke(session, "cafe-reports", topic)


def test_nothing_is_left_of_a_deployment_but_photos_and_a_snapshot(
    deployment: EmptyDeployment,
) -> None:
    before = inventory(deployment.cloud)
    deployment.deploy("web", *EMAIL)
    deployment.deploy("reports")

    status = undeploy(
        ["all", "--yes"], deployment.cloud.session, settings_file=deployment.settings_file
    )

    after = inventory(deployment.cloud)
    assert status == 0
    assert {name for name in after if after[name] != before[name]} == {"buckets", "snapshots"}
