"""Tests of script/make-owner: it asks for the password, and no error repeats it."""

import base64
import io
import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from deploy.rollout import owner

PASSWORD = "a long one for olga"


class Client:
    """A function that answers with what it is given, and keeps the event."""

    exceptions = boto3.client("lambda", region_name="eu-central-1").exceptions

    def __init__(self, answer: Any, *, has_failed: bool = False) -> None:
        self.answer, self.has_failed = answer, has_failed
        self.events: list[dict[str, Any]] = []

    def get_function(self, **_: Any) -> dict[str, Any]:
        return {}

    def invoke(self, **given: Any) -> dict[str, Any]:
        self.events.append(json.loads(given["Payload"]))
        answer = {
            "Payload": io.BytesIO(json.dumps(self.answer).encode()),
            "LogResult": base64.b64encode(b"the log").decode(),
        }
        return answer | ({"FunctionError": "Unhandled"} if self.has_failed else {})


class Session:
    def __init__(self, client: Any) -> None:
        self.held = client

    def client(self, _name: str, **_: Any) -> Any:
        return self.held


def make_owner(client: Any, *passwords: str) -> int:
    typed = iter(passwords)
    ask: Callable[[str], str] = lambda _question: next(typed)  # noqa: E731
    return owner.main(["olga", "olga@cafe.example"], Session(client), ask_password=ask)


def test_an_owner_is_made_with_the_password_that_was_typed_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    client = Client([])

    status = make_owner(client, PASSWORD, PASSWORD)

    assert status == 0
    assert client.events == [
        {
            "command": "cafe_site.deployment.make_owner",
            "user_name": "olga",
            "email": "olga@cafe.example",
            "password": PASSWORD,
        }
    ]
    assert capsys.readouterr().out == "olga is an owner and can sign in with this password.\n"


def test_two_passwords_that_differ_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    client = Client([])

    status = make_owner(client, PASSWORD, "another")

    assert (status, client.events) == (1, [])
    assert capsys.readouterr().err == "The two passwords differ.\nNothing was changed.\n"


def test_what_the_site_refuses_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    status = make_owner(Client(["This password is too common."]), "password", "password")

    assert status == 1
    assert capsys.readouterr().err == "- This password is too common.\nNothing was changed.\n"


def test_an_error_does_not_repeat_the_password(capsys: pytest.CaptureFixture[str]) -> None:
    told = {"errorType": "OperationalError", "errorMessage": "gone away"}

    status = make_owner(Client(told, has_failed=True), PASSWORD, PASSWORD)

    said = capsys.readouterr().err
    assert status == 1
    assert "OperationalError: gone away" in said
    assert PASSWORD not in said


def test_aws_that_cannot_be_asked_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    class NoNetwork(Client):
        def get_function(self, **_: Any) -> dict[str, Any]:
            raise EndpointConnectionError(endpoint_url="https://lambda.example")

    status = make_owner(NoNetwork([]))

    assert status == 1
    assert capsys.readouterr().err.startswith("AWS could not be asked: Could not connect")


def test_without_a_site_nobody_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    class NoFunction(Client):
        def get_function(self, **_: Any) -> dict[str, Any]:
            raise self.exceptions.ResourceNotFoundException({}, "GetFunction")

    status = make_owner(NoFunction([]))

    assert status == 1
    assert capsys.readouterr().err == (
        "There is no site yet: `script/deploy web` first.\nNothing was changed.\n"
    )
