"""The check that these credentials may use budgets."""

from deploy.account.account import Account
from deploy.account.lines import Line, note, ok
from deploy.account.refusals import words_of

SUBJECT = "billing"


def look_at_billing(account: Account) -> list[Line]:
    from botocore.exceptions import ClientError

    try:
        account.session.client("budgets").describe_budgets(
            AccountId=account.identity["Account"], MaxResults=1
        )
    except ClientError as error:
        return [
            note(
                SUBJECT,
                f"AWS refuses budgets, so nobody is warned of high costs ({words_of(error)})",
                'As the root user: Account, "IAM user and role access to Billing information", '
                "Activate. A new account may have to wait a day; a member account asks its payer.",
            )
        ]
    return [ok(SUBJECT, "budgets may be used")]
