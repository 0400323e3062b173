"""CloudFormation's checks of a request itself, before it reads any resource."""

from typing import Any

from moto.cloudformation.models import Stack

from tests.deploy.strict_aws.calls import Call, Refused, rule

# CloudFormation guide, "Understand CloudFormation quotas": a template's body in a request.
BODY_BYTES = 51_200
NAMED = ("RoleName", "GroupName", "UserName", "ManagedPolicyName", "InstanceProfileName")


@rule("cloudformation", "CreateStack", "UpdateStack")
def refuse_long_bodies(call: Call) -> None:
    if len(call.parameters.get("TemplateBody", "").encode()) > BODY_BYTES:
        raise Refused(
            "ValidationError",
            "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: "
            f"Member must have length less than or equal to {BODY_BYTES}",
        )


@rule("cloudformation", "CreateStack", "UpdateStack")
def refuse_without_capabilities(call: Call) -> None:
    # CloudFormation API, CreateStack, Capabilities: roles need one of two, with names the second.
    if "TemplateBody" not in call.parameters:
        return
    resources = Stack.parse_template(call.parameters["TemplateBody"]).get("Resources", {})
    found = [item for item in resources.values() if item["Type"].startswith("AWS::IAM::")]
    if not found:
        return
    given = set(call.parameters.get("Capabilities", []))
    needed = "CAPABILITY_NAMED_IAM" if any(map(_has_name, found)) else "CAPABILITY_IAM"
    if not given & {needed, "CAPABILITY_NAMED_IAM"}:
        raise Refused("InsufficientCapabilitiesException", f"Requires capabilities : [{needed}]")


def _has_name(resource: dict[str, Any]) -> bool:
    return any(name in resource.get("Properties", {}) for name in NAMED)
