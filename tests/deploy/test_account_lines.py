"""Tests of the account's table, and of its checks as a whole: their calls and their stops."""

import json
import re
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError

from deploy.account.check import (
    LOOKS,
    lines_of,
    look_at_everything,
    open_account,
)
from deploy.account.lines import Level, note, ok, stop, table
from deploy.rollout.__main__ import main, read_arguments
from tests.deploy.cloud import Cloud
from tests.deploy.looking import no_network, open_cloud

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "account_table.txt"
DELETE_SECRET = (
    "If no other café uses it: `aws secretsmanager delete-secret --secret-id cafe-database "
    "--force-delete-without-recovery`."
)
READING = re.compile(r"[a-z0-9-]+\.(Get|List|Describe|Head)[A-Z]\w+")


def test_the_table_fits_eighty_columns_with_each_remedy_below_its_line() -> None:
    lines = [
        ok("identity", "account 123456789012, eu-central-1, arn:aws:iam::123456789012:user/olga"),
        note("billing", "budgets are refused", "As the root user: Account, Activate. " * 3),
        stop("names", "the secret cafe-database exists", DELETE_SECRET),
    ]

    made = table(lines)

    assert made == GOLDEN.read_text().rstrip("\n")
    assert max(len(row) for row in made.splitlines()) == 80


def test_a_line_that_is_right_shows_no_remedy() -> None:
    assert table([ok("x", "fine")]).splitlines()[2:] == [
        f"{'x':<16} {'fine':<57}    ok",
    ]


def test_a_look_that_aws_refuses_is_a_line_of_its_own(cloud: Cloud) -> None:
    account = open_cloud(cloud)
    cloud.answers.refuse("lambda.GetAccountSettings")
    [look] = [look for look in LOOKS if look.subject == "Lambda's limit"]

    [line] = lines_of(look, account)

    assert (line.level, line.is_known) == (Level.NOTE, False)
    assert line.found == (
        "not known: AWS refused GetAccountSettings (AccessDeniedException: not you)"
    )


def test_a_look_that_cannot_reach_aws_is_a_line_of_its_own(cloud: Cloud) -> None:
    account = open_cloud(cloud)
    cloud.answers.fail(
        "budgets.DescribeBudgets", EndpointConnectionError(endpoint_url="https://budgets")
    )
    [look] = [look for look in LOOKS if look.subject == "billing"]

    [line] = lines_of(look, account)

    assert (line.level, line.is_known) == (Level.NOTE, False)
    assert line.found == (
        "not known: AWS could not be asked "
        '(Could not connect to the endpoint URL: "https://budgets")'
    )


def test_every_look_survives_a_refusal_of_everything(cloud: Cloud) -> None:
    account = open_cloud(cloud, DomainName="cafe.example", HostedZoneId="Z1")
    cloud.answers.refuse_all()

    found = [line for look in LOOKS for line in lines_of(look, account)]

    assert {line.subject for line in found if line.is_known} <= {
        "this machine",
        "identity",
        "billing",
    }
    assert [line.subject for line in found if line.level is Level.STOP] == ["identity", "stack"]
    assert {line.subject for line in found} >= {look.subject for look in LOOKS} - {"identity"}


def test_without_credentials_nothing_else_is_asked(cloud: Cloud) -> None:
    cloud.answers.refuse("sts.GetCallerIdentity", "ExpiredToken", "the token has expired")
    cloud.answers.asked.clear()

    lines = look_at_everything(open_cloud(cloud))

    assert [(line.subject, line.level) for line in lines] == [
        ("this machine", Level.OK),
        ("identity", Level.STOP),
    ]
    assert cloud.answers.asked == ["sts.GetCallerIdentity"]


def test_all_looks_only_read(cloud: Cloud) -> None:
    zone = cloud.session.client("route53").create_hosted_zone(
        Name="cafe.example", CallerReference="x"
    )["HostedZone"]["Id"]
    for name, value in {
        "EMAIL_URL": "smtp+tls://email-smtp.eu-central-1.amazonaws.com:587",
        "EMAIL_FROM": "orders@cafe.example",
    }.items():
        cloud.session.client("ssm").put_parameter(Name=f"/cafe/{name}", Type="String", Value=value)
    cloud.answers.asked.clear()
    given = {
        "DomainName": "cafe.example",
        "HostedZoneId": zone,
        "CertificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/x",
        "ImageRepository": "yes",
        "WebAcl": "yes",
    }

    look_at_everything(open_cloud(cloud, **given))
    cloud.create()
    asked_of_new, cloud.answers.asked = cloud.answers.asked, []
    look_at_everything(open_cloud(cloud, **given))

    asked = {*asked_of_new, *cloud.answers.asked} - {"cloudformation.CreateStack"}
    assert [operation for operation in sorted(asked) if not READING.fullmatch(operation)] == []
    # Each service that the café is made of was really asked.
    assert len({operation.split(".")[0] for operation in asked}) == 20


# --- The command, and the step --------------------------------------------------------------------


def test_the_account_is_checked_without_a_stage() -> None:
    given = read_arguments(["--check-account", "--parameter", "Nat=yes"])

    assert (given.check_account, given.stage, given.parameter) == (True, None, [("Nat", "yes")])


def test_an_account_that_is_ready_ends_with_zero(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["--check-account"], cloud.session, fetch=no_network)

    said = capsys.readouterr().out
    assert status == 0
    assert said.endswith("\nNothing was changed. No lines would stop a deployment.\n")
    assert "prices" in said


def test_one_stop_ends_with_one(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.session.client("sqs").create_queue(QueueName="cafe-failed-runs")

    status = main(["--check-account"], cloud.session, fetch=no_network)

    assert status == 1
    assert capsys.readouterr().out.endswith("1 line would stop a deployment.\n")


@pytest.mark.parametrize("arguments", [["web"], ["web", "--dry-run"]])
def test_a_deployment_stops_at_the_account_before_anything_is_made(
    cloud: Cloud, tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.session.client("sqs").create_queue(QueueName="cafe-failed-runs")
    limit = {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}
    cloud.answers.say("lambda.GetAccountSettings", AccountLimit=limit)
    cloud.answers.asked.clear()

    status = main(arguments, cloud.session, settings_file=tmp_path / "zappa_settings.json")

    said = capsys.readouterr()
    assert status == 1
    assert "== Account\nlooked at        found\n" in said.out
    assert "== Checks" not in said.out
    assert "The step 'Account' failed: The account is not ready: Lambda's limit, names." in said.err
    assert [asked for asked in cloud.answers.asked if not READING.fullmatch(asked)] == []
    assert "pricing.GetProducts" not in cloud.answers.asked


def test_the_settings_are_those_of_the_checkout(cloud: Cloud) -> None:
    account = open_account(cloud.session, {}, no_network)

    settings = json.loads((Path(__file__).parents[2] / "zappa_settings.json").read_text())
    assert account.settings == settings
    assert sorted(account.stages) == ["reports", "web"]
    assert account.stages["web"]["timeout_seconds"] == settings["base"]["timeout_seconds"]
