"""Parsing of deploy/cloud.yaml, and substitution of values in it."""

import re
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CLOUD = Path(__file__).resolve().parent / "cloud.yaml"


class _Loader(yaml.SafeLoader):
    """A YAML loader that expands CloudFormation's short forms, such as !Ref."""


def _long_form(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _long_form)


def template_body(path: Path) -> str:
    """Return a template without comment lines, for sending.

    CloudFormation's limit is 51,200 bytes, and comments are a sixth of the file. CloudFormation
    also returns non-ASCII characters as question marks, which would look like a change.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return "\n".join(kept) + "\n"


def read_template(text: str | None = None) -> dict[str, Any]:
    """Return a template, by default the café's, with its functions in their long form."""
    return deepcopy(_parse(CLOUD.read_text(encoding="utf-8") if text is None else text))


@cache
def parameter_defaults() -> Mapping[str, str]:
    """Return the default values of the parameters of deploy/cloud.yaml, as text."""
    parameters = read_template()["Parameters"].items()
    return {name: str(item["Default"]) for name, item in parameters if "Default" in item}


@cache
def _parse(source: str) -> dict[str, Any]:
    # Parsing takes a quarter of a second, and a deployment needs it often.
    loaded: dict[str, Any] = yaml.load(source, Loader=_Loader)  # noqa: S506 - a SafeLoader
    return loaded


def put_in(node: Any, values: Mapping[str, str]) -> Any:
    """Return a part of a template with values for its Ref, GetAtt and Sub.

    A value is named after its resource, parameter or pseudo parameter; attributes have a dot:
    "FailedRuns.Arn". Unknown values stay as "${FailedRuns.Arn}".
    """
    if isinstance(node, list):
        return [put_in(item, values) for item in node]
    if not isinstance(node, dict):
        return node
    if set(node) == {"Ref"}:
        return _value(node["Ref"], values)
    if set(node) == {"Fn::GetAtt"}:
        return _value(".".join(node["Fn::GetAtt"]), values)
    if set(node) == {"Fn::Sub"}:
        return re.sub(r"\$\{([^}]+)\}", lambda found: _value(found[1], values), node["Fn::Sub"])
    return {key: put_in(value, values) for key, value in node.items()}


def _value(name: str, values: Mapping[str, str]) -> str:
    return values.get(name, f"${{{name}}}")
