"""A small evaluator of IAM policies, limited to what our own policies use.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
Whatever a policy says that is not known here is an error, never a guess.
"""

import re
from collections.abc import Mapping
from typing import Any

KNOWN = {"Sid", "Effect", "Action", "Resource", "Condition"}


def is_allowed(
    policy: Mapping[str, Any], action: str, resource: str, context: Mapping[str, str]
) -> bool:
    """Say whether a policy allows an action on a resource; a Deny outweighs every Allow."""
    effects = {
        statement["Effect"]
        for statement in policy["Statement"]
        if applies(statement, action, resource, context)
    }
    return effects == {"Allow"}


def applies(
    statement: Mapping[str, Any], action: str, resource: str, context: Mapping[str, str]
) -> bool:
    if unknown := sorted(set(statement) - KNOWN):
        raise NotImplementedError(f"Teach tests/iam.py what {unknown[0]} means in a policy.")
    return (
        # Actions are the same in any case; names of resources are not.
        any(_fits(pattern.lower(), action.lower()) for pattern in _listed(statement["Action"]))
        and any(_fits(pattern, resource) for pattern in _listed(statement["Resource"]))
        and _holds(statement.get("Condition", {}), context)
    )


def _holds(condition: Mapping[str, Mapping[str, Any]], context: Mapping[str, str]) -> bool:
    """Say whether each test of a condition holds; a key that the call does not have fails it."""
    for operator, tests in condition.items():
        if operator not in ("StringEquals", "ArnEquals"):
            raise NotImplementedError(f"Teach tests/iam.py what {operator} means in a policy.")
        for key, wanted in tests.items():
            if context.get(key) not in _listed(wanted):
                return False
    return True


def _fits(pattern: str, text: str) -> bool:
    """Match as IAM does: `*` is any text, `?` any letter, and nothing else is special."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def values_of(
    *, account: str, region: str, topic_arn: str, settings_bucket: str, photo_bucket: str
) -> dict[str, str]:
    """Return values for the placeholders of the policies, as one deployment has them."""
    logs = f"arn:aws:logs:{region}:{account}:log-group:/aws/lambda"
    return {
        "AWS::Partition": "aws",
        "AWS::Region": region,
        "AWS::AccountId": account,
        "ReportTopic": topic_arn,
        "SettingsBucket.Arn": f"arn:aws:s3:::{settings_bucket}",
        "PhotoBucket.Arn": f"arn:aws:s3:::{photo_bucket}",
        "FailedRuns.Arn": f"arn:aws:sqs:{region}:{account}:cafe-failed-runs",
        "WebLog.Arn": f"{logs}/cafe-web:*",
        "ReportsLog.Arn": f"{logs}/cafe-reports:*",
    }
