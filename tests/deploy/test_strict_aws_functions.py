"""Tests of the stand-in's limits, busy functions, budgets and mail: one refused, one allowed."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from deploy.rollout.functions import find_function
from tests.deploy.bare_account import code_of, make_function, make_role
from tests.deploy.strict_aws import FIRST_DAY, ORDINARY, AccountFacts
from tests.deploy.tiny_stack import of

QUEUE = "arn:aws:sqs:eu-central-1:123456789012:x"
NETWORK = {"SubnetIds": ["subnet-12345678"], "SecurityGroupIds": ["sg-12345678"]}
# --- Concurrency ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "reserved", "code"),
    [
        (10, 1, "InvalidParameterValueException"),
        (100, 1, "InvalidParameterValueException"),
        (101, 1, ""),
        (140, 40, "InvalidParameterValueException"),
        (141, 40, "InvalidParameterValueException"),
        (142, 40, ""),
    ],
)
def test_a_hundred_stay_for_the_functions_without_a_share(
    limit: int, reserved: int, code: str, facts: AccountFacts
) -> None:
    role = make_role("lambda")
    for name in ("web", "reports"):
        make_function(role, name)
    client = of("lambda")
    if reserved > 1:
        client.put_function_concurrency(FunctionName="reports", ReservedConcurrentExecutions=2)
    facts.concurrent_executions = limit

    def reserve() -> None:
        client.put_function_concurrency(FunctionName="web", ReservedConcurrentExecutions=reserved)

    assert code_of(reserve) == code


def test_an_account_says_what_its_limit_is(facts: AccountFacts) -> None:
    make_function(make_role("lambda"))
    client = of("lambda")
    client.put_function_concurrency(FunctionName="x", ReservedConcurrentExecutions=40)

    limits = []
    for account in (ORDINARY, FIRST_DAY):
        facts.become(account)
        found = client.get_account_settings()["AccountLimit"]
        limits.append((found["ConcurrentExecutions"], found["UnreservedConcurrentExecutions"]))

    assert limits == [(1000, 960), (10, -30)]


def test_a_busy_function_turns_callers_away_until_it_is_free(
    facts: AccountFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.awslambda import models

    monkeypatch.setattr(models.LambdaBackend, "invoke", lambda *_: b"{}")
    function = make_function(make_role("lambda"))
    facts.busy["x"] = 2

    def invoke(name: str = "x", **more: str) -> str:
        return code_of(lambda: of("lambda").invoke(FunctionName=name, Payload=b"{}", **more))

    waiting = invoke(InvocationType="Event")
    with pytest.raises(ClientError) as caught:
        of("lambda").invoke(FunctionName=function)

    assert waiting == ""
    assert caught.value.response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert [invoke(), invoke(), invoke()] == ["TooManyRequestsException", "", ""]


@pytest.mark.usefixtures("facts")
def test_a_functions_name_has_64_characters_at_the_most() -> None:
    role = make_role("lambda")

    assert code_of(lambda: make_function(role, "x" * 65)) == "ValidationException"
    assert code_of(lambda: make_function(role, "x" * 64)) == ""
    assert find_function(boto3.Session(region_name="eu-central-1"), "x" * 64)


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize(
    ("action", "change"),
    [
        ("sqs:SendMessage", {"DeadLetterConfig": {"TargetArn": QUEUE}}),
        ("sns:Publish", {"DeadLetterConfig": {"TargetArn": QUEUE.replace("sqs", "sns")}}),
        ("ec2:CreateNetworkInterface", {"VpcConfig": NETWORK}),
    ],
)
def test_a_functions_role_has_the_rights_that_lambda_needs(
    action: str, change: dict[str, Any]
) -> None:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    make_function(make_role("lambda"))
    allowed = make_role(
        "lambda", name="y", policy={"Version": "2012-10-17", "Statement": [statement]}
    )

    def change_function(**more: str) -> str:
        return code_of(
            lambda: of("lambda").update_function_configuration(FunctionName="x", **change, **more)
        )

    assert change_function() == "InvalidParameterValueException"
    assert change_function(Role=allowed) == ""
    assert change_function() == ""


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ({"AWS_REGION": "x"}, {"AWS_DATA": "x"}),
        ({"AA": "x" * 2040, "BB": "x" * 2040}, {"AA": "x" * 2040, "BB": "x" * 2039}),
    ],
    ids=["reserved", "long"],
)
def test_variables_are_the_functions_own_and_few(
    wrong: dict[str, str], right: dict[str, str]
) -> None:
    role = make_role("lambda")

    def make(variables: dict[str, str]) -> str:
        return code_of(lambda: make_function(role, Environment={"Variables": variables}))

    assert make(wrong) == "InvalidParameterValueException"
    assert make(right) == ""


# --- Money and mail -------------------------------------------------------------------------------


def create_budget() -> Any:
    limit = {"Amount": "1", "Unit": "USD"}
    budget = {"BudgetName": "x", "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": limit}
    return of("budgets").create_budget(AccountId="123456789012", Budget=budget)


@pytest.mark.parametrize("fact", ["has_billing_access", "may_make_budgets"])
def test_a_budget_needs_an_account_that_may_have_one(fact: str, facts: AccountFacts) -> None:
    setattr(facts, fact, False)
    refused = code_of(create_budget)
    setattr(facts, fact, True)

    assert (refused, code_of(create_budget)) == ("AccessDeniedException", "")


def test_the_sandbox_sends_to_verified_addresses_alone(facts: AccountFacts) -> None:
    client = of("ses")
    client.verify_email_address(EmailAddress="olga@cafe.example")

    def send(address: str) -> str:
        text = {"Data": "x"}
        return code_of(
            lambda: client.send_email(
                Source="olga@cafe.example",
                Destination={"ToAddresses": [address]},
                Message={"Subject": text, "Body": {"Text": text}},
            )
        )

    found = {}
    for account in (FIRST_DAY, ORDINARY):
        facts.become(account)
        is_out = of("sesv2").get_account()["ProductionAccessEnabled"]
        found[is_out] = (send("olga@cafe.example"), send("piet@cafe.example"))

    assert found == {False: ("", "MessageRejected"), True: ("", "")}


@pytest.mark.parametrize("name", ["sns:CreateTopic", "lambda:InvokeFunction"])
def test_a_call_may_be_refused_by_its_name(name: str, facts: AccountFacts) -> None:
    make_function(make_role("lambda"))
    facts.refusing_calls[name] = "AuthorizationError"
    actions = {
        "sns:CreateTopic": lambda: of("sns").create_topic(Name="x"),
        "lambda:InvokeFunction": lambda: of("lambda").invoke(FunctionName="x"),
    }

    assert code_of(actions[name]) == "AuthorizationError"
    assert code_of(lambda: of("sns").list_topics()) == ""
