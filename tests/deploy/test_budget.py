"""Tests of the budget: it is created last, and its refusal does not stop the deployment."""

from typing import Any

import pytest

from deploy.cloudformation import find_stack
from deploy.rollout.budget import BUDGET_STACK, set_budget
from tests.deploy.cloud import Cloud

OUTPUTS = {"AlarmEmail": "olga@cafe.example", "BudgetDollars": "90"}


def budgets(cloud: Cloud) -> dict[str, float]:
    client = cloud.session.client("budgets")
    found: list[Any] = client.describe_budgets(AccountId="123456789012")["Budgets"]
    return {item["BudgetName"]: float(item["BudgetLimit"]["Amount"]) for item in found}


def test_it_is_made_changed_and_taken_away(cloud: Cloud) -> None:
    said, found = [], []

    for dollars in ("90", "90", "120", "0", "0"):
        said.append(set_budget(cloud.session, OUTPUTS | {"BudgetDollars": dollars}))
        found.append(budgets(cloud))

    assert found == [{"cafe": 90}, {"cafe": 90}, {"cafe": 120}, {}, {}]
    assert said[0] == (
        "olga@cafe.example gets an e-mail when a month costs 80 % of 90 dollars, or is expected to "
        "cost more than that sum."
    )
    assert said[4] == "There is no budget (BudgetDollars=0)."
    assert find_stack(cloud.session, BUDGET_STACK) is None


def test_another_address_is_told(cloud: Cloud) -> None:
    set_budget(cloud.session, OUTPUTS)

    said = set_budget(cloud.session, OUTPUTS | {"AlarmEmail": "piet@cafe.example"})

    assert said.startswith("piet@cafe.example gets an e-mail")
    assert budgets(cloud) == {"cafe": 90}
    stack = find_stack(cloud.session, BUDGET_STACK)
    assert stack is not None
    assert {"ParameterKey": "AlarmEmail", "ParameterValue": "piet@cafe.example"} in stack[
        "Parameters"
    ]


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        ({"has_billing_access": False}, "is not authorized to perform: budgets:ModifyBudget"),
        ({"may_make_budgets": False}, "is a linked account"),
    ],
)
def test_a_refusal_is_told_with_its_remedy_and_made_up_for(
    cloud: Cloud, refusal: dict[str, bool], sentence: str
) -> None:
    for name, value in refusal.items():
        setattr(cloud.facts, name, value)
    refused = [set_budget(cloud.session, OUTPUTS) for _ in range(2)]

    for name in refusal:
        setattr(cloud.facts, name, True)
    accepted = set_budget(cloud.session, OUTPUTS)

    for said in refused:
        assert said.startswith("The budget could not be created: ")
        assert sentence in said
        assert "IAM user and role access to Billing information" in said
    assert accepted.startswith("olga@cafe.example gets an e-mail")
    assert budgets(cloud) == {"cafe": 90}


def test_a_budget_that_is_as_wanted_is_left_alone(cloud: Cloud) -> None:
    def count_events() -> int:
        found = cloud.client.describe_stack_events(StackName=BUDGET_STACK)["StackEvents"]
        return len(found)

    set_budget(cloud.session, OUTPUTS)
    before = count_events()
    set_budget(cloud.session, OUTPUTS)

    assert count_events() == before
