"""CloudFormation stacks: look up, create or update, and delete."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.errors import StepFailed
from deploy.stack import NAME
from deploy.template import read_template, template_body

# Together an hour; a database takes a quarter of that.
WAIT = {"Delay": 10, "MaxAttempts": 360}
# CloudFormation's reasons for resources that it cancelled because another one failed.
GIVEN_UP = ("Resource creation cancelled", "Resource update cancelled")
CERTIFICATE = (
    "A certificate is issued only after the hosted zone's name servers are entered at the "
    "registrar. "
)


def find_stack(session: Any, name: str = NAME) -> dict[str, Any] | None:
    from botocore.exceptions import ClientError

    try:
        [found] = session.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return None
    return dict(found)


def stack_resources(session: Any, name: str) -> dict[str, str]:
    """Return the physical ids of a stack's resources by logical id, in any state of the stack."""
    if find_stack(session, name) is None:
        return {}
    found = session.client("cloudformation").describe_stack_resources(StackName=name)
    return {
        item["LogicalResourceId"]: item["PhysicalResourceId"]
        for item in found["StackResources"]
        if item.get("PhysicalResourceId") and item["ResourceStatus"] != "DELETE_COMPLETE"
    }


def apply_template(
    session: Any, name: str, template: Path, parameters: Mapping[str, str], *, is_new: bool
) -> None:
    """Create or update a stack and wait for it; raise StepFailed with what failed."""
    client = session.client("cloudformation")
    body = template_body(template)
    known = read_template(body)["Parameters"]
    defaults = {key: str(item["Default"]) for key, item in known.items() if "Default" in item}
    action = client.create_stack if is_new else client.update_stack
    try:
        action(
            StackName=name,
            TemplateBody=body,
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value}
                for key, value in sorted({**defaults, **parameters}.items())
            ],
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
    except client.exceptions.ClientError as error:
        # For example, if only the description has changed.
        if "No updates are to be performed" in str(error):
            return
        raise
    after = "Nothing of it serves anybody" if is_new else "What stood before stands"
    _wait(client, f"stack_{'create' if is_new else 'update'}_complete", name, after)


def delete_stack(session: Any, name: str) -> None:
    """Delete a stack and wait until it is gone; safe to repeat."""
    client = session.client("cloudformation")
    stack = find_stack(session, name)
    if stack is None:
        return
    client.delete_stack(StackName=name)
    # By id: a deleted stack cannot be found by name.
    _wait(client, "stack_delete_complete", stack["StackId"], "A part of it is still there")


def _wait(client: Any, waiter: str, name: str, after: str) -> None:
    from botocore.exceptions import WaiterError

    try:
        client.get_waiter(waiter).wait(StackName=name, WaiterConfig=WAIT)
    except WaiterError as error:
        failure, waiting = newest_attempt(client, name)
        if not failure and waiting:
            raise StepFailed(
                f"The stack has been waiting for an hour for {', '.join(waiting)}. "
                f"{CERTIFICATE if 'Certificate' in waiting else ''}Check the stack's events, and "
                "run this again when it is done."
            ) from error
        reason = failure or "it names no resource"
        raise StepFailed(
            f"The stack failed: {reason}. {after}; correct that and run this again."
        ) from error


def newest_attempt(client: Any, name: str) -> tuple[str, list[str]]:
    """Return what failed first in the newest attempt, and what is still in progress.

    Later failures are only consequences of the first.
    """
    failure = ""
    last: dict[str, str] = {}
    # A page has 100 events, newest first, and a rollback has more.
    pages = client.get_paginator("describe_stack_events").paginate(StackName=name)
    for event in (item for page in pages for item in page["StackEvents"]):
        logical, status = event["LogicalResourceId"], event["ResourceStatus"]
        if event["ResourceType"] == "AWS::CloudFormation::Stack":
            if status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS"):
                break
            continue
        last.setdefault(logical, status)
        reason = event.get("ResourceStatusReason", "no reason given")
        if status.endswith("FAILED") and reason not in GIVEN_UP:
            failure = f"{logical}: {reason}"
    return failure, sorted(key for key, status in last.items() if status.endswith("_IN_PROGRESS"))
