"""Makes moto's CloudFormation go through AWS's states and check resources against the rules."""

import contextlib
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from moto.cloudformation import parsing
from moto.cloudformation.exceptions import CloudFormationError
from moto.cloudformation.models import CloudFormationBackend, Stack

from tests.deploy.clients import REGION
from tests.deploy.stand_ins import known_types
from tests.deploy.strict_aws import stacks, updates
from tests.deploy.strict_aws.calls import Refused
from tests.deploy.strict_aws.facts import AccountFacts
from tests.deploy.strict_aws.resource_rules import check_resource
from tests.deploy.strict_aws.resources import existing
from tests.deploy.strict_aws.templates import refuse_parameters


@contextlib.contextmanager
def answered_as_cloudformation() -> Iterator[None]:
    """Raise in moto's own way what the rules refuse."""
    try:
        yield
    except Refused as refused:
        raise CloudFormationError(refused.code, refused.message) from refused


@contextlib.contextmanager
def strict_stacks(facts: AccountFacts) -> Iterator[None]:
    """Replace moto's CloudFormation, as long as this lasts."""
    models = known_types()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parsing, "get_model_map", lambda: models)
        patch.setattr(parsing, "get_model_list", lambda: list(models.values()))
        # moto takes !GetAZs "" for another region's zones.
        patch.setattr(parsing, "DEFAULT_REGION", REGION)
        _check_resources(patch, facts)
        _replace_stack(patch, facts)
        _replace_backend(patch, facts)
        yield


def _check_resources(patch: pytest.MonkeyPatch, facts: AccountFacts) -> None:
    parse = parsing.parse_resource_and_generate_name

    def parse_and_check(
        logical_id: str, resource_json: dict[str, Any], resources_map: parsing.ResourceMap
    ) -> Any:
        parsed = parse(logical_id, resource_json, resources_map)
        if parsed:
            _model, template, name = parsed
            check_resource(template, name, resources_map._region_name, facts)
        return parsed

    patch.setattr(parsing, "parse_resource_and_generate_name", parse_and_check)


PARSE_OF_MOTO = Stack.parse_template


@cache
def _parse(template: str) -> dict[str, Any]:
    # A quarter of a second for the café's, which is read several times for each call.
    return dict(PARSE_OF_MOTO(template))


def _replace_stack(patch: pytest.MonkeyPatch, facts: AccountFacts) -> None:
    def create_resources(stack: Stack) -> None:
        stacks.create_resources(stack, facts)

    def outputs(stack: Stack) -> Any:
        return getattr(stack, "kept_outputs", None)

    def stack_resources(stack: Stack) -> list[Any]:
        return list(existing(stack.resource_map).values())

    def parse_template(template: str) -> dict[str, Any]:
        return deepcopy(_parse(template))

    patch.setattr(Stack, "parse_template", staticmethod(parse_template))
    patch.setattr(Stack, "create_resources", create_resources)
    patch.setattr(Stack, "outputs", property(outputs))
    patch.setattr(Stack, "stack_resources", property(stack_resources))


def _replace_backend(patch: pytest.MonkeyPatch, facts: AccountFacts) -> None:
    create = CloudFormationBackend.create_stack

    def create_stack(
        backend: CloudFormationBackend, name: str, template: str, parameters: Any, **more: Any
    ) -> Stack:
        with answered_as_cloudformation():
            refuse_parameters(Stack.parse_template(template), parameters)
            try:
                return create(backend, name, template, parameters, **more)
            except Refused:
                # moto has noted it already, and nothing of it was made.
                backend.stacks.popitem()
                raise

    def update_stack(
        backend: CloudFormationBackend,
        name: str,
        template: str,
        role_arn: str | None,
        parameters: list[dict[str, Any]],
        tags: dict[str, str] | None,
    ) -> Stack:
        stack = backend.get_stack(name)
        given = backend._resolve_update_parameters(instance=stack, incoming_params=parameters)
        with answered_as_cloudformation():
            updates.update_stack(stack, facts, template, given)
        return stack

    def delete_stack(backend: CloudFormationBackend, name_or_stack_id: str) -> None:
        for stack in list(backend.stacks.values()):
            if name_or_stack_id in (stack.name, stack.stack_id):
                stacks.delete_stack(backend, stack)

    def get_template(backend: CloudFormationBackend, name_or_stack_id: str) -> str:
        # cloudformation-coverage-roadmap#814 and #1220: what is not ASCII comes back as "?".
        return as_ascii(str(backend.get_stack(name_or_stack_id).template))

    patch.setattr(CloudFormationBackend, "create_stack", create_stack)
    patch.setattr(CloudFormationBackend, "update_stack", update_stack)
    patch.setattr(CloudFormationBackend, "delete_stack", delete_stack)
    patch.setattr(CloudFormationBackend, "get_template", get_template)


def as_ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode("ascii")
