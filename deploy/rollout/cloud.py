"""The stack of deploy/cloud.yaml: made, brought up to date, or left as it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy.account.zones import zones_for
from deploy.cloudformation import apply_template, delete_stack, find_stack, stack_resources
from deploy.errors import StepFailed
from deploy.limits import find_apis
from deploy.stack import NAME, NEVER_STOOD, STANDING, find_s3_prefix_list
from deploy.template import CLOUD, read_template, template_body

PROTECTION = "DatabaseDeletionProtection"


@dataclass(frozen=True, slots=True)
class StackPlan:
    """What has to be done to the stack: `action` is create, replace, update or nothing.

    To replace it is to delete what a creation that failed has left, and to create it again.
    """

    action: str
    parameters: Mapping[str, str]


def plan_stack(session: Any, given: Mapping[str, str]) -> StackPlan:
    """Return what has to be done, for parameters that this run is given; the others stay."""
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
    is_new = stack is None or stack["StackStatus"] in NEVER_STOOD
    # A creation that fails is taken back by deleting, which a protected database refuses. Every
    # later update protects it, unless that run says otherwise.
    protection = {PROTECTION: "false" if is_new else "true"}
    wanted = before | {"ApiId": _api_id(session)} | protection | dict(given)
    wanted["S3PrefixListId"] = wanted.get("S3PrefixListId") or find_s3_prefix_list(session)
    _refuse_missing(known, wanted)
    if is_new and not (given.get("ZoneA") and given.get("ZoneB")):
        # Only now: the subnets of a stack that stands cannot move. What an attempt that failed had
        # may be why it failed.
        wanted["ZoneA"], wanted["ZoneB"] = zones_for(session, wanted)
    if stack is None:
        return StackPlan("create", wanted)
    if is_new:
        return StackPlan("replace", wanted)
    if stack["StackStatus"] not in STANDING:
        raise StepFailed(_broken(stack["StackStatus"]))
    body = session.client("cloudformation").get_template(StackName=NAME)["TemplateBody"]
    is_same = body == template_body(CLOUD) and before | wanted == before
    return StackPlan("nothing" if is_same else "update", wanted)


def _refuse_missing(known: Mapping[str, Any], wanted: Mapping[str, str]) -> None:
    missing = [name for name, item in known.items() if "Default" not in item and name not in wanted]
    if missing:
        raise StepFailed(
            f"The stack needs {', '.join(missing)}: add --parameter {missing[0]}=VALUE. "
            f"{known[missing[0]].get('Description', '')}"
        )


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
        remedy = "wait until it is done, and run this again."
    elif status == "DELETE_FAILED":
        remedy = "it was being taken down: finish that with `script/undeploy all`."
    else:
        remedy = (
            "mend what its newest events name, then `aws cloudformation continue-update-rollback "
            f"--stack-name {NAME}`, and run this again."
        )
    return f"The stack {NAME!r} is in state {status}: {remedy}"


def apply_plan(session: Any, plan: StackPlan) -> None:
    """Do what the plan says, and wait until the stack stands."""
    if plan.action == "nothing":
        return
    if plan.action == "replace":
        unprotect_database(session)
        delete_stack(session, NAME)
    apply_template(
        session, NAME, CLOUD, plan.parameters, is_new=plan.action in ("create", "replace")
    )


def unprotect_database(session: Any) -> None:
    """Let the stack's database be deleted, in whatever state the stack is; safe to repeat.

    An update of the stack would do as well, but a stack that does not stand takes none.
    """
    identifier = stack_resources(session, NAME).get("Database", "")
    client = session.client("rds")
    found = [
        item
        for item in client.describe_db_instances()["DBInstances"]
        if item["DBInstanceIdentifier"] == identifier and item["DeletionProtection"]
    ]
    if found:
        client.modify_db_instance(
            DBInstanceIdentifier=identifier, DeletionProtection=False, ApplyImmediately=True
        )
        # Of a database that is being changed RDS makes no last snapshot, and so does not delete it.
        client.get_waiter("db_instance_available").wait(DBInstanceIdentifier=identifier)
