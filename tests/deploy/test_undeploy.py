"""script/undeploy before it touches anything: it asks, and says what there is to remove."""

import pytest

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
        "There is nobody to ask: --yes says it beforehand.\nNothing was done.\n"
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


def test_removing_what_is_not_there_says_so(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    status = undeploy(["all", "--yes"], cloud.session)

    said = capsys.readouterr().out
    assert status == 0
    assert said.count("There is no function.") == 2
    assert "There is no stack." in said
    assert "- Nothing." in said
