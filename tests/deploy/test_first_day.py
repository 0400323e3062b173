"""Tests of script/deploy in a new account, and of the state that each refusal leaves."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.cloudformation import find_stack
from deploy.rollout import functions
from deploy.rollout.undeploy import main as undeploy
from deploy.stack import read_outputs
from tests.deploy.account import databases, inventory
from tests.deploy.cloud import Cloud, events_of
from tests.deploy.empty_packages import EmptyDeployment, make_empty_deployment
from tests.deploy.strict_aws import FIRST_DAY, ORDINARY, sns_may_invoke

EMAIL = ("--parameter", "AlarmEmail=olga@cafe.example")


@pytest.fixture
def deployment(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[EmptyDeployment]:
    monkeypatch.setattr(functions, "BUSY_PAUSE_SECONDS", 0)
    with make_empty_deployment(cloud, tmp_path) as made:
        yield made


def functions_of(deployment: EmptyDeployment) -> list[str]:
    found = deployment.cloud.session.client("lambda").list_functions()["Functions"]
    return sorted(item["FunctionName"] for item in found)


def rules_of(deployment: EmptyDeployment) -> list[Any]:
    return list(deployment.cloud.session.client("events").list_rules()["Rules"])


def test_the_first_day_is_refused_before_anything_is_made(
    deployment: EmptyDeployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.cloud.facts.become(FIRST_DAY)
    before = inventory(deployment.cloud)

    status = deployment.deploy("web", *EMAIL)

    said = capsys.readouterr()
    assert status == 1
    assert "The step 'Account' failed: The account is not ready: Lambda's limit." in said.err
    assert "ask for 1000" in said.out
    assert "(151 is the least)" in " ".join(said.out.split())
    assert inventory(deployment.cloud) == before
    assert find_stack(deployment.cloud.session) is None


def test_without_access_to_billing_it_is_deployed_and_the_budget_is_reported_missing(
    deployment: EmptyDeployment, capsys: pytest.CaptureFixture[str]
) -> None:
    facts, session = deployment.cloud.facts, deployment.cloud.session
    facts.become(FIRST_DAY)
    facts.concurrent_executions = 151

    statuses = [deployment.deploy("web", *EMAIL), deployment.deploy("reports")]

    said = capsys.readouterr().out
    assert statuses == [0, 0]
    assert said.count("The budget could not be created: ") == 2
    # Nothing half made.
    assert find_stack(session, "cafe-budget") is None
    assert functions_of(deployment) == ["cafe-reports", "cafe-web"]
    assert databases(deployment.cloud)[0]["DeletionProtection"]

    facts.become(ORDINARY)
    assert deployment.deploy("reports") == 0

    assert "olga@cafe.example gets an e-mail when a month costs" in capsys.readouterr().out
    budgets = session.client("budgets").describe_budgets(AccountId="123456789012")["Budgets"]
    assert [budget["BudgetName"] for budget in budgets] == ["cafe"]


def test_a_stack_that_cannot_be_made_is_made_by_the_next_run(
    deployment: EmptyDeployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.cloud.facts.refusing["ReportsRole"] = "no role today"

    refused = deployment.deploy("web", *EMAIL)

    said = capsys.readouterr().err
    assert "The step 'Stack' failed: The stack failed: ReportsRole: no role" in said
    assert databases(deployment.cloud) == []

    deployment.cloud.facts.refusing.clear()
    # The address for alarms is remembered.
    assert (refused, deployment.deploy("web")) == (1, 0)


def test_an_api_that_cannot_be_made_is_made_by_the_next_run(
    deployment: EmptyDeployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.cloud.facts.refusing["Api"] = "no API today"
    refused = [deployment.deploy("web", *EMAIL), deployment.deploy("web")]
    # Half of a first attempt is no version before.
    assert "version before" not in capsys.readouterr().err
    deployment.cloud.facts.refusing.clear()

    accepted = deployment.deploy("web")

    stack = find_stack(deployment.cloud.session, "cafe-web") or {}
    assert (refused, accepted, stack["StackStatus"]) == ([1, 1], 0, "CREATE_COMPLETE")


def test_the_address_is_known_where_outputs_alone_are_no_update(
    deployment: EmptyDeployment,
) -> None:
    deployment.cloud.facts.counts_changes_of_outputs = False
    protected = ("--parameter", "DatabaseDeletionProtection=true")

    assert deployment.deploy("web", *EMAIL, *protected) == 0

    assert read_outputs(deployment.cloud.session)["SiteUrl"].endswith("/web")


def test_a_function_that_is_busy_is_waited_for(deployment: EmptyDeployment) -> None:
    deployment.deploy("web", *EMAIL)
    # A sweep, a slice of an export or a receipt runs.
    deployment.cloud.facts.busy["cafe-reports"] = 3

    assert deployment.deploy("reports") == 0

    assert deployment.cloud.facts.busy["cafe-reports"] == 0


@pytest.mark.parametrize("call", ["sns:Subscribe", "events:PutRule", "lambda:AddPermission"])
def test_what_zappa_is_refused_is_found_and_made_up_for(
    deployment: EmptyDeployment, call: str, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.deploy("web", *EMAIL)
    deployment.cloud.facts.refusing_calls[call] = "AuthorizationError"

    refused = deployment.deploy("reports")

    assert "failed: " in capsys.readouterr().err
    deployment.cloud.facts.refusing_calls.clear()
    accepted = deployment.deploy("reports")

    session = deployment.cloud.session
    assert (refused, accepted) == (1, 0)
    assert len(rules_of(deployment)) == 2
    assert sns_may_invoke(session, "cafe-reports", read_outputs(session)["TopicArn"])


def test_nothing_changes_where_nothing_has_changed(
    deployment: EmptyDeployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.deploy("web", *EMAIL)
    deployment.deploy("reports")
    events = count_events(deployment)
    capsys.readouterr()

    statuses = [deployment.deploy("web"), deployment.deploy("reports")]
    dry_run = deployment.deploy("web", "--dry-run")

    said = capsys.readouterr().out
    assert (*statuses, dry_run) == (0, 0, 0)
    assert said.count("The stack is unchanged.") == 2
    assert said.count("Nothing has changed.") == 4
    assert "Stack: nothing." in said
    assert count_events(deployment) == events


def count_events(deployment: EmptyDeployment) -> int:
    client = deployment.cloud.client
    names = [stack["StackName"] for stack in client.describe_stacks()["Stacks"]]
    return sum(len(events_of(client, name)) for name in names)


def test_the_reports_know_their_role_through_many_updates(deployment: EmptyDeployment) -> None:
    # Each `zappa update` adds permissions; Lambda accepts 20 KB of them.
    deployment.deploy("web", *EMAIL)
    sizes = set()
    for number in range(3):
        (deployment.folder / "reports.zip").unlink(missing_ok=True)
        deployment.change = f"# {number}"
        assert deployment.deploy("reports") == 0
        policy = deployment.cloud.session.client("lambda").get_policy(FunctionName="cafe-reports")
        sizes.add(policy["Policy"].count('"Sid"'))

    assert sizes == {3}


def test_taken_away_nothing_is_left_but_photos_and_a_snapshot(
    deployment: EmptyDeployment,
) -> None:
    before = inventory(deployment.cloud)
    deployment.deploy("web", *EMAIL)
    deployment.deploy("reports")

    status = undeploy(["all", "--yes"], deployment.cloud.session)

    after = inventory(deployment.cloud)
    assert status == 0
    assert {name for name in after if after[name] != before[name]} == {"buckets", "snapshots"}
    assert functions_of(deployment) == []
    assert rules_of(deployment) == []
    assert deployment.cloud.session.client("apigateway").get_rest_apis()["items"] == []
