"""Tests of a deployment after an incomplete one, and while a function is busy."""

import io
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deploy.errors import StepFailed
from deploy.limits import find_api
from deploy.rollout import functions, switching, zappa_program
from deploy.rollout.packages import StoredPackage
from deploy.rollout.zappa_program import run_zappa
from deploy.stack import read_outputs
from tests.deploy.clients import REGION
from tests.deploy.cloud import Cloud
from tests.deploy.test_limits import make_api

PACKAGE = StoredPackage("bucket", "packages/web-1.zip", "hash")


# --- The API's own stack --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "action", "is_kept"),
    [
        ("CREATE_COMPLETE", "update", True),
        ("UPDATE_ROLLBACK_COMPLETE", "update", True),
        # Such a stack takes no update, and Zappa would ask for one for ever.
        ("ROLLBACK_COMPLETE", "deploy", False),
        ("ROLLBACK_FAILED", "deploy", False),
        ("", "deploy", False),
    ],
)
def test_an_api_that_was_left_half_made_is_made_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, state: str, action: str, is_kept: bool
) -> None:
    stacks, ran = {"cafe-web": {"StackStatus": state}} if state else {}, []
    monkeypatch.setattr(switching, "find_function", lambda *_: {"Configuration": {}})
    monkeypatch.setattr(switching, "find_stack", lambda _session, name: stacks.get(name))
    monkeypatch.setattr(switching, "delete_stack", lambda _session, name: stacks.pop(name, None))
    monkeypatch.setattr(switching, "delete_function", lambda *_: True)
    monkeypatch.setattr(switching, "run_zappa", lambda *given, **_: ran.append(given[0]))

    said = switching.switch(_Waiting(), "web", PACKAGE, tmp_path, has_api=True)

    assert (said, ran) == (action, [action])
    assert ("cafe-web" in stacks) == is_kept


class _Waiting:
    """A session whose functions are ready at once."""

    def client(self, _name: str) -> Any:
        return self

    def get_waiter(self, _name: str) -> Any:
        return self

    def wait(self, **_: Any) -> None:
        """It is ready."""


def test_zappa_is_not_waited_for_without_an_end(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zappa_program, "LONGEST_SECONDS", 0.2)
    monkeypatch.setattr("zappa.cli.ZappaCLI.handle", lambda *_: time.sleep(30))

    with pytest.raises(
        StepFailed, match=r"`zappa update web .*has not finished in .* stack's events"
    ):
        run_zappa("update", "web", settings_file=tmp_path / "settings.json")


# --- The address ----------------------------------------------------------------------------------


def test_the_address_is_known_although_the_stack_does_not_say_it(cloud: Cloud) -> None:
    # CloudFormation may take a change of outputs alone for none.
    cloud.create()
    without = read_outputs(cloud.session)
    api_id = make_api(cloud.session)

    outputs = read_outputs(cloud.session)

    assert "SiteUrl" not in without
    assert find_api(cloud.session) == api_id
    assert outputs["SiteUrl"] == f"https://{api_id}.execute-api.{REGION}.amazonaws.com/web"
    cloud.update(ApiId=api_id)
    assert read_outputs(cloud.session) == outputs


# --- A function that is busy ----------------------------------------------------------------------


class _Busy(_Waiting):
    """A function that turns callers away for a number of times."""

    class exceptions:  # noqa: N801 - botocore's name
        class TooManyRequestsException(ClientError):
            """As Lambda answers it."""

    def __init__(self, times: int) -> None:
        self.times = times

    def client(self, _name: str, config: Any = None) -> Any:
        return self

    def invoke(self, **_: Any) -> dict[str, Any]:
        self.times -= 1
        if self.times >= 0:
            raise self.exceptions.TooManyRequestsException({}, "Invoke")

        return {"Payload": io.BytesIO(b'"done"')}


def test_a_busy_function_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(functions, "BUSY_PAUSE_SECONDS", 0)

    assert functions.ask(_Busy(35), "cafe-reports", {"command": "x"}) == "done"


def test_a_function_that_stays_busy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(functions, "BUSY_PAUSE_SECONDS", 0)

    with pytest.raises(StepFailed, match="cafe-reports was busy for three minutes: its reserved"):
        functions.ask(_Busy(36), "cafe-reports", {"command": "x"})


def test_it_is_asked_for_three_minutes() -> None:
    # A run of the reports takes up to two.
    assert functions.BUSY_TRIES * functions.BUSY_PAUSE_SECONDS == 180
