"""Creation and update of the stack of deploy/cloud.yaml."""

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
    """What to do with the stack: `action` is create, replace, update or nothing.

    Replace deletes the rest of a failed creation, and creates the stack again.
    """

    action: str
    parameters: Mapping[str, str]


def plan_stack(session: Any, given: Mapping[str, str]) -> StackPlan:
    """Return what to do, with the parameters of this run; the others stay."""
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
    # The rollback of a failed creation deletes the database, which protection would refuse. Every
    # later update protects it, unless that run says otherwise.
    protection = {PROTECTION: "false" if is_new else "true"}
    wanted = before | {"ApiId": _api_id(session)} | protection | dict(given)
    wanted["S3PrefixListId"] = wanted.get("S3PrefixListId") or find_s3_prefix_list(session)
    _refuse_missing(known, wanted)
    if is_new and not (given.get("ZoneA") and given.get("ZoneB")):
        # Only for a new stack: subnets of an existing one cannot move. The zones of a failed
        # attempt are not reused, because they may be the reason for the failure.
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
    """Return the id of Zappa's API, or empty: a mapping to a deleted one would fail."""
    found = find_apis(session)
    if len(found) > 1:
        raise StepFailed(
            f"API Gateway has {len(found)} APIs called 'cafe-web' ({', '.join(found)}). Delete "
            "all except the one behind the site's address."
        )
    return found[0] if found else ""


def _broken(status: str) -> str:
    if status.endswith("IN_PROGRESS"):
        remedy = "wait until it is done, and run this again."
    elif status == "DELETE_FAILED":
        remedy = "its deletion has begun: finish it with `script/undeploy all`."
    else:
        remedy = (
            "correct what its newest events name, then `aws cloudformation "
            "continue-update-rollback "
            f"--stack-name {NAME}`, and run this again."
        )
    return f"The stack {NAME!r} is in state {status}: {remedy}"


def apply_plan(session: Any, plan: StackPlan) -> None:
    """Carry out the plan, and wait until the stack is complete."""
    if plan.action == "nothing":
        return
    if plan.action == "replace":
        unprotect_database(session)
        delete_stack(session, NAME)
    apply_template(
        session, NAME, CLOUD, plan.parameters, is_new=plan.action in ("create", "replace")
    )


def unprotect_database(session: Any) -> None:
    """Remove the deletion protection of the stack's database; safe to repeat.

    It calls RDS, because a failed stack cannot be updated.
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
        # RDS cannot snapshot a database while it is modified, so its deletion would fail.
        client.get_waiter("db_instance_available").wait(DBInstanceIdentifier=identifier)
