"""CloudFormation's update of a stack: it applies all changes or restores the previous state."""

import json
from dataclasses import dataclass, field
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.models import Stack
from moto.cloudformation.parsing import ResourceMap

from tests.deploy.strict_aws.calls import Refused
from tests.deploy.strict_aws.facts import AccountFacts
from tests.deploy.strict_aws.resources import (
    REFUSALS,
    change_resource,
    existing,
    make_resource,
    reason_of,
)
from tests.deploy.strict_aws.stacks import delete_resources, named, note, read_outputs
from tests.deploy.strict_aws.templates import in_order, is_wanted, refuse_parameters

# CloudFormation guide, "Stack status codes": from these, an update is refused.
NOT_UPDATED = (
    "CREATE_FAILED",
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
    "DELETE_FAILED",
    "UPDATE_ROLLBACK_FAILED",
)


@dataclass
class Update:
    """One update: what the stack was, what it is to be, and what has been done so far."""

    stack: Stack
    facts: AccountFacts
    template: str
    parameters: dict[str, Any]
    old: ResourceMap
    new: ResourceMap
    made: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)


def update_stack(
    stack: Stack, facts: AccountFacts, template: str, parameters: dict[str, Any]
) -> None:
    if stack.status in NOT_UPDATED:
        raise Refused(
            "ValidationError",
            f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated.",
        )
    update = _prepare(stack, facts, template, parameters)
    if not _has_changes(update):
        raise Refused("ValidationError", "No updates are to be performed.")
    note(stack, "UPDATE_IN_PROGRESS", "User Initiated")
    for name in in_order(update.new):
        if reason := _bring_up_to_date(update, name):
            note(stack, "UPDATE_FAILED", reason, name, update.new)
            _roll_back(update, name)
            return
    _finish(update)


def _prepare(
    stack: Stack, facts: AccountFacts, template: str, parameters: dict[str, Any]
) -> Update:
    content = Stack.parse_template(template)
    refuse_parameters(content, parameters)
    new = ResourceMap(
        stack.stack_id,
        stack.name,
        parameters,
        stack.tags,
        account_id=stack.account_id,
        region_name=stack.region_name,
        template=content,
        cross_stack_resources=stack.cross_stack_resources,
    )
    new.load()
    in_order(new)
    for name, resource in existing(stack.resource_map).items():
        if is_wanted(name, new):
            new._parsed_resources[name] = resource
    return Update(stack, facts, template, parameters, stack.resource_map, new)


def _has_changes(update: Update) -> bool:
    """Say whether there is anything to do.

    CloudFormation's guide, "Update behaviors of stack resources" and "DeletionPolicy attribute":
    properties and metadata count, and a policy by itself does not.
    """
    wanted, there = in_order(update.new), existing(update.old)
    if set(wanted) != set(there):
        return True
    if any(_differs(update, name) for name in wanted):
        return True
    if not update.facts.counts_changes_of_outputs:
        return False
    after = parsing.OutputMap(update.new, update.new._template, update.stack.stack_id)
    return _plain([(item.key, item.value) for item in after.values() if item]) != _plain(
        [(item["OutputKey"], item["OutputValue"]) for item in update.stack.outputs or []]
    )


def _differs(update: Update, name: str) -> bool:
    return _content(update.old, name) != _content(update.new, name)


def _content(resources: ResourceMap, name: str) -> str:
    template = resources._resource_json_map[name]
    parts = {key: template.get(key) for key in ("Properties", "Metadata")}
    return _plain(parsing.clean_json(parts, resources))


def _plain(value: Any) -> str:
    # A Ref to some of moto's resources is an object, which stays the same while it stands.
    return json.dumps(value, default=id, sort_keys=True)


def _bring_up_to_date(update: Update, name: str) -> str:
    """Make or change a resource if it has to be, and return why that failed."""
    is_new = name not in existing(update.new)
    if not is_new and not _differs(update, name):
        return ""
    kind = "CREATE" if is_new else "UPDATE"
    note(update.stack, f"{kind}_IN_PROGRESS", "", name, update.new)
    if reason := update.facts.refusing.get(name):
        return reason
    try:
        if is_new:
            make_resource(update.new, name)
            update.made.append(name)
        else:
            _refuse_change(update, name)
            update.changed.append(name)
            change_resource(update.new, name)
    except REFUSALS as error:
        return reason_of(error)
    note(update.stack, f"{kind}_COMPLETE", "", name, update.new)
    return ""


def _refuse_change(update: Update, name: str) -> None:
    before, after = (resources._resource_json_map[name] for resources in (update.old, update.new))
    if before["Type"] != after["Type"]:
        raise Refused(
            "ValidationError",
            f"Update of resource type is not permitted. The new template modifies resource type "
            f"of the following resources: [{name}]",
        )
    if before["Type"] == "AWS::Budgets::Budget":
        # cloudformation-coverage-roadmap#365, open: CloudFormation creates the budget again, under
        # the name that the old one still has.
        subscribers = [
            _plain(parsing.clean_json(item["Properties"].get(SUBSCRIBERS), resources))
            for item, resources in ((before, update.old), (after, update.new))
        ]
        if subscribers[0] != subscribers[1]:
            budget = after["Properties"]["Budget"].get("BudgetName", name)
            raise Refused(
                "DuplicateRecordException",
                f"Error creating budget: {budget} - the budget already exists.",
            )


SUBSCRIBERS = "NotificationsWithSubscribers"


def _finish(update: Update) -> None:
    stack = update.stack
    removed = set(existing(update.old)) - set(in_order(update.new))
    _take_over(stack, update.template, update.parameters, update.new)
    if removed:
        note(stack, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        # What does not go by then is left to its owner: the update has succeeded.
        delete_resources(stack, update.old, removed, is_rollback_of_their_creation=False)
    stack.kept_outputs = read_outputs(stack)  # type: ignore[attr-defined]
    note(stack, "UPDATE_COMPLETE")


def _take_over(
    stack: Stack, template: str, parameters: dict[str, Any], resources: ResourceMap
) -> None:
    stack.template = template
    stack.template_dict = Stack.parse_template(template)
    stack.description = stack.template_dict.get("Description")
    stack.parameters = parameters
    stack.resource_map = resources
    stack.output_map = parsing.OutputMap(resources, stack.template_dict, stack.stack_id)


def _roll_back(update: Update, failed: str) -> None:
    stack, stuck = update.stack, []
    note(stack, "UPDATE_ROLLBACK_IN_PROGRESS", named([failed], "update"))
    for name in reversed(update.changed):
        update.old._parsed_resources[name] = update.new._parsed_resources[name]
        try:
            change_resource(update.old, name)
        except REFUSALS as error:
            note(stack, "UPDATE_FAILED", reason_of(error), name)
            stuck.append(name)
    delete_resources(stack, update.new, set(update.made), is_rollback_of_their_creation=True)
    if stuck:
        note(stack, "UPDATE_ROLLBACK_FAILED", named(stuck, "update"))
    else:
        note(stack, "UPDATE_ROLLBACK_COMPLETE")
