"""Tests of script/deploy before it changes anything: arguments, refusals, questions."""

import base64
import io
import json
import urllib.error
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from deploy.errors import StepFailed
from deploy.rollout import smoke
from deploy.rollout.__main__ import main, read_arguments
from deploy.rollout.checks import check_migrations, check_settings, refuse_unsafe
from deploy.rollout.cloud import PROTECTION, StackPlan, apply_plan, plan_stack
from deploy.rollout.functions import ask
from deploy.rollout.packages import find_ca_file, store_package, take_stored_package
from deploy.rollout.zappa_program import run_zappa
from deploy.stack import read_outputs
from tests.deploy.account import databases
from tests.deploy.cloud import Cloud

VARIABLES = {"BACKGROUND": "schedule"}


def put(cloud: Cloud, **parameters: str) -> None:
    for name, value in parameters.items():
        cloud.session.client("ssm").put_parameter(Name=f"/cafe/{name}", Type="String", Value=value)


def deploy(cloud: Cloud, tmp_path: Path, *arguments: str) -> int:
    return main([*arguments], cloud.session, settings_file=tmp_path / "zappa_settings.json")


# --- Arguments ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "the following arguments are required: stage"),
        (["base"], "invalid choice: 'base'"),
        (["web", "--parameter", "LogDays"], "'LogDays' is not NAME=VALUE"),
        (["web", "--parameter", "=90"], "'=90' is not NAME=VALUE"),
    ],
)
def test_wrong_arguments_are_refused(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        read_arguments(arguments)

    assert sentence in capsys.readouterr().err


def test_a_parameter_may_hold_an_equals_sign() -> None:
    assert read_arguments(["web", "--parameter", "A=b=c"]).parameter == [("A", "b=c")]


# --- Checks ---------------------------------------------------------------------------------------


def test_reports_without_a_site_are_refused(
    cloud: Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = deploy(cloud, tmp_path, "reports")

    assert status == 1
    assert "The step 'Checks' failed: The reports need the site" in capsys.readouterr().err
    assert cloud.client.describe_stacks()["Stacks"] == []


def test_a_name_that_is_no_setting_is_refused(
    cloud: Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(cloud, SHOP_NMAE="Café Linde")

    status = deploy(cloud, tmp_path, "web")

    assert status == 1
    assert "SHOP_NMAE is not a setting of the site" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"SHOP_TIME_ZONE": "Berlin"}, "SHOP_TIME_ZONE='Berlin' is not an IANA time zone"),
        ({"REPORT_CHANNEL": "email"}, "REPORT_CHANNEL=email is set without EMAIL_URL"),
        ({"DEBUG": "true"}, "DEBUG is on while SITE_URL is https"),
    ],
)
def test_settings_that_the_site_refuses_are_told_with_the_remedy(
    cloud: Cloud, parameters: dict[str, str], sentence: str
) -> None:
    put(cloud, **parameters)

    with pytest.raises(StepFailed, match=sentence) as caught:
        check_settings(cloud.session, VARIABLES)

    assert "aws ssm put-parameter --overwrite --name /cafe/NAME" in str(caught.value)


def test_settings_that_are_right_are_let_through_and_nothing_is_written(cloud: Cloud) -> None:
    put(cloud, EMAIL_URL="smtp+tls://mail.example:587")

    assert "no issues" in check_settings(cloud.session, VARIABLES)

    parameters = cloud.session.client("ssm").describe_parameters()["Parameters"]
    assert [item["Name"] for item in parameters] == ["/cafe/EMAIL_URL"]


def test_no_function_no_old_code(cloud: Cloud) -> None:
    assert check_migrations(cloud.session) == []


def test_unsafe_migrations_are_refused_with_both_ways_out() -> None:
    refuse_unsafe([])
    with pytest.raises(StepFailed, match=r"- it removes x\.\nOr close the shop .* --allow-unsafe-"):
        refuse_unsafe(["it removes x."])


# --- The stack ------------------------------------------------------------------------------------


def test_the_first_time_the_stack_needs_an_address_for_alarms(cloud: Cloud) -> None:
    with pytest.raises(StepFailed, match="The stack needs AlarmEmail: add --parameter AlarmEmail="):
        plan_stack(cloud.session, {})


