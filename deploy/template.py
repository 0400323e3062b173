"""Reading deploy/cloud.yaml: CloudFormation's YAML as plain data, and values put into it."""

import re
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CLOUD = Path(__file__).resolve().parent / "cloud.yaml"


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms, such as !Ref, written out."""


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
    """Return a template as it is sent: without the lines that are comments.

    CloudFormation takes 51,200 bytes, and they are a sixth of the cafe's. What has no ASCII comes
    back as question marks, and would look changed at each deployment.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return "\n".join(kept) + "\n"


def read_template(text: str | None = None) -> dict[str, Any]:
    """Return a template, by default the café's, with its functions in their long form."""
    return deepcopy(_parse(CLOUD.read_text(encoding="utf-8") if text is None else text))


@cache
def parameter_defaults() -> Mapping[str, str]:
    """Return what the parameters of deploy/cloud.yaml are where nobody gives them, as text."""
    parameters = read_template()["Parameters"].items()
    return {name: str(item["Default"]) for name, item in parameters if "Default" in item}


@cache
def _parse(source: str) -> dict[str, Any]:
    # A quarter of a second for the café's, which a deployment asks for again and again.
    loaded: dict[str, Any] = yaml.load(source, Loader=_Loader)  # noqa: S506 - a SafeLoader
    return loaded


def put_in(node: Any, values: Mapping[str, str]) -> Any:
    """Return a part of a template with values for its Ref, GetAtt and Sub.

    A value's name is that of the resource, parameter or pseudo parameter, for an attribute with a
    dot: "FailedRuns.Arn". What has no value stays, as "${FailedRuns.Arn}".
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
