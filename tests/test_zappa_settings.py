"""Tests of zappa_settings.json against Zappa's behaviour."""

import inspect
import json
import re
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.utils.module_loading import import_string

from deploy.template import read_template

SETTINGS = json.loads((Path(__file__).resolve().parent.parent / "zappa_settings.json").read_text())
STAGES = {name: SETTINGS["base"] | stage for name, stage in SETTINGS.items() if name != "base"}
EVENTS = [(name, event) for name, stage in STAGES.items() for event in stage.get("events", [])]


def test_the_stages_are_web_and_reports() -> None:
    assert set(STAGES) == {"web", "reports"}
    assert all(SETTINGS[name]["extends"] == "base" for name in STAGES)


def test_only_the_web_has_an_address_and_only_the_reports_a_schedule() -> None:
    assert STAGES["web"].get("apigateway_enabled", True)
    assert STAGES["reports"]["apigateway_enabled"] is False
    assert {name for name, _event in EVENTS} == {"reports"}


def test_the_report_is_due_every_quarter_of_an_hour() -> None:
    expressions = {event["function"]: event.get("expression") for _name, event in EVENTS}

    assert expressions["reports.events.run_due_reports"] == "rate(15 minutes)"


@pytest.mark.parametrize("event", [event for _name, event in EVENTS], ids=str)
def test_each_event_can_be_called_as_zappa_calls_it(event: dict[str, str]) -> None:
    # zappa.core: the path is part of a rule's name, and is read back from it after a hyphen.
    assert re.fullmatch(r"[._A-Za-z0-9]{1,63}", event["function"])

    parameters = inspect.signature(import_string(event["function"])).parameters.values()

    assert [(item.name, item.default, item.kind) for item in parameters] == [
        (name, inspect.Parameter.empty, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        for name in ("event", "context")
    ]


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_repeats_what_extends_would_drop(name: str) -> None:
    # `extends` is shallow: a stage's own object or list replaces the base's.
    for key, value in SETTINGS["base"].items():
        if isinstance(value, dict):
            assert value.items() <= STAGES[name][key].items(), key
        elif isinstance(value, list):
            assert set(value) <= set(STAGES[name][key]), key


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_carries_the_variables_that_it_needs(name: str) -> None:
    from cafe_site.env import env

    variables = STAGES[name]["aws_environment_variables"]
    # These are read by Zappa and by libmariadb, before and beside the site's own settings.
    foreign = {"INSTANTIATE_LAMBDA_HANDLER_ON_IMPORT", "MARIADB_PLUGIN_DIR"}

    own = {"BACKGROUND", "DATABASE_CA_FILE"}
    if name == "web":
        own.add("REPORTS_FUNCTION")

    assert variables.keys() == foreign | own
    assert variables.keys() - foreign <= env.scheme.keys()
    assert all(isinstance(value, str) for value in variables.values())
    assert STAGES[name]["remote_env"] == SETTINGS["base"]["remote_env"]


def test_no_dependency_ships_a_name_of_the_project() -> None:
    # In a package they lie side by side, and the other's would be imported.
    ours = {"cafe_site", "reports", "deploy", "handler", "zappa_settings", "django_zappa_app"}

    assert ours & packages_distributions().keys() == set()


def test_an_error_is_not_answered_with_its_traceback() -> None:
    # Zappa's default is true.
    assert SETTINGS["base"]["debug"] is False


def test_the_lease_outlives_the_function() -> None:
    from cafe_site.env import env

    lease = env.scheme["REPORT_LEASE_SECONDS"][1]

    assert lease == STAGES["reports"]["timeout_seconds"] + 30


def test_background_work_leaves_the_web_and_waits_for_the_sweep_in_the_reports() -> None:
    assert {
        name: stage["aws_environment_variables"]["BACKGROUND"] for name, stage in STAGES.items()
    } == {"web": "lambda", "reports": "schedule"}


def test_the_web_knows_the_function_that_publishes() -> None:
    project = SETTINGS["base"]["project_name"]

    assert STAGES["web"]["aws_environment_variables"]["REPORTS_FUNCTION"] == f"{project}-reports"


def test_each_stage_runs_with_a_role_of_the_stack() -> None:
    roles = {
        resource["Properties"]["RoleName"]
        for resource in read_template()["Resources"].values()
        if resource["Type"] == "AWS::IAM::Role"
    }

    assert roles == {stage["role_name"] for stage in STAGES.values()}
    assert not any(stage["manage_roles"] for stage in STAGES.values())


def test_a_receipt_finds_its_function() -> None:
    # As zappa.handler does: by the topic's address, unless the message looks like one of its own.
    [event] = [event for _name, event in EVENTS if "event_source" in event]

    assert event["function"] == "reports.events.take_receipt"
    assert event["event_source"]["arn"].startswith("arn:aws:sns:")


def test_a_role_that_rules_name_can_be_assumed_by_eventbridge() -> None:
    # Zappa names the stage's role in each rule, and PutRule refuses one that EventBridge cannot
    # assume: the function would stand there without a schedule.
    trusted = {
        resource["Properties"]["RoleName"]: resource["Properties"]["AssumeRolePolicyDocument"][
            "Statement"
        ][0]["Principal"]["Service"]
        for resource in read_template()["Resources"].values()
        if resource["Type"] == "AWS::IAM::Role"
    }
    scheduled = {STAGES[name]["role_name"] for name, event in EVENTS if "expression" in event}

    assert scheduled == {"cafe-reports"}
    for role in scheduled:
        assert "events.amazonaws.com" in trusted[role]


def test_the_api_is_regional_and_leaves_compression_to_django() -> None:
    # API Gateway would compress pictures again, and answers that Django pads against BREACH.
    assert STAGES["web"]["endpoint_configuration"] == ["REGIONAL"]
    assert STAGES["web"]["payload_compression"] is False


def test_the_functions_of_two_versions_fit_into_the_database() -> None:
    # docs/decisions/0030: after a deployment the processes of the version before still hold theirs.
    template = read_template()
    parameters = template["Resources"]["DatabaseParameters"]["Properties"]["Parameters"]
    least = int(re.fullmatch(r"GREATEST\(.*,(\d+)\)", parameters["max_connections"])[1])  # type: ignore[index]
    alarm = template["Parameters"]["DatabaseConnectionsAlarm"]["Default"]
    at_once = sum(stage["lambda_concurrency"] for stage in STAGES.values())
    migrating, looking = 1, 5

    assert 2 * at_once + migrating + looking <= least
    assert alarm < least
    # Django gives a connection up before the database does.
    assert int(parameters["wait_timeout"]) > 300
