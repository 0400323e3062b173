"""Tests of script/undeploy before it changes anything: it asks, and lists what it will remove."""

import pytest

from deploy.errors import StepFailed
from deploy.rollout import removal
from deploy.rollout.undeploy import main as undeploy
from tests.deploy.cloud import Cloud


@pytest.mark.parametrize("answer", ["", "y", "yes", "web"])
def test_nothing_is_removed_without_the_stages_name(
    cloud: Cloud, answer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.create()
    questions = []

    def ask(question: str) -> str:
        questions.append(question)
        return answer

    status = undeploy(["all"], cloud.session, ask=ask)

    assert status == 1
    assert questions[0].endswith("Type 'all' to go on: ")
    assert capsys.readouterr().err == "Nothing was done.\n"
    assert len(cloud.client.describe_stacks()["Stacks"]) == 1


def test_where_nobody_can_be_asked_nothing_is_removed(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.create()

    def ask(question: str) -> str:
        raise EOFError

    status = undeploy(["all"], cloud.session, ask=ask)

    assert status == 1
    assert capsys.readouterr().err == (
        "Cannot ask for confirmation here: pass --yes.\nNothing was done.\n"
    )
    assert len(cloud.client.describe_stacks()["Stacks"]) == 1


def test_with_the_stages_name_it_is_removed(cloud: Cloud) -> None:
    cloud.create()

    status = undeploy(["all"], cloud.session, ask=lambda _: "all\n")

    assert status == 0
    assert cloud.client.describe_stacks()["Stacks"] == []


def test_one_stage_leaves_the_stack(cloud: Cloud) -> None:
    cloud.create()

    status = undeploy(["reports", "--yes"], cloud.session)

    assert status == 0
    assert len(cloud.client.describe_stacks()["Stacks"]) == 1


def test_an_api_that_cannot_be_deleted_is_left_and_named(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Its domain is tied to it by a stack that does not stand.
    stacks = {"cafe-web": {"StackStatus": "CREATE_COMPLETE"}}

    def delete(_session: object, name: str) -> None:
        raise StepFailed("The stack failed: Api: it has a mapping.")

    monkeypatch.setattr(removal, "find_stack", lambda _session, name="cafe": stacks.get(name))
    monkeypatch.setattr(removal, "delete_stack", delete)

    status = undeploy(["web", "--yes"], cloud.session)

    said = capsys.readouterr().out
    assert status == 0
    assert "The API could not be deleted yet. The stack failed: Api: it has a mapping." in said
    assert "- The API, in the stack cafe-web: `script/undeploy all` deletes it." in said


def test_removing_what_is_not_there_says_so(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    status = undeploy(["all", "--yes"], cloud.session)

    said = capsys.readouterr().out
    assert status == 0
    assert said.count("There is no function.") == 2
    assert "There is no stack." in said
    assert "- Nothing." in said
