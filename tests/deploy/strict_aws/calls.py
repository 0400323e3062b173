"""Checks each boto3 call against the rules before moto receives it."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from moto.core.authorization import disable_iam_authentication

from tests.aws_permissions import ACTIONS
from tests.deploy.clients import client_of
from tests.deploy.strict_aws.facts import AccountFacts

ACCOUNT = "123456789012"
CALLER = f"arn:aws:iam::{ACCOUNT}:user/deployer"


class Refused(Exception):
    """AWS would refuse this call; `details` is what else the error's answer holds."""

    def __init__(self, code: str, message: str, status: int = 400, **details: Any) -> None:
        super().__init__(f"{message} (Service error code: {code})")
        self.code = code
        self.message = message
        self.status = status
        self.details = details


@dataclass(frozen=True)
class Call:
    """A call of AWS: made through boto3, or by CloudFormation for a resource."""

    service: str
    operation: str
    parameters: dict[str, Any]
    region: str
    facts: AccountFacts

    def client(self, service: str) -> Any:
        return client_of(service, self.region)


Rule = Callable[[Call], None]
Answer = Callable[[Call], dict[str, Any]]
# By service and operation. A rule raises Refused.
RULES: dict[tuple[str, str], list[Rule]] = defaultdict(list)
RULES_OF_ALL: list[Rule] = []
# What the facts answer, and moto does not know.
ANSWERS: dict[tuple[str, str], Answer] = {}
# Lambda API, AddPermission; moto says 200, which Zappa reports as a problem.
STATUSES = {("lambda", "AddPermission"): 201}
# CloudFormation API, DescribeStackEvents: a hundred a page, as ansible#41840 found; moto gives all.
PAGES = {("cloudformation", "DescribeStackEvents"): ("StackEvents", 100)}
_is_checking: ContextVar[bool] = ContextVar("is_checking", default=False)
# A call that CloudFormation makes for a resource is asked of AWS by nobody but AWS.
_is_answering: ContextVar[bool] = ContextVar("is_answering", default=False)


def rule(service: str, *operations: str) -> Callable[[Rule], Rule]:
    """Register a rule for operations of a service."""

    def register(function: Rule) -> Rule:
        for operation in operations:
            RULES[service, operation].append(function)
        return function

    return register


def answers(service: str, operation: str) -> Callable[[Answer], Answer]:
    """Register who answers an operation in moto's place."""

    def register(function: Answer) -> Answer:
        ANSWERS[service, operation] = function
        return function

    return register


def check(call: Call) -> None:
    """Raise Refused if AWS would refuse a call."""
    # What a rule looks up itself is nobody's call.
    if _is_checking.get():
        return
    # Its look-ups are those of AWS itself: see access.py.
    with _set(_is_checking), disable_iam_authentication():
        for found in (*RULES_OF_ALL, *RULES[call.service, call.operation]):
            found(call)


@contextmanager
def _set(variable: ContextVar[bool]) -> Iterator[None]:
    token = variable.set(True)
    try:
        yield
    finally:
        variable.reset(token)


@contextmanager
def checked_calls(facts: AccountFacts) -> Iterator[None]:
    """Hold all calls of boto3 against the rules, Zappa's and those of moto's stand-ins included."""
    make_call = BaseClient._make_api_call

    def make_checked_call(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        call = Call(service, operation, parameters, client.meta.region_name, facts)
        if not (_is_checking.get() or _is_answering.get()):
            told = facts.answers.take(f"{service}.{operation}", parameters)
            if told is not None:
                return told
        try:
            check(call)
        except Refused as refused:
            raise _as_client_error(client, operation, refused) from refused
        with _set(_is_answering):
            if own_answer := ANSWERS.get((service, operation)):
                return own_answer(call)
            if page := PAGES.get((service, operation)):
                start = int(parameters.pop("NextToken", "0"))
                answered = make_call(client, operation, parameters)
                _cut(answered, *page, start=start)
                return answered
            answered = make_call(client, operation, parameters)
        if status := STATUSES.get((service, operation)):
            answered["ResponseMetadata"]["HTTPStatusCode"] = status
        return answered

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", make_checked_call)
        yield


def _cut(answered: dict[str, Any], name: str, size: int, *, start: int) -> None:
    """Leave one page of an answer in it; the token of the next one is where it starts."""
    found, end = answered[name], start + size
    answered[name] = found[start:end]
    if end < len(found):
        answered["NextToken"] = str(end)


def _as_client_error(client: Any, operation: str, refused: Refused) -> ClientError:
    kind: type[ClientError] = client.exceptions.from_code(refused.code)
    return kind(
        {
            "Error": {"Code": refused.code, "Message": refused.message},
            "ResponseMetadata": {"HTTPStatusCode": refused.status},
            **refused.details,
        },
        operation,
    )


@RULES_OF_ALL.append
def refuse_what_the_facts_refuse(call: Call) -> None:
    # By the operation's name or the action's: "lambda:Invoke" and "lambda:InvokeFunction".
    name = f"{call.service}:{call.operation}"
    action = ACTIONS.get(name, name)
    wanted = call.facts.refusing_calls
    if code := wanted.get(name) or wanted.get(action):
        raise Refused(code, f"User: {CALLER} is not authorized to perform: {action}", 403)
