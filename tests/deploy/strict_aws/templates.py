"""CloudFormation's checks of a template before it creates anything."""

import re
from collections.abc import Iterator
from typing import Any

from moto.cloudformation.parsing import ResourceMap

from tests.deploy.strict_aws.calls import Refused


def references(node: Any, resources: ResourceMap) -> Iterator[str]:
    """Yield all names that a part of a template refers to, by the branches that are taken."""
    if isinstance(node, list):
        for item in node:
            yield from references(item, resources)
    elif isinstance(node, dict):
        if set(node) == {"Ref"}:
            yield node["Ref"]
        elif set(node) == {"Fn::GetAtt"}:
            yield node["Fn::GetAtt"][0]
        elif set(node) == {"Fn::If"}:
            condition, true, false = node["Fn::If"]
            chosen = true if resources.lazy_condition_map[condition] else false
            yield from references(chosen, resources)
        elif set(node) == {"Fn::Sub"}:
            text, values = (*_listed(node["Fn::Sub"]), {})[:2]
            yield from references(list(values.values()), resources)
            names = re.findall(r"\$\{([^!}][^}]*)\}", text)
            yield from (name.split(".")[0] for name in names if name not in values)
        else:
            yield from references(list(node.values()), resources)


def dependencies(name: str, resources: ResourceMap) -> set[str]:
    """Return the resources that one needs, not those that these need."""
    resource = resources._resource_json_map[name]
    found = set(references(resource.get("Properties", {}), resources))
    found |= set(_listed(resource.get("DependsOn", [])))
    return {other for other in found if is_wanted(other, resources)}


def is_wanted(name: str, resources: ResourceMap) -> bool:
    """Say whether a name is a resource whose condition holds."""
    resource = resources._resource_json_map.get(name)
    if resource is None:
        return False
    condition = resource.get("Condition")
    return condition is None or bool(resources.lazy_condition_map[condition])


def in_order(resources: ResourceMap) -> list[str]:
    """Return the resources that are wanted, each after those that it needs."""
    order: list[str] = []
    visiting: list[str] = []

    def visit(name: str) -> None:
        if name in order:
            return
        if name in visiting:
            # CloudFormation guide, "Troubleshooting": circular dependencies are refused at once.
            names = ", ".join(visiting[visiting.index(name) :])
            raise Refused("ValidationError", f"Circular dependency between resources: [{names}]")
        visiting.append(name)
        for other in sorted(dependencies(name, resources)):
            visit(other)
        visiting.remove(name)
        order.append(name)

    for name in resources._resource_json_map:
        if is_wanted(name, resources):
            visit(name)
    return order


def refuse_parameters(template: dict[str, Any], given: dict[str, str]) -> None:
    """Refuse values as CloudFormation does, which looks at them before anything else."""
    slots = template.get("Parameters", {})
    if unknown := sorted(set(given) - set(slots)):
        raise Refused(
            "ValidationError", f"Parameters: [{', '.join(unknown)}] do not exist in the template"
        )
    missing = [name for name in slots if name not in given and "Default" not in slots[name]]
    if missing:
        raise Refused("ValidationError", f"Parameters: [{', '.join(missing)}] must have values")
    for name, value in given.items():
        _refuse_value(name, slots[name], str(value))


def _refuse_value(name: str, slot: dict[str, Any], value: str) -> None:
    # CloudFormation guide, "Parameters": AllowedValues, AllowedPattern, MinValue, MaxValue.
    problem = ""
    if value not in [str(allowed) for allowed in slot.get("AllowedValues", [value])]:
        problem = f"Parameter '{name}' must be one of AllowedValues"
    elif not re.fullmatch(slot.get("AllowedPattern", ".*"), value, re.DOTALL):
        problem = f"Parameter '{name}' must match pattern {slot['AllowedPattern']}"
        if "ConstraintDescription" in slot:
            problem = (
                f"Parameter {name} failed to satisfy constraint: {slot['ConstraintDescription']}"
            )
    elif slot.get("Type") == "Number":
        problem = _problem_of_number(name, slot, value)
    if problem:
        raise Refused("ValidationError", problem)


def _problem_of_number(name: str, slot: dict[str, Any], value: str) -> str:
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?", value):
        return f"Parameter '{name}' must be a number."
    if float(value) < float(slot.get("MinValue", value)):
        return f"Parameter '{name}' must be a number not less than {slot['MinValue']}"
    if float(value) > float(slot.get("MaxValue", value)):
        return f"Parameter '{name}' must be a number not greater than {slot['MaxValue']}"
    return ""


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
