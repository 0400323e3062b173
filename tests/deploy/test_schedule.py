"""Tests of restoring the previous version's schedule, in a moto account."""

from types import SimpleNamespace

import boto3
import pytest

from deploy.rollout import switching
from deploy.rollout.__main__ import put_back
from deploy.rollout.hooks import delete_rule, forget_old_permissions
from deploy.rollout.schedule import put_schedule_back, read_schedule
from tests.deploy.test_hooks import arn_of_function, let_in, make_rule, permissions, rules, session

__all__ = ["session"]


@pytest.fixture
def schedule(session: boto3.Session) -> None:
    """A rule, as Zappa makes it for the version before."""
    let_in(session, "schedule", "events", make_rule(session, "cafe-reports-due"))


def update(session: boto3.Session) -> None:
    """Have another time, another number and another rule, as `zappa update` makes them."""
    delete_rule(session, "cafe-reports-due")
    arn = arn_of_function(session)
    events = session.client("events")
    events.put_rule(Name="cafe-reports-due", ScheduleExpression="rate(1 hour)")
    events.put_targets(Rule="cafe-reports-due", Targets=[{"Id": "2", "Arn": arn}])
    make_rule(session, "cafe-reports-new")


@pytest.mark.usefixtures("schedule")
def test_a_schedule_comes_back_as_it_was(session: boto3.Session) -> None:
    before = read_schedule(session, "reports")
    update(session)

    for _again in range(2):
        put_schedule_back(session, "reports", before)

    assert read_schedule(session, "reports") == before
    assert [rule.properties["ScheduleExpression"] for rule in before] == ["rate(15 minutes)"]
    assert rules(session) == ["cafe-reports-due"]
    assert permissions(session) == ["schedule"]


@pytest.mark.usefixtures("schedule")
def test_the_version_before_is_put_back_with_its_schedule(
    session: boto3.Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    taken_back: list[tuple[object, ...]] = []
    monkeypatch.setattr(switching, "take_back", lambda *given: taken_back.append(given[1:]))
    before = read_schedule(session, "reports")
    update(session)

    put_back(
        SimpleNamespace(
            session=session, stage="reports", before={"Tags": {}}, schedule=before, is_changed=True
        )
    )

    assert taken_back == [("reports", {"Tags": {}})]
    assert read_schedule(session, "reports") == before
    assert capsys.readouterr().err == "The previous version was restored, and serves.\n"


@pytest.mark.usefixtures("schedule")
def test_a_rule_that_was_gone_may_call_the_function_again(session: boto3.Session) -> None:
    before = read_schedule(session, "reports")
    delete_rule(session, "cafe-reports-due")
    forget_old_permissions(session, "reports", {})

    put_schedule_back(session, "reports", before)

    assert read_schedule(session, "reports") == before
    assert len(permissions(session)) == 1
    assert forget_old_permissions(session, "reports", {}) == ""


def test_without_a_function_there_is_no_schedule(session: boto3.Session) -> None:
    assert read_schedule(session, "web") == []
