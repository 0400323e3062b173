"""Tests of deploying and removing the stack from any state."""

import pytest

from deploy.account.check import look_before_deployment, open_account
from deploy.cloudformation import find_stack
from deploy.errors import StepFailed
from deploy.rollout.budget import BUDGET_STACK, set_budget
from deploy.rollout.cloud import apply_plan, plan_stack
from deploy.rollout.undeploy import main as undeploy
from deploy.stack import read_outputs
from tests.deploy.account import databases, inventory
from tests.deploy.cloud import Cloud, events_of

GIVEN = {"AlarmEmail": "olga@cafe.example"}


def state(cloud: Cloud) -> str:
    return str((find_stack(cloud.session) or {}).get("StackStatus", ""))


def deploy_stack(cloud: Cloud, **given: str) -> str:
    """Do what script/deploy does to the stack, and return the reason if it stops."""
    try:
        apply_plan(cloud.session, plan_stack(cloud.session, GIVEN | given))
    except StepFailed as error:
        return str(error)
    return ""


def test_a_creation_that_fails_leaves_nothing_and_the_next_run_goes_on(cloud: Cloud) -> None:
    before = inventory(cloud)
    cloud.facts.refusing["MailInterface"] = "the zone does not have it"

    said = deploy_stack(cloud)

    after = inventory(cloud)
    # A rollback has more events than a page, and each is newer than this one.
    assert len(events_of(cloud.client, "cafe")) > 100
    assert "MailInterface: the zone does not have it. Nothing of it serves anybody" in said
    assert state(cloud) == "ROLLBACK_COMPLETE"
    assert {name for name in after if after[name] != before[name]} == {"snapshots"}

    # Everything is looked at again, and the zones of that attempt are forgotten.
    account = open_account(cloud.session, {}, lambda _address: b"")
    assert {"zones", "names", "database"} <= {
        line.subject for line in look_before_deployment(account)
    }
    cloud.answers.say(
        "ec2.DescribeVpcEndpointServices", ServiceDetails=[{"AvailabilityZones": ["eu-central-1c"]}]
    )
    assert plan_stack(cloud.session, {}).parameters["ZoneA"] == "eu-central-1c"
    cloud.answers.told.pop("ec2.DescribeVpcEndpointServices")
    cloud.facts.refusing.clear()

    # What was given the first time need not be given again.
    assert plan_stack(cloud.session, {}).parameters["AlarmEmail"] == GIVEN["AlarmEmail"]
    assert deploy_stack(cloud) == ""
    assert state(cloud) == "CREATE_COMPLETE"


def test_a_rollback_that_failed_is_finished_by_the_next_run(cloud: Cloud) -> None:
    cloud.facts.refusing["WebRole"] = "no role today"
    cloud.try_to_create(DatabaseDeletionProtection="true")
    assert state(cloud) == "ROLLBACK_FAILED"
    cloud.facts.refusing.clear()

    cloud.answers.asked.clear()
    assert deploy_stack(cloud) == ""
    assert state(cloud) == "CREATE_COMPLETE"
    assert len(databases(cloud)) == 1
    # RDS makes no last snapshot of a database that is still being changed: it is waited for.
    asked = cloud.answers.asked
    assert asked[asked.index("rds.ModifyDBInstance") + 1] == "rds.DescribeDBInstances"


def test_a_budget_that_may_not_be_deleted_keeps_nothing_else(cloud: Cloud) -> None:
    cloud.create()
    set_budget(cloud.session, {"AlarmEmail": "olga@cafe.example", "BudgetDollars": "90"})
    cloud.facts.has_billing_access = False

    status = undeploy(["all", "--yes"], cloud.session)

    assert status == 1
    assert state(cloud) == ""
    assert databases(cloud) == []
    assert find_stack(cloud.session, BUDGET_STACK) is not None


def test_an_update_that_fails_leaves_what_stood(cloud: Cloud) -> None:
    deploy_stack(cloud)
    deploy_stack(cloud)
    before = read_outputs(cloud.session)
    cloud.facts.refusing["ReportsLog"] = "no log today"

    said = deploy_stack(cloud, LogDays="90", BudgetDollars="120")

    assert "ReportsLog: no log today. What stood before stands" in said
    assert state(cloud) == "UPDATE_ROLLBACK_COMPLETE"
    assert read_outputs(cloud.session) == before


def ruin(cloud: Cloud, wanted: str) -> None:
    """Bring a protected stack into a state, by what happens on AWS."""
    if wanted.startswith("ROLLBACK"):
        cloud.facts.refusing["WebRole"] = "no role today"
        protected = "true" if wanted == "ROLLBACK_FAILED" else "false"
        cloud.try_to_create(DatabaseDeletionProtection=protected)
    else:
        cloud.create()
        if wanted == "DELETE_FAILED":
            cloud.delete()
        if wanted == "UPDATE_ROLLBACK_COMPLETE":
            cloud.facts.refusing["ReportsLog"] = "no log today"
            cloud.try_to_update(LogDays="90")
    cloud.facts.refusing.clear()
    assert state(cloud) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "CREATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "ROLLBACK_COMPLETE",
        "ROLLBACK_FAILED",
        "DELETE_FAILED",
    ],
)
def test_it_is_taken_down_from_any_state(
    cloud: Cloud, wanted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = inventory(cloud)
    ruin(cloud, wanted)

    status = undeploy(["all", "--yes"], cloud.session)

    after, said = inventory(cloud), capsys.readouterr()
    left = {name for name in after if after[name] != before[name]}
    assert (status, said.err, state(cloud)) == (0, "", "")
    assert left <= {"snapshots", "buckets"}
    assert ("buckets" in left) == ("The photos, in the bucket" in said.out)


def test_a_stack_that_is_being_changed_is_waited_for(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.create()
    found = {"StackStatus": "UPDATE_IN_PROGRESS", "StackId": "x"}
    monkeypatch.setattr("deploy.rollout.removal.find_stack", lambda *_: found)
    monkeypatch.setattr("deploy.rollout.removal.delete_stack", lambda *_: None)

    status = undeploy(["all", "--yes"], cloud.session)

    assert status == 1
    assert "state UPDATE_IN_PROGRESS: wait until it is done" in capsys.readouterr().err
