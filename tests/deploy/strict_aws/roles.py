"""Rules for passed roles: whether the caller may pass them, and whether they trust the service."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from tests.deploy.strict_aws.calls import ACCOUNT, CALLER, RULES, Call, Refused

Roles = Callable[[Mapping[str, Any]], Iterator[str]]


@dataclass(frozen=True)
class Taker:
    """A service that takes a role, and what it says to one that it cannot assume."""

    principal: str
    code: str
    message: str


# Miserlou/Zappa#381 and #2168, zappa/Zappa#906: PutRule's answer to a role without trust.
EVENTS = Taker(
    "events.amazonaws.com",
    "ValidationException",
    "Provided role '{role}' cannot be assumed by principal '{principal}'.",
)
# Lambda guide, "Troubleshoot deployment issues in Lambda"; moto has it for a missing role.
LAMBDA = Taker(
    "lambda.amazonaws.com",
    "InvalidParameterValueException",
    "The role defined for the function cannot be assumed by Lambda.",
)
# API Gateway guide, "Set up an API Gateway account". AWS says it in the log of the first request,
# where no test of ours would look; here it is refused at once.
GATEWAY = Taker(
    "apigateway.amazonaws.com",
    "BadRequestException",
    "API Gateway does not have permission to assume the provided role {role}",
)
# Step Functions guide, "Creating an IAM role for your state machine".
STATES = Taker(
    "states.amazonaws.com",
    "AccessDeniedException",
    "Neither the global service principal {principal}, nor the regional one is authorized to "
    "assume the provided role.",
)
# EventBridge Scheduler guide, "Execution role".
SCHEDULER = Taker(
    "scheduler.amazonaws.com",
    "ValidationException",
    "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
)
# CloudFormation guide, "AWS CloudFormation service role".
CLOUDFORMATION = Taker(
    "cloudformation.amazonaws.com",
    "ValidationError",
    "Role {role} is invalid or cannot be assumed",
)


def refuse_role(call: Call, role: str, taker: Taker) -> None:
    if not call.facts.may_pass_roles:
        # IAM guide, "Grant a user permissions to pass a role to an AWS service".
        raise Refused(
            "AccessDeniedException",
            f"User: {CALLER} is not authorized to perform: iam:PassRole on resource: {role} "
            "because no identity-based policy allows the iam:PassRole action",
            403,
        )
    if not is_trusting(call, role, taker.principal):
        message = taker.message.format(role=role, principal=taker.principal)
        raise Refused(taker.code, message)


def is_trusting(call: Call, role: str, principal: str) -> bool:
    """Say whether a role is there and lets a service assume it."""
    try:
        found = call.client("iam").get_role(RoleName=role.rsplit("/", 1)[-1])["Role"]
    except ClientError:
        return False
    statements = found["AssumeRolePolicyDocument"]["Statement"]
    return any(_trusts(statement, principal) for statement in _listed(statements))


def _trusts(statement: Mapping[str, Any], principal: str) -> bool:
    trusted = statement["Principal"]
    services = [] if trusted == "*" else _listed(trusted.get("Service", []))
    if statement["Effect"] != "Allow" or principal not in services:
        return False
    if "sts:AssumeRole" not in _listed(statement["Action"]):
        return False
    conditions = statement.get("Condition", {})
    if conditions in ({}, {"StringEquals": {"aws:SourceAccount": ACCOUNT}}):
        return True
    raise NotImplementedError(f"Teach strict_aws/roles.py what {conditions} means in a trust.")


def _register(service: str, operations: list[str], taker: Taker, roles: Roles) -> None:
    def refuse(call: Call) -> None:
        for role in roles(call.parameters):
            refuse_role(call, role, taker)

    for operation in operations:
        RULES[service, operation].append(refuse)


def _at(*path: str) -> Roles:
    def find(parameters: Mapping[str, Any]) -> Iterator[str]:
        value: Any = parameters
        for name in path:
            value = value.get(name, {}) if isinstance(value, Mapping) else {}
        if value:
            yield str(value)

    return find


def _of_targets(parameters: Mapping[str, Any]) -> Iterator[str]:
    yield from (target["RoleArn"] for target in parameters["Targets"] if "RoleArn" in target)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


_register("events", ["PutRule"], EVENTS, _at("RoleArn"))
_register("events", ["PutTargets"], EVENTS, _of_targets)
_register("lambda", ["CreateFunction", "UpdateFunctionConfiguration"], LAMBDA, _at("Role"))
_register("apigateway", ["PutIntegration"], GATEWAY, _at("credentials"))
_register("apigateway", ["CreateAuthorizer"], GATEWAY, _at("authorizerCredentials"))
_register("stepfunctions", ["CreateStateMachine", "UpdateStateMachine"], STATES, _at("roleArn"))
_register("scheduler", ["CreateSchedule", "UpdateSchedule"], SCHEDULER, _at("Target", "RoleArn"))
_register("cloudformation", ["CreateStack", "UpdateStack"], CLOUDFORMATION, _at("RoleARN"))
