"""Switching a stage to a new package, and restoring the previous one."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.cloudformation import delete_stack, find_stack
from deploy.rollout.functions import delete_function, find_function
from deploy.rollout.hooks import ASYNCHRONOUS, count_rules, enabled_rules, missing_subscriptions
from deploy.rollout.packages import StoredPackage
from deploy.rollout.zappa_program import run_zappa
from deploy.stack import STANDING

# Tags of the function: the completed deployment, and its package.
DEPLOYED_TAG, PACKAGE_TAG = "cafe-deployed", "cafe-package"
# The configuration that `zappa update` sets besides the code.
CONFIGURATION = (
    *("Description", "Handler", "Runtime", "Timeout", "MemorySize", "Role"),
    *("Environment", "VpcConfig"),
)


def fingerprint(package: StoredPackage, stage: str, settings: Mapping[str, Any]) -> str:
    """Return a short hash of everything that a stage's deployment consists of."""
    parts = [package.code_sha256, settings, ASYNCHRONOUS[stage]]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def is_deployed(
    session: Any, stage: str, package: StoredPackage, settings: Mapping[str, Any]
) -> bool:
    """Return whether this deployment is already complete and intact."""
    found = find_function(session, f"cafe-{stage}")
    if found is None:
        return False
    configuration = found["Configuration"]
    return (
        found.get("Tags", {}).get(DEPLOYED_TAG) == fingerprint(package, stage, settings)
        and configuration["CodeSha256"] == package.code_sha256
        and len(enabled_rules(session, configuration["FunctionArn"])) == count_rules(settings)
        and not missing_subscriptions(session, stage, settings)
    )


def find_deployed(session: Any, stage: str) -> dict[str, Any] | None:
    """Return the function of a stage if a deployment of it was ever completed.

    An incomplete first attempt serves nobody, so it cannot be restored.
    """
    found = find_function(session, f"cafe-{stage}")
    return found if found and DEPLOYED_TAG in found.get("Tags", {}) else None


def has_whole_deployment(session: Any, stage: str, *, has_api: bool) -> bool:
    """Return whether `zappa update` suffices: it cannot create a missing API."""
    if find_function(session, f"cafe-{stage}") is None:
        return False
    return not has_api or _api_state(session, stage) in STANDING


def _api_state(session: Any, stage: str) -> str:
    """Return the state of Zappa's stack with its API; empty if there is none."""
    return str((find_stack(session, f"cafe-{stage}") or {}).get("StackStatus", ""))


def switch(
    session: Any, stage: str, package: StoredPackage, settings_file: Path, *, has_api: bool
) -> str:
    """Run `zappa deploy` or `zappa update`, as required, and return which."""
    action = "update"
    if not has_whole_deployment(session, stage, has_api=has_api):
        action = "deploy"
        # The rest of a failed attempt: a function without an API serves nobody, and a failed stack
        # cannot be updated.
        delete_function(session, f"cafe-{stage}")
        if has_api and _api_state(session, stage) not in STANDING:
            delete_stack(session, f"cafe-{stage}")
    run_zappa(
        *(action, stage, "--zip", package.address, "--disable_progress"),
        settings_file=settings_file,
    )
    session.client("lambda").get_waiter("function_updated_v2").wait(FunctionName=f"cafe-{stage}")
    return action


def mark_deployed(session: Any, stage: str, package: StoredPackage, mark: str) -> None:
    found = find_function(session, f"cafe-{stage}") or {}
    session.client("lambda").tag_resource(
        Resource=found["Configuration"]["FunctionArn"],
        Tags={DEPLOYED_TAG: mark, PACKAGE_TAG: package.address},
    )


def take_back(session: Any, stage: str, before: Mapping[str, Any]) -> None:
    """Restore the code and the configuration of a function."""
    address = before["Tags"][PACKAGE_TAG]
    client, name = session.client("lambda"), f"cafe-{stage}"
    bucket, key = address.removeprefix("s3://").split("/", 1)
    client.get_waiter("function_updated_v2").wait(FunctionName=name)
    client.update_function_code(FunctionName=name, S3Bucket=bucket, S3Key=key, Publish=True)
    client.get_waiter("function_updated_v2").wait(FunctionName=name)
    old = {key: before["Configuration"][key] for key in CONFIGURATION}
    # Lambda does not accept the fields that it adds itself.
    old["VpcConfig"] = {key: old["VpcConfig"][key] for key in ("SubnetIds", "SecurityGroupIds")}
    client.update_function_configuration(FunctionName=name, **old)
    client.get_waiter("function_updated_v2").wait(FunctionName=name)
