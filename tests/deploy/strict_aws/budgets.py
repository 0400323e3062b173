"""Rules for Budgets: who may create one, and in which account."""

from tests.deploy.strict_aws.calls import ACCOUNT, CALLER, Call, Refused, rule


@rule("budgets", "CreateBudget", "UpdateBudget", "DeleteBudget")
def refuse_without_billing(call: Call) -> None:
    if not call.facts.has_billing_access:
        # Billing guide, "Activating access to the Billing and Cost Management console": until the
        # root user has done it, no policy of an IAM user counts. The wording is IAM's.
        raise Refused(
            "AccessDeniedException",
            f"User: {CALLER} is not authorized to perform: budgets:ModifyBudget on resource: "
            f"arn:aws:budgets::{ACCOUNT}:budget/cafe",
        )
    if not call.facts.may_make_budgets and call.operation == "CreateBudget":
        # org-formation-cli#198.
        raise Refused(
            "AccessDeniedException",
            f"Account {ACCOUNT} is a linked account. To enable budgets for your account, ask the "
            "payer account's owner.",
        )
