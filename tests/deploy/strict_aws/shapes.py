"""Checks lengths and patterns that botocore's models define and botocore does not check."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape

from tests.deploy.strict_aws.calls import RULES_OF_ALL, Call, Refused

# The code of a value that does not fit, by the service: the errors of its API reference.
CODES = {
    "lambda": "ValidationException",
    "events": "ValidationException",
    "sns": "InvalidParameter",
    "sqs": "InvalidParameterValue",
    "iam": "ValidationError",
    "rds": "ValidationError",
    "ssm": "ValidationException",
    "apigateway": "BadRequestException",
    "budgets": "InvalidParameterException",
}


@RULES_OF_ALL.append
def refuse_misfits(call: Call) -> None:
    if call.service not in CODES:
        return
    model = service_model(call.service)
    if call.operation not in model.operation_names:
        return
    shape = model.operation_model(call.operation).input_shape
    for path, value, constraint in misfits(shape, call.parameters) if shape else ():
        # Smithy's wording, which all of these services have.
        raise Refused(
            CODES[call.service],
            f"1 validation error detected: Value '{value}' at '{path}' failed to satisfy "
            f"constraint: Member must {constraint}",
        )


@cache
def service_model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def misfits(shape: Shape, value: Any, path: str = "") -> Iterator[tuple[str, Any, str]]:
    """Yield each value that does not fit its shape: where it is, what it is, and why."""
    for member, item, place in _members(shape, value):
        yield from misfits(member, item, f"{path}.{place}".lstrip("."))
    limit, pattern = shape.metadata.get("max"), shape.metadata.get("pattern")
    is_number = isinstance(value, int | float)
    if limit is not None and is_number and value > limit:
        yield path, value, f"have value less than or equal to {limit}"
    if limit is not None and isinstance(value, str | list) and len(value) > limit:
        yield path, value, f"have length less than or equal to {limit}"
    if pattern and isinstance(value, str) and not as_python(pattern).fullmatch(value):
        yield path, value, f"satisfy regular expression pattern: {pattern}"


def _members(shape: Shape, value: Any) -> Iterator[tuple[Shape, Any, str]]:
    """Yield what lies in a value: its shape, the thing itself, and its place."""
    if shape.type_name == "structure" and isinstance(value, dict):
        for name in [name for name in shape.members if name in value]:
            yield shape.members[name], value[name], name[0].lower() + name[1:]
    elif shape.type_name == "map" and isinstance(value, dict):
        for key, item in value.items():
            yield shape.key, key, "key"
            yield shape.value, item, str(key)
    elif shape.type_name == "list" and isinstance(value, list):
        for place, item in enumerate(value, 1):
            yield shape.member, item, f"{place}.member"


# The patterns are Java's. What Python does not know of them, and what comes close enough.
OF_JAVA = {
    r"\p{L}": r"\w",
    r"\p{N}": r"\d",
    r"\p{Z}": r"\s",
    "(?i).*<script>.*</script>.*": "(?i:.*<script>.*</script>.*)",
}


@cache
def as_python(pattern: str) -> re.Pattern[str]:
    for java, python in OF_JAVA.items():
        pattern = pattern.replace(java, python)
    try:
        return re.compile(pattern)
    except re.error as error:
        raise NotImplementedError(f"Teach strict_aws/shapes.py {pattern}: {error}") from error
