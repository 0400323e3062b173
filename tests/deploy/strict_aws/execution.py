"""Lambda's checks before it creates or changes a function: the role's rights, the variables."""

import ast
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from tests.deploy.strict_aws.calls import Call, Refused, rule
from tests.deploy.strict_aws.functions import name_of
from tests.iam import is_allowed

# Lambda guide, "Lambda quotas": all environment variables together.
ENVIRONMENT_BYTES = 4096
# Lambda guide, "Using Lambda environment variables", "Defined runtime environment variables".
RESERVED = {
    *("_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV"),
    *("AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "LAMBDA_TASK_ROOT"),
    *("AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME"),
    *("AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
    *("AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_INITIALIZATION_TYPE", "LAMBDA_RUNTIME_DIR"),
}


def refuse_role_without(call: Call, role: str, action: str, resource: str) -> None:
    service, name = action.split(":")
    policies = list(policies_of(call, role.rsplit("/", 1)[1]))
    if not any(is_allowed(policy, action, resource, {}) for policy in policies):
        raise Refused(
            "InvalidParameterValueException",
            "The provided execution role does not have permissions to call "
            f"{name} on {service.upper()}",
        )


@rule("lambda", "CreateFunction", "UpdateFunctionConfiguration")
def refuse_functions_without_rights(call: Call) -> None:
    # Lambda guide, "Giving Lambda functions access to resources in an Amazon VPC", and
    # "Capturing records of Lambda asynchronous invocations": it looks at both itself.
    role = call.parameters.get("Role") or _role_of(call)
    if call.parameters.get("VpcConfig", {}).get("SubnetIds"):
        refuse_role_without(call, role, "ec2:CreateNetworkInterface", "*")
    target = call.parameters.get("DeadLetterConfig", {}).get("TargetArn", "")
    if target:
        service = target.split(":")[2]
        action = {"sqs": "sqs:SendMessage", "sns": "sns:Publish"}[service]
        refuse_role_without(call, role, action, target)


def _role_of(call: Call) -> str:
    found = call.client("lambda").get_function_configuration(
        FunctionName=name_of(call.parameters["FunctionName"])
    )
    return str(found["Role"])


@rule("lambda", "CreateFunction", "UpdateFunctionConfiguration")
def refuse_variables(call: Call) -> None:
    variables = call.parameters.get("Environment", {}).get("Variables", {})
    start = "Lambda was unable to configure your environment variables because the environment "
    if used := sorted(set(variables) & RESERVED):
        raise Refused(
            "InvalidParameterValueException",
            f"{start}variables you have provided contains reserved keys that are currently not "
            f"supported for modification. Reserved keys used in this request: {', '.join(used)}",
        )
    text = json.dumps(variables, ensure_ascii=False, separators=(",", ":"))
    if len(text.encode()) > ENVIRONMENT_BYTES:
        raise Refused(
            "InvalidParameterValueException",
            f"{start}variables you have provided exceeded the 4KB limit.",
        )


def policies_of(call: Call, role: str) -> Iterator[dict[str, Any]]:
    """Yield the policies of a role, its own and those attached to it."""
    client = call.client("iam")
    for name in client.list_role_policies(RoleName=role)["PolicyNames"]:
        yield read_document(
            client.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        )
    for item in client.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        arn = item["PolicyArn"]
        version = client.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        found = client.get_policy_version(PolicyArn=arn, VersionId=version)
        yield read_document(found["PolicyVersion"]["Document"])


def read_document(document: Any) -> dict[str, Any]:
    """Read a policy: moto keeps what its CloudFormation hands over as Python writes it."""
    if isinstance(document, dict):
        return document
    text = unquote(document)
    try:
        return dict(json.loads(text))
    except json.JSONDecodeError:
        return dict(ast.literal_eval(text))