def test_a_parameter_that_the_stack_does_not_have_is_refused(cloud: Cloud) -> None:
    with pytest.raises(StepFailed, match="has no parameter 'LogDay'; it has AlarmEmail, "):
        plan_stack(cloud.session, {"LogDay": "90"})


def test_a_stack_that_is_as_wanted_is_left_alone(cloud: Cloud) -> None:
    apply_plan(cloud.session, plan_stack(cloud.session, {"AlarmEmail": "olga@cafe.example"}))
    apply_plan(cloud.session, plan_stack(cloud.session, {}))

    again = plan_stack(cloud.session, {})
    other = plan_stack(cloud.session, {"LogDays": "90"})

    assert (again.action, other.action) == ("nothing", "update")
    assert other.parameters["AlarmEmail"] == "olga@cafe.example"
    assert other.parameters["LogDays"] == "90"


def test_the_database_is_protected_by_the_first_update(cloud: Cloud) -> None:
    # A creation that fails is taken back by deleting, which a protected database refuses.
    found = []
    for given in ({"AlarmEmail": "olga@cafe.example"}, {}, {PROTECTION: "false"}, {}):
        apply_plan(cloud.session, plan_stack(cloud.session, given))
        found.append(databases(cloud)[0]["DeletionProtection"])

    assert found == [False, True, False, True]


def test_a_parameter_that_was_given_once_stays(cloud: Cloud) -> None:
    for given in ({"AlarmEmail": "olga@cafe.example", "LogDays": "90"}, {"BudgetDollars": "99"}):
        apply_plan(cloud.session, plan_stack(cloud.session, given))

    groups = cloud.session.client("logs").describe_log_groups()["logGroups"]
    assert {group["retentionInDays"] for group in groups} == {90}


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("UPDATE_IN_PROGRESS", "wait until it is done"),
        ("DELETE_FAILED", "finish it with `script/undeploy all`"),
        ("UPDATE_ROLLBACK_FAILED", "aws cloudformation continue-update-rollback --stack-name cafe"),
    ],
)
def test_a_stack_that_does_not_stand_is_told(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, state: str, sentence: str
) -> None:
    cloud.create()
    monkeypatch.setattr(
        "deploy.rollout.cloud.find_stack", lambda *_: {"StackStatus": state, "Parameters": []}
    )

    with pytest.raises(StepFailed, match=f"in state {state}.*{sentence}"):
        plan_stack(cloud.session, {"AlarmEmail": "olga@cafe.example"})


