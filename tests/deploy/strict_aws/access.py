"""moto's own access control (IAM), switched on for the calls of one stage's role.

moto reads a role's policies and checks the signature of each call. It takes "*" for the resource of
most calls, and the operation's name for the action; both are put right here. What it leaves out
stands in coverage.py.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from moto.core.authorization import enable_iam_authentication
from moto.iam.access_control import IAMRequestBase

from tests.aws_permissions import ACTIONS, resource_of
from tests.deploy.clients import REGION, client_of

_resource: ContextVar[str] = ContextVar("resource", default="*")


def session_of(role: str, policy: dict[str, Any]) -> boto3.Session:
    """Make a role with a policy, and return a session with what Lambda would give its function."""
    client = client_of("iam")
    trust = {"Version": "2012-10-17", "Statement": []}
    made = client.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(trust))
    client.put_role_policy(RoleName=role, PolicyName="cafe", PolicyDocument=json.dumps(policy))
    given = client_of("sts").assume_role(RoleArn=made["Role"]["Arn"], RoleSessionName=role)
    return boto3.Session(
        aws_access_key_id=given["Credentials"]["AccessKeyId"],
        aws_secret_access_key=given["Credentials"]["SecretAccessKey"],
        aws_session_token=given["Credentials"]["SessionToken"],
        region_name=REGION,
    )


@contextmanager
def access_control() -> Iterator[None]:
    """Have moto refuse what the caller's policies do not allow."""
    make_call, check = BaseClient._make_api_call, IAMRequestBase.check_action_permitted

    def make_call_of_resource(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        token = _resource.set(resource_of(service, parameters))
        try:
            return make_call(client, operation, parameters)
        finally:
            _resource.reset(token)

    def check_by_action(request: Any, resource: str) -> None:
        request._action = ACTIONS.get(request._action, request._action)
        check(request, _resource.get() if resource == "*" else resource)

    with pytest.MonkeyPatch.context() as patch, enable_iam_authentication():
        patch.setattr(BaseClient, "_make_api_call", make_call_of_resource)
        patch.setattr(IAMRequestBase, "check_action_permitted", check_by_action)
        yield
