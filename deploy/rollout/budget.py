"""The budget, in a separate stack. It is created last, and never stops a deployment."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from deploy.cloudformation import apply_template, delete_stack, find_stack
from deploy.errors import StepFailed
from deploy.stack import NEVER_STOOD, STANDING
from deploy.template import CLOUD, template_body

BUDGET = CLOUD.with_name("budget.yaml")
BUDGET_STACK = "cafe-budget"
REMEDY = (
    "Nobody is warned of high costs. Sign in as the account's root user, activate Account, "
    '"IAM user and role access to Billing information"; a new account may have to wait a day, and '
    "a member account needs its payer. Then run this again, or pass --parameter BudgetDollars=0 to "
    "have no budget."
)


def set_budget(session: Any, outputs: Mapping[str, str]) -> str:
    """Create or update the budget, and return a sentence about it, also if AWS refuses."""
    from botocore.exceptions import BotoCoreError, ClientError

    wanted = {key: outputs[key] for key in ("AlarmEmail", "BudgetDollars")}
    try:
        if wanted["BudgetDollars"] == "0":
            delete_stack(session, BUDGET_STACK)
            return "There is no budget (BudgetDollars=0)."
        if not _is_as_wanted(session, wanted):
            _put(session, wanted)
    except (StepFailed, BotoCoreError, ClientError) as error:
        with suppress(StepFailed, BotoCoreError, ClientError):
            _forget_failure(session)
        return f"The budget could not be created: {error} {REMEDY}"
    return (
        f"{wanted['AlarmEmail']} gets an e-mail when a month costs 80 % of "
        f"{wanted['BudgetDollars']} dollars, or is expected to cost more than that sum."
    )


def _forget_failure(session: Any) -> None:
    if (find_stack(session, BUDGET_STACK) or {}).get("StackStatus") in NEVER_STOOD:
        delete_stack(session, BUDGET_STACK)


def _is_as_wanted(session: Any, wanted: Mapping[str, str]) -> bool:
    stack = find_stack(session, BUDGET_STACK)
    if stack is None or stack["StackStatus"] not in STANDING:
        return False
    body = session.client("cloudformation").get_template(StackName=BUDGET_STACK)["TemplateBody"]
    return _parameters(stack) == wanted and body == template_body(BUDGET)


def _put(session: Any, wanted: Mapping[str, str]) -> None:
    stack = find_stack(session, BUDGET_STACK)
    # A failed stack cannot be updated, and neither can a budget's address: CloudFormation would
    # first create a second budget with the same name.
    is_new = (
        stack is None
        or stack["StackStatus"] not in STANDING
        or _parameters(stack)["AlarmEmail"] != wanted["AlarmEmail"]
    )
    if is_new:
        delete_stack(session, BUDGET_STACK)
    apply_template(session, BUDGET_STACK, BUDGET, wanted, is_new=is_new)


def _parameters(stack: Mapping[str, Any]) -> dict[str, str]:
    return {item["ParameterKey"]: item["ParameterValue"] for item in stack["Parameters"]}