def test_a_stack_that_fails_names_what_failed_first(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    from botocore.exceptions import WaiterError

    client = cloud.session.client("cloudformation")

    def event(name: str, state: str, reason: str = "") -> dict[str, str]:
        kind = "AWS::CloudFormation::Stack" if name == "cafe" else "AWS::X::Y"
        return {
            "LogicalResourceId": name,
            "ResourceType": kind,
            "ResourceStatus": state,
            "ResourceStatusReason": reason,
        }

    class Client:
        exceptions = client.exceptions

        def create_stack(self, **_: Any) -> None:
            """Take it."""

        def get_waiter(self, name: str) -> Any:
            return self

        def wait(self, **_: Any) -> None:
            raise WaiterError("stack", "terminal failure", {})

        def get_paginator(self, name: str) -> Any:
            return self

        def paginate(self, **_: Any) -> Any:
            yield {
                "StackEvents": [
                    event("cafe", "ROLLBACK_IN_PROGRESS"),
                    event("Vpc", "CREATE_FAILED", "cancelled"),
                    event("MailInterface", "CREATE_FAILED", "not in this zone"),
                    event("cafe", "CREATE_IN_PROGRESS"),
                    event("Database", "CREATE_FAILED", "of an attempt before"),
                ]
            }

    class Session:
        def client(self, _name: str) -> Client:
            return Client()

    with pytest.raises(StepFailed, match=r"The stack failed: MailInterface: not in this zone\."):
        apply_plan(Session(), StackPlan("create", {}))


# --- Packages -------------------------------------------------------------------------------------


def test_the_certificate_authorities_are_had_once(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("deploy.rollout.packages.ROOT", tmp_path)
    expected, asked = tmp_path / "deploy" / "rds.pem", []

    def fetch(address: str) -> bytes:
        asked.append(address)
        return b"certificates"

    found = [find_ca_file(None, expected, "https://x", fetch) for _ in range(2)]

    assert found == [expected, expected]
    assert expected.read_bytes() == b"certificates"
    assert asked == ["https://x"]


def test_certificate_authorities_that_cannot_be_had_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.rollout.packages.ROOT", tmp_path)

    def fetch(address: str) -> bytes:
        raise OSError("no network")

    with pytest.raises(StepFailed, match=r"no network. Save them as rds.pem, or .* --ca-file"):
        find_ca_file(None, tmp_path / "rds.pem", "https://x", fetch)


def test_a_package_is_uploaded_once_and_found_again(cloud: Cloud, tmp_path: Path) -> None:
    cloud.create()
    bucket = read_outputs(cloud.session)["SettingsBucketName"]
    archive = tmp_path / "web.zip"
    archive.write_bytes(b"the package")

    first = store_package(cloud.session, "web", archive, bucket)
    again = store_package(cloud.session, "web", archive, bucket)

    assert first == again == take_stored_package(cloud.session, first.address, bucket)
    for address in (
        f"s3://{bucket}/packages/other.zip",
        f"s3://{bucket}/environment.json",
        f"s3://other/{first.key}",
    ):
        with pytest.raises(StepFailed, match=f"aws s3 ls s3://{bucket}/packages/"):
            take_stored_package(cloud.session, address, bucket)


# --- Functions, Zappa, the smoke test -------------------------------------------------------------


def test_a_function_that_fails_is_told_by_its_error_and_its_last_words() -> None:
    class Client:
        def invoke(self, **_: Any) -> dict[str, Any]:
            told = {"errorType": "OperationalError", "errorMessage": "no such column"}
            return {
                "FunctionError": "Unhandled",
                "Payload": io.BytesIO(json.dumps(told).encode()),
                "LogResult": base64.b64encode(b"first\nlast").decode(),
            }

    class Session:
        def client(self, _name: str, config: Any) -> Client:
            # A migration that is asked for twice would run twice at once.
            assert config.retries == {"total_max_attempts": 1}
            return Client()

    with pytest.raises(StepFailed) as caught:
        ask(Session(), "cafe-web-next", {"manage": "migrate"})

    assert str(caught.value) == (
        'The function cafe-web-next failed at {"manage": "migrate"} with OperationalError: '
        "no such column\n  first\n  last"
    )


def test_zappa_that_fails_is_told_with_its_command(tmp_path: Path) -> None:
    settings = tmp_path / "zappa_settings.json"
    settings.write_text('{"base": {"aws_region": "eu-central-1"}}')

    with pytest.raises(StepFailed, match=r"`zappa update web --settings_file .*` failed"):
        run_zappa("update", "web", settings_file=settings)


def refused(address: str) -> bytes:
    raise urllib.error.HTTPError(address, 503, "Service Unavailable", Message(), None)


def unknown(address: str) -> bytes:
    raise urllib.error.URLError("Name or service not known")


@pytest.mark.parametrize(
    ("fetch", "sentence"),
    [
        (refused, "HTTP Error 503: Service Unavailable. Its log is /aws/lambda/cafe-web."),
        (unknown, "Name or service not known>. If the name is new, its DNS record is missing"),
    ],
)
def test_a_site_that_does_not_answer_is_told(
    fetch: smoke.Fetch, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smoke, "PAUSE_SECONDS", 0)

    with pytest.raises(StepFailed) as caught:
        smoke.try_site(fetch, "https://cafe.example")

    assert str(caught.value).startswith("https://cafe.example/healthz does not answer")
    assert sentence in str(caught.value)


def test_a_new_address_has_a_minute() -> None:
    # In which API Gateway answers 403 for a domain that was just led to it.
    assert smoke.TRIES * smoke.PAUSE_SECONDS >= 60


def test_a_site_may_take_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smoke, "PAUSE_SECONDS", 0)
    answers = iter([OSError("not yet"), b"fine"])

    def fetch(address: str) -> bytes:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    assert smoke.try_site(fetch, "https://cafe.example") == "https://cafe.example/healthz: fine"
