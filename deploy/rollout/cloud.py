"""The stack of deploy/cloud.yaml: made, brought up to date, or left as it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy.limits import find_apis
from deploy.rollout.errors import StepFailed
from deploy.stack import NAME, STANDING, find_s3_prefix_list
from deploy.template import CLOUD, read_template

# Together an hour: a database takes a quarter of that.
WAIT = {"Delay": 10, "MaxAttempts": 360}


@dataclass(frozen=True, slots=True)
class StackPlan:
    """What has to be done to the stack: `action` is create, update or nothing."""

    action: str
    parameters: Mapping[str, str]


def find_stack(session: Any, name: str = NAME) -> dict[str, Any] | None:
    from botocore.exceptions import ClientError

    try:
        [found] = session.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return None
    return dict(found)


def plan_stack(session: Any, given: Mapping[str, str]) -> StackPlan:
    """Return what has to be done, for parameters that are given anew; the others stay."""
    known = read_template()["Parameters"]
    if wrong := sorted(set(given) - set(known)):
        raise StepFailed(
            f"deploy/cloud.yaml has no parameter {wrong[0]!r}; it has {', '.join(known)}."
        )
    stack = find_stack(session)
    before = {
        item["ParameterKey"]: item["ParameterValue"]
        for item in (stack or {}).get("Parameters", [])
        if item["ParameterKey"] in known
    }
    wanted = before | {"ApiId": _api_id(session)} | dict(given)
    wanted.setdefault("S3PrefixListId", "")
    wanted["S3PrefixListId"] = wanted["S3PrefixListId"] or find_s3_prefix_list(session)
    missing = [name for name, item in known.items() if "Default" not in item and name not in wanted]
    if missing:
        raise StepFailed(
            f"The stack needs {', '.join(missing)}: add --parameter {missing[0]}=VALUE. "
            f"{known[missing[0]].get('Description', '')}"
        )
    if stack is None:
        return StackPlan("create", wanted)
    if stack["StackStatus"] not in STANDING:
        raise StepFailed(_broken(stack["StackStatus"]))
    body = session.client("cloudformation").get_template(StackName=NAME)["TemplateBody"]
    is_same = body == CLOUD.read_text(encoding="utf-8") and before | wanted == before
    return StackPlan("nothing" if is_same else "update", wanted)


def _api_id(session: Any) -> str:
    """Return the id of Zappa's API, or nothing: a mapping to one that is gone would fail."""
    found = find_apis(session)
    if len(found) > 1:
        raise StepFailed(
            f"API Gateway has {len(found)} APIs called 'cafe-web' ({', '.join(found)}). Delete all "
            "but the one that the site's address leads to."
        )
    return found[0] if found else ""


def _broken(status: str) -> str:
    if status.endswith("IN_PROGRESS"):
        return (
            f"The stack {NAME!r} is in state {status}: wait until it is done, and run this again."
        )
    return (
        f"The stack {NAME!r} is in state {status} and cannot be updated. Read in its events why, "
        f"then `aws cloudformation delete-stack --stack-name {NAME}`, and run this again."
    )


def apply_plan(session: Any, plan: StackPlan) -> None:
    """Do what the plan says, and wait until the stack stands."""
    if plan.action == "nothing":
        return
    client, known = session.client("cloudformation"), read_template()["Parameters"]
    defaults = {name: str(item["Default"]) for name, item in known.items() if "Default" in item}
    action = client.create_stack if plan.action == "create" else client.update_stack
    try:
        action(
            StackName=NAME,
            TemplateBody=CLOUD.read_text(encoding="utf-8"),
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in sorted(plan.parameters.items())
                # One that is left out has the template's default.
                if value != defaults.get(name)
            ],
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
    except client.exceptions.ClientError as error:
        # Only what differs in words, such as a comment of the template.
        if "No updates are to be performed" in str(error):
            return
        raise
    _wait(client, f"stack_{plan.action}_complete", NAME)


def delete_stack(session: Any, name: str) -> None:
    """Delete a stack and wait until it is gone; safe to repeat."""
    client = session.client("cloudformation")
    # By its id: a stack that is gone has no name.
    stack = find_stack(session, name)
    if stack is None:
        return
    client.delete_stack(StackName=name)
    _wait(client, "stack_delete_complete", stack["StackId"])


def _wait(client: Any, waiter: str, name: str) -> None:
    from botocore.exceptions import WaiterError

    try:
        client.get_waiter(waiter).wait(StackName=name, WaiterConfig=WAIT)
    except WaiterError as error:
        raise StepFailed(
            f"The stack did not get there: {_first_failure(client, name)}. What stood before "
            "stands; mend that and run this again."
        ) from error


def _first_failure(client: Any, name: str) -> str:
    """Return what failed first in the newest attempt; what follows was only given up for it."""
    events = client.describe_stack_events(StackName=name)["StackEvents"]
    reasons = []
    for event in events:
        if event["ResourceStatus"].endswith("FAILED"):
            reason = event.get("ResourceStatusReason", "no reason given")
            reasons.append(f"{event['LogicalResourceId']}: {reason}")
        elif event["ResourceType"] == "AWS::CloudFormation::Stack" and event["ResourceStatus"] in (
            "CREATE_IN_PROGRESS",
            "UPDATE_IN_PROGRESS",
            "DELETE_IN_PROGRESS",
        ):
            break
    return reasons[-1] if reasons else "it names no resource"
