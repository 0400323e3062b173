"""Tests of the checks of identity, stack state, Lambda's limit, billing and owners' settings."""

import boto3
import pytest
from botocore.exceptions import NoCredentialsError

from deploy.account.account import Account
from deploy.account.billing import look_at_billing
from deploy.account.check import open_account
from deploy.account.concurrency import look_at_concurrency
from deploy.account.identity import look_at_identity, look_at_stack
from deploy.account.parameters import look_at_parameters
from tests.deploy.cloud import Cloud
from tests.deploy.looking import found_by, no_network, open_cloud, put_settings, settings_with

IDENTITY = {"Account": "123456789012", "UserId": "AIDA"}


# --- Identity, stack ------------------------------------------------------------------------------


def test_a_user_is_named_with_account_and_region(cloud: Cloud) -> None:
    cloud.answers.say(
        "sts.GetCallerIdentity", Arn="arn:aws:iam::123456789012:user/olga", **IDENTITY
    )

    assert found_by(look_at_identity, open_cloud(cloud)) == [
        ("ok", "account 123456789012, eu-central-1, arn:aws:iam::123456789012:user/olga")
    ]


def test_the_root_user_is_noted(cloud: Cloud) -> None:
    cloud.answers.say("sts.GetCallerIdentity", Arn="arn:aws:iam::123456789012:root", **IDENTITY)

    [line] = look_at_identity(open_cloud(cloud))

    assert (line.level, line.is_known) == ("note", True)
    assert line.remedy.startswith("This is the root user. Create another user for")


def test_no_region_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    account = open_account(boto3.Session(), {}, no_network)

    [line] = look_at_identity(account)

    assert (line.level, line.found, line.is_known) == ("stop", "no region is chosen", False)
    assert "AWS_DEFAULT_REGION" in line.remedy


def test_no_credentials_stop(cloud: Cloud) -> None:
    cloud.answers.fail("sts.GetCallerIdentity", NoCredentialsError())

    [line] = look_at_identity(open_cloud(cloud))

    assert (line.level, line.found, line.is_known) == ("stop", "there are no credentials", False)
    assert "aws configure" in line.remedy


def test_credentials_that_are_refused_stop(cloud: Cloud) -> None:
    cloud.answers.refuse("sts.GetCallerIdentity", "ExpiredToken", "it has\nexpired")

    [line] = look_at_identity(open_cloud(cloud))

    assert (line.level, line.is_known) == ("stop", False)
    assert line.found == "AWS refuses the credentials (ExpiredToken: it has expired)"


@pytest.mark.parametrize(
    ("status", "level", "remedy"),
    [
        ("UPDATE_ROLLBACK_COMPLETE", "ok", ""),
        ("CREATE_IN_PROGRESS", "stop", "Wait until it is done"),
        ("UPDATE_ROLLBACK_FAILED", "stop", "continue-update-rollback --stack-name cafe"),
        ("ROLLBACK_COMPLETE", "note", "The next deployment deletes what is left of it."),
        ("DELETE_FAILED", "stop", "script/undeploy all"),
    ],
)
def test_the_stacks_state_is_told_with_its_remedy(
    cloud: Cloud, status: str, level: str, remedy: str
) -> None:
    cloud.answers.say("cloudformation.DescribeStacks", Stacks=[{"StackStatus": status}])

    [line] = look_at_stack(open_cloud(cloud))

    assert (line.level, line.found) == (level, f"cafe is in state {status}")
    assert remedy in line.remedy


def test_parameters_that_cloudformation_would_refuse_stop(cloud: Cloud) -> None:
    found = found_by(look_at_stack, open_cloud(cloud, LogDay="90", Nat="perhaps", LogDays="90"))

    assert found == [
        ("ok", "there is no stack cafe yet"),
        ("stop", "deploy/cloud.yaml has no parameter LogDay"),
        ("stop", "Nat=perhaps is not allowed"),
    ]


# --- Lambda's limit -------------------------------------------------------------------------------


def look_at_limit(cloud: Cloud, in_all: int, unreserved: int) -> tuple[str, str, str]:
    cloud.answers.say(
        "lambda.GetAccountSettings",
        AccountLimit={
            "ConcurrentExecutions": in_all,
            "UnreservedConcurrentExecutions": unreserved,
        },
    )
    account = Account(cloud.session, settings_with(web=30, reports=1), no_network)
    [line] = look_at_concurrency(account)
    return str(line.level), line.found, line.remedy


@pytest.mark.parametrize(
    ("in_all", "unreserved", "level", "least"),
    [
        (1000, 1000, "ok", ""),
        # 131 leaves just the 100 that Lambda wants to be left.
        (131, 131, "ok", ""),
        (130, 130, "stop", "(131 is the least)"),
        (10, 10, "stop", "(131 is the least)"),
        # Other functions of the account have reserved 50.
        (180, 130, "stop", "(181 is the least)"),
    ],
)
def test_what_the_stages_reserve_has_to_fit(
    cloud: Cloud, in_all: int, unreserved: int, level: str, least: str
) -> None:
    found = look_at_limit(cloud, in_all, unreserved)

    assert found[0] == level
    assert least in found[2]
    assert found[1].startswith(f"{in_all} functions at once; the stages reserve 31, ")


