"""Rules for Lambda: the limit of concurrent functions, and busy functions."""

from typing import Any

from tests.deploy.strict_aws.calls import Call, Refused, answers, rule

# Lambda guide, "Configuring reserved concurrency": 100 stay for functions that reserve none.
UNRESERVED = 100


def name_of(function: str) -> str:
    """Return a function's name, from its name or its ARN with or without a version."""
    parts = function.split(":")
    return parts[6] if function.startswith("arn:") else parts[0]


def reserved_by(call: Call) -> dict[str, int]:
    """Return how much of the account's limit each function has for itself."""
    client, found = call.client("lambda"), {}
    for page in client.get_paginator("list_functions").paginate():
        for item in page["Functions"]:
            name = item["FunctionName"]
            reserved = client.get_function_concurrency(FunctionName=name)
            found[name] = int(reserved.get("ReservedConcurrentExecutions", 0))
    return found


@rule("lambda", "PutFunctionConcurrency")
def refuse_what_leaves_too_little(call: Call) -> None:
    # Zappa/Zappa and serverless issues quote it; moto says the same by an environment variable.
    wanted = int(call.parameters["ReservedConcurrentExecutions"])
    others = reserved_by(call) | {name_of(call.parameters["FunctionName"]): wanted}
    if call.facts.concurrent_executions - sum(others.values()) < UNRESERVED:
        raise Refused(
            "InvalidParameterValueException",
            "Specified ReservedConcurrentExecutions for function decreases account's "
            f"UnreservedConcurrentExecution below its minimum value of [{UNRESERVED}].",
        )


@answers("lambda", "GetAccountSettings")
def account_settings(call: Call) -> dict[str, Any]:
    # Lambda API, GetAccountSettings.
    limit, reserved = call.facts.concurrent_executions, reserved_by(call)
    return {
        "AccountLimit": {
            "TotalCodeSize": 80_530_636_800,
            "CodeSizeUnzipped": 262_144_000,
            "CodeSizeZipped": 52_428_800,
            "ConcurrentExecutions": limit,
            "UnreservedConcurrentExecutions": limit - sum(reserved.values()),
        },
        "AccountUsage": {"TotalCodeSize": 0, "FunctionCount": len(reserved)},
        "ResponseMetadata": {"HTTPStatusCode": 200},
    }


@rule("lambda", "Invoke")
def throttle_busy_functions(call: Call) -> None:
    # Lambda API, Invoke, TooManyRequestsException. An asynchronous call waits in Lambda's queue.
    name = name_of(call.parameters["FunctionName"])
    if call.parameters.get("InvocationType", "RequestResponse") != "RequestResponse":
        return
    if call.facts.busy.get(name, 0) > 0:
        call.facts.busy[name] -= 1
        raise Refused(
            "TooManyRequestsException",
            "Rate Exceeded.",
            429,
            Reason="ReservedFunctionConcurrentInvocationLimitExceeded",
            Type="User",
        )


@rule("lambda", "CreateFunction")
def refuse_long_names(call: Call) -> None:
    # Lambda API, CreateFunction: 64 characters; the model's 140 are those of an ARN.
    name = name_of(call.parameters["FunctionName"])
    if len(name) > 64:
        raise Refused(
            "ValidationException",
            f"1 validation error detected: Value '{name}' at 'functionName' failed to satisfy "
            "constraint: Member must have length less than or equal to 64",
        )
