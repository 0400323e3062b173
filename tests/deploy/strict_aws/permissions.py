"""Rules for functions' resource policies: their size, and the principals that they allow."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from tests.deploy.strict_aws.calls import ACCOUNT, Call, Refused, rule
from tests.deploy.strict_aws.functions import name_of

# Lambda guide, "Lambda quotas": function resource-based policy, 20 KB.
POLICY_BYTES = 20_480


@rule("lambda", "AddPermission")
def refuse_taken_statements(call: Call) -> None:
    # Lambda API, AddPermission, ResourceConflictException; Zappa counts on it.
    wanted = call.parameters["StatementId"]
    found = statements_of(call.client("lambda"), call.parameters["FunctionName"])
    if wanted in [statement["Sid"] for statement in found]:
        raise Refused(
            "ResourceConflictException",
            f"The statement id ({wanted}) provided already exists. Please provide a new statement "
            "id, or remove the existing statement.",
            409,
            Type="User",
        )


@rule("lambda", "AddPermission")
def refuse_long_policies(call: Call) -> None:
    # Lambda API, AddPermission, PolicyLengthExceededException.
    found = statements_of(call.client("lambda"), call.parameters["FunctionName"])
    policy = {"Version": "2012-10-17", "Id": "default", "Statement": [*found, _statement(call)]}
    size = len(json.dumps(policy, separators=(",", ":")))
    if size > POLICY_BYTES:
        raise Refused(
            "PolicyLengthExceededException",
            f"The final policy size ({size}) is bigger than the limit ({POLICY_BYTES}).",
        )


def _statement(call: Call) -> dict[str, Any]:
    """Return a statement as Lambda keeps it, of what AddPermission was given."""
    given = call.parameters
    conditions: dict[str, Any] = {}
    if "SourceAccount" in given:
        conditions["StringEquals"] = {"AWS:SourceAccount": given["SourceAccount"]}
    if "SourceArn" in given:
        conditions["ArnLike"] = {"AWS:SourceArn": given["SourceArn"]}
    function = name_of(given["FunctionName"])
    return {
        "Sid": given["StatementId"],
        "Effect": "Allow",
        "Principal": {"Service": given["Principal"]},
        "Action": given["Action"],
        "Resource": f"arn:aws:lambda:{call.region}:{ACCOUNT}:function:{function}",
        "Condition": conditions,
    }


def statements_of(client: Any, function: str) -> list[dict[str, Any]]:
    try:
        policy = client.get_policy(FunctionName=name_of(function))["Policy"]
    except ClientError:
        return []
    return list(json.loads(policy)["Statement"])


def lets_in(client: Any, function: str, service: str, source: str) -> bool:
    """Say whether a function's policy lets a service invoke it for a source, at its strictest.

    A statement that wants AWS:SourceAccount lets nobody in but S3, of which alone it is known that
    it sends the account along: the Terraform provider's documentation of aws_lambda_permission
    ("used for S3 and SES"), aws-cli#1996 for SNS.
    """
    return any(
        source in _sources(statement, service) for statement in statements_of(client, function)
    )


def _sources(statement: Mapping[str, Any], service: str) -> Iterator[str]:
    if statement["Effect"] != "Allow" or statement["Action"] != "lambda:InvokeFunction":
        return
    if statement["Principal"] != {"Service": f"{service}.amazonaws.com"}:
        return
    conditions = {
        key: value
        for tests in statement.get("Condition", {}).values()
        for key, value in tests.items()
    }
    accounts = conditions.get("AWS:SourceAccount", ACCOUNT)
    if accounts != ACCOUNT or ("AWS:SourceAccount" in conditions and service != "s3"):
        return
    yield conditions.get("AWS:SourceArn", "")


def sns_may_invoke(session: Any, function: str, topic: str) -> bool:
    """Say whether SNS could deliver a topic's messages to a function."""
    return lets_in(session.client("lambda"), function, "sns", topic)


@rule("sns", "Subscribe")
def refuse_subscriptions_that_cannot_deliver(call: Call) -> None:
    # AWS takes such a subscription, and each delivery fails without a word: SNS guide, "Fanout to
    # Lambda functions". Zappa swallows a refused AddPermission, so it is refused here, and what
    # stands afterwards is found missing.
    if call.parameters["Protocol"] != "lambda":
        return
    topic, function = call.parameters["TopicArn"], call.parameters["Endpoint"]
    # Either of Zappa's two statements will do, whichever is kept later.
    statements = statements_of(call.client("lambda"), function)
    if not any(_is_for(statement, "sns", topic) for statement in statements):
        raise Refused(
            "InvalidParameter",
            f"Invalid parameter: SNS is not allowed to invoke the endpoint {function}",
        )


def _is_for(statement: Mapping[str, Any], service: str, source: str) -> bool:
    tests = statement.get("Condition", {}).get("ArnLike", {})
    return statement["Principal"] == {"Service": f"{service}.amazonaws.com"} and (
        tests.get("AWS:SourceArn", source) == source
    )