def test_what_our_functions_have_reserved_counts_once(cloud: Cloud) -> None:
    # 131 in all. Both functions already have 31 of them, in one response each.
    cloud.answers.say("lambda.GetFunctionConcurrency", ReservedConcurrentExecutions=15)

    found = look_at_limit(cloud, 131, 101)

    assert found == ("ok", "131 functions at once; the stages reserve 31, 100 are left", "")


def test_stages_that_reserve_nothing_need_no_limit(cloud: Cloud) -> None:
    account = Account(cloud.session, settings_with(web=0, reports=0), no_network)
    cloud.answers.say(
        "lambda.GetAccountSettings",
        AccountLimit={"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10},
    )

    assert found_by(look_at_concurrency, account) == [
        ("ok", "10 functions at once; the stages reserve 0, 10 are left")
    ]


# --- Billing --------------------------------------------------------------------------------------


def test_budgets_that_may_be_used(cloud: Cloud) -> None:
    assert found_by(look_at_billing, open_cloud(cloud)) == [("ok", "budgets may be used")]


def test_budgets_that_are_refused_are_noted_with_what_root_does(cloud: Cloud) -> None:
    cloud.answers.refuse("budgets.DescribeBudgets", message="Account 1 is a linked account")

    [line] = look_at_billing(open_cloud(cloud))

    assert (line.level, line.found) == (
        "note",
        "AWS refuses budgets, so nobody is warned of high costs "
        "(AccessDeniedException: Account 1 is a linked account)",
    )
    assert '"IAM user and role access to Billing information", Activate' in line.remedy


# --- The owners' settings -------------------------------------------------------------------------


def test_settings_are_named_and_never_shown(cloud: Cloud) -> None:
    put_settings(cloud, SHOP_NAME="Linde", EMAIL_FROM="orders@cafe.example")
    put_settings(cloud, EMAIL_URL="smtp+tls://mail.example:587")
    put_settings(cloud, "SecureString", EMAIL_PASSWORD="BAbc/def")

    lines = look_at_parameters(open_cloud(cloud))

    assert [(line.level, line.found) for line in lines] == [
        ("ok", "/cafe/: EMAIL_FROM, EMAIL_PASSWORD, EMAIL_URL, SHOP_NAME")
    ]


def test_missing_settings_are_noted(cloud: Cloud) -> None:
    put_settings(cloud, SHOP_NAME="Linde")

    [line] = look_at_parameters(open_cloud(cloud))

    assert (line.level, line.found) == (
        "note",
        "/cafe/: SHOP_NAME; without EMAIL_URL, EMAIL_FROM",
    )
    assert "--name /cafe/EMAIL_URL " in line.remedy


@pytest.mark.parametrize(
    "name", ["EMAIL_PASSWORD", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "SECRET_KEY"]
)
def test_a_secret_in_clear_text_is_noted_without_its_value(cloud: Cloud, name: str) -> None:
    put_settings(cloud, **{name: "sk_live_1"})

    _settings, line = look_at_parameters(open_cloud(cloud))

    assert (line.level, line.found) == (
        "note",
        f"/cafe/{name} is of type String: it is stored in clear text",
    )
    assert f"--type SecureString --name /cafe/{name}" in line.remedy
    assert "sk_live_1" not in f"{line.found}{line.remedy}"


def test_user_and_password_in_the_servers_address_stop_without_being_shown(cloud: Cloud) -> None:
    url = "smtp+tls://AKIA:BAbc/def@email-smtp.eu-central-1.amazonaws.com:587"
    put_settings(cloud, "SecureString", EMAIL_URL=url)

    [_settings, line] = look_at_parameters(open_cloud(cloud))

    assert (line.level, line.found) == (
        "stop",
        '/cafe/EMAIL_URL contains an "@": remove user and password',
    )
    assert "BAbc" not in f"{line.found}{line.remedy}"
    assert "AKIA" not in f"{line.found}{line.remedy}"


@pytest.mark.parametrize(
    ("host", "nat", "count"),
    [
        ("email-smtp.eu-central-1.amazonaws.com", "no", 0),
        ("email-smtp.eu-west-1.amazonaws.com", "no", 1),
        ("email-smtp.eu-west-1.amazonaws.com", "yes", 0),
    ],
)
def test_a_mail_server_of_another_region_needs_a_nat(
    cloud: Cloud, host: str, nat: str, count: int
) -> None:
    put_settings(cloud, EMAIL_URL=f"smtp+tls://{host}:587")

    found = found_by(look_at_parameters, open_cloud(cloud, Nat=nat))

    assert (
        found[1:]
        == [
            (
                "note",
                f"/cafe/EMAIL_URL names {host}, and the network leads to "
                "email-smtp.eu-central-1.amazonaws.com alone",
            )
        ]
        * count
    )
