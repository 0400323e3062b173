"""The budget: made last, and a refusal of it stops nothing."""

from typing import Any

from deploy.rollout.budget import BUDGET_STACK, set_budget
from deploy.rollout.stacks import find_stack
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
        "olga@cafe.example is told when a month costs 80 % of 90 dollars, or is going to cost more."
    )
    assert said[4] == "There is no budget (BudgetDollars=0)."
    assert find_stack(cloud.session, BUDGET_STACK) is None


def test_a_budget_that_is_as_wanted_is_left_alone(cloud: Cloud) -> None:
    def count_events() -> int:
        found = cloud.client.describe_stack_events(StackName=BUDGET_STACK)["StackEvents"]
        return len(found)

    set_budget(cloud.session, OUTPUTS)
    before = count_events()
    set_budget(cloud.session, OUTPUTS)

    assert count_events() == before
