"""Stack states as in CloudFormation; moto's own stacks never fail half-way.

States and wording: CloudFormation's guide, "Stack creation events", "Choose how to handle failures
when provisioning resources" and "Troubleshooting CloudFormation". All states are final at once, so
that a waiter looks but one time.
"""

from typing import Any

from moto.cloudformation.models import CloudFormationBackend, Event, Stack
from moto.cloudformation.parsing import ResourceMap

from tests.deploy.strict_aws.facts import AccountFacts
from tests.deploy.strict_aws.resources import (
    REFUSALS,
    delete_resource,
    existing,
    forget_resource,
    is_kept,
    make_resource,
    reason_of,
)
from tests.deploy.strict_aws.templates import dependencies, in_order

# Before it is replaced: see cloudformation.py.
OUTPUTS_OF_MOTO: Any = Stack.outputs.fget  # type: ignore[attr-defined]


def note(
    stack: Stack, status: str, reason: str = "", name: str = "", resources: Any = None
) -> None:
    """Write an event of a stack, or of one of its resources."""
    resources = stack.resource_map if resources is None else resources
    if not name:
        stack.status = status
        stack._add_stack_event(status, reason or None)
        return
    made = resources._parsed_resources.get(name)
    stack.events.append(
        Event(
            stack_id=stack.stack_id,
            stack_name=stack.name,
            logical_resource_id=name,
            physical_resource_id=str(getattr(made, "physical_resource_id", "")),
            resource_type=resources._resource_json_map[name]["Type"],
            resource_status=status,
            resource_status_reason=reason or None,
            resource_properties=None,
        )
    )


def named(names: list[str], what: str) -> str:
    return f"The following resource(s) failed to {what}: [{', '.join(names)}]. "


def create_resources(stack: Stack, facts: AccountFacts) -> None:
    """Make all resources, or none: what is made already is deleted when one fails.

    CloudFormation makes side by side what does not need each other. So the others are made too,
    and reported as cancelled: a resource that refuses its deletion is met whichever fails first.
    """
    resources = stack.resource_map
    stack.status = "CREATE_IN_PROGRESS"
    failed: list[str] = []
    waiting: set[str] = set()
    for name in in_order(resources):
        if dependencies(name, resources) & {*failed, *waiting}:
            waiting.add(name)
            forget_resource(resources, name)
            continue
        reason = _create(stack, resources, name, facts)
        if reason:
            failed.append(name)
            note(stack, "CREATE_FAILED", reason, name)
        elif failed:
            note(stack, "CREATE_FAILED", "Resource creation cancelled", name)
        else:
            note(stack, "CREATE_COMPLETE", "", name)
    if failed:
        _roll_back_creation(stack, failed)
        return
    stack.kept_outputs = read_outputs(stack)  # type: ignore[attr-defined]
    note(stack, "CREATE_COMPLETE")


def _create(stack: Stack, resources: ResourceMap, name: str, facts: AccountFacts) -> str:
    """Make a resource, and return why it could not be made."""
    note(stack, "CREATE_IN_PROGRESS", "", name)
    try:
        if reason := facts.refusing.get(name):
            forget_resource(resources, name)
            return reason
        make_resource(resources, name)
    except REFUSALS as error:
        forget_resource(resources, name)
        return reason_of(error)
    return ""


def _roll_back_creation(stack: Stack, failed: list[str]) -> None:
    note(stack, "ROLLBACK_IN_PROGRESS", f"{named(failed, 'create')}Rollback requested by user.")
    kept = delete_resources(stack, stack.resource_map, is_rollback_of_their_creation=True)
    if kept:
        note(stack, "ROLLBACK_FAILED", named(kept, "delete"))
    else:
        note(stack, "ROLLBACK_COMPLETE")


def delete_resources(
    stack: Stack,
    resources: ResourceMap,
    only: set[str] | None = None,
    *,
    is_rollback_of_their_creation: bool,
) -> list[str]:
    """Delete resources in reverse, and return which could not be deleted.

    What one of these needs is not tried, such as the network of a database.
    """
    there = existing(resources)
    order = [name for name in in_order(resources) if name in there]
    failed: list[str] = []
    needed: set[str] = set()
    for name in reversed(order):
        needs = dependencies(name, resources)
        if name in needed:
            needed |= needs
        elif only is not None and name not in only:
            continue
        elif is_kept(
            resources._resource_json_map[name],
            is_rollback_of_its_creation=is_rollback_of_their_creation,
        ):
            note(stack, "DELETE_SKIPPED", "", name, resources)
            forget_resource(resources, name)
        elif reason := _delete(stack, resources, name):
            note(stack, "DELETE_FAILED", reason, name, resources)
            failed.append(name)
            needed |= needs
    return failed


def _delete(stack: Stack, resources: ResourceMap, name: str) -> str:
    """Delete a resource, and return why it could not be deleted."""
    note(stack, "DELETE_IN_PROGRESS", "", name, resources)
    try:
        delete_resource(resources, name)
    except REFUSALS as error:
        return reason_of(error)
    note(stack, "DELETE_COMPLETE", "", name, resources)
    return ""


def delete_stack(backend: CloudFormationBackend, stack: Stack) -> None:
    """Delete a stack, which stays in DELETE_FAILED if one of its resources does not go."""
    note(stack, "DELETE_IN_PROGRESS", "User Initiated")
    kept = delete_resources(stack, stack.resource_map, is_rollback_of_their_creation=False)
    if kept:
        note(stack, "DELETE_FAILED", named(kept, "delete"))
        return
    for name in [name for name, item in backend.exports.items() if _is_of(item, stack)]:
        backend.exports.pop(name)
    note(stack, "DELETE_COMPLETE")
    backend.stacks.pop(stack.stack_id)
    backend.deleted_stacks[stack.stack_id] = stack


def _is_of(export: Any, stack: Stack) -> bool:
    return bool(export.exporting_stack_id == stack.stack_id)


def read_outputs(stack: Stack) -> list[dict[str, Any]] | None:
    """Return the outputs as moto works them out, from the resources that are there."""
    found: list[dict[str, Any]] | None = OUTPUTS_OF_MOTO(stack)
    return found
