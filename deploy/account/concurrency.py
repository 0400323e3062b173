"""The check of Lambda's concurrency limit against the stages' reservations."""

from deploy.account.account import Account
from deploy.account.lines import Line, ok, stop
from deploy.account.refusals import find

SUBJECT = "Lambda's limit"
# Lambda refuses reservations that leave less than this for all other functions.
ALWAYS_UNRESERVED = 100


def look_at_concurrency(account: Account) -> list[Line]:
    client = account.session.client("lambda")
    limit = client.get_account_settings()["AccountLimit"]
    in_all, unreserved = limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]
    wanted = sum(stage.get("lambda_concurrency", 0) for stage in account.stages.values())
    # Existing reservations of our functions are replaced, so they count as free.
    ours = 0
    for stage in account.stages:
        answer = find(client.get_function_concurrency, FunctionName=f"cafe-{stage}") or {}
        ours += answer.get("ReservedConcurrentExecutions", 0)
    left = unreserved + ours - wanted
    found = f"{in_all} functions at once; the stages reserve {wanted}, {max(left, 0)} are left"
    if wanted == 0 or left >= ALWAYS_UNRESERVED:
        return [ok(SUBJECT, found)]
    least = in_all + ALWAYS_UNRESERVED - left
    return [
        stop(
            SUBJECT,
            f"{found}; Lambda wants {ALWAYS_UNRESERVED} to be left",
            f'Service Quotas, AWS Lambda, "Concurrent executions": ask for 1000 ({least} is the '
            "least). It takes up to a day, or more.",
        )
    ]
