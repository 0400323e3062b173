"""Roles and functions in a moto account, and the error codes of refused calls."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from tests.deploy.tiny_stack import of


def make_role(*services: str, name: str = "x", policy: dict[str, Any] | None = None) -> str:
    """Make a role that services may assume, and return its ARN."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": [f"{service}.amazonaws.com" for service in services]},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    made = of("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    if policy is not None:
        of("iam").put_role_policy(RoleName=name, PolicyName="x", PolicyDocument=json.dumps(policy))
    return str(made["Role"]["Arn"])


def make_function(role: str, name: str = "x", **more: Any) -> str:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as zipped:
        zipped.writestr("handler.py", "")
    made = of("lambda").create_function(
        FunctionName=name,
        Role=role,
        Runtime="python3.13",
        Handler="handler.lambda_handler",
        Code={"ZipFile": package.getvalue()},
        **more,
    )
    return str(made["FunctionArn"])


def code_of(action: Callable[[], Any]) -> str:
    """Return with which code AWS refuses an action; nothing where it is let through."""
    try:
        action()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""
