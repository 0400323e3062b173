"""Lambda functions: look-up, calls, and a temporary function for trying a package."""

import base64
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from deploy.errors import StepFailed

# Lambda's limit: the migration of a large table may take long.
LONGEST_SECONDS = 900
# How many characters of the function's log are shown.
LAST_LINES = 12
# A throttled call has certainly not run, so it is repeated for three minutes.
BUSY_TRIES = 36
BUSY_PAUSE_SECONDS = 5


def find_function(session: Any, name: str) -> dict[str, Any] | None:
    """Return a function's configuration and tags; None if it does not exist."""
    client = session.client("lambda")
    try:
        found: dict[str, Any] = client.get_function(FunctionName=name)
    except client.exceptions.ResourceNotFoundException:
        return None
    return found


def ask(
    session: Any,
    function: str,
    event: Mapping[str, Any],
    *,
    secrets: Mapping[str, str] | None = None,
) -> Any:
    """Call a function and return its answer; raise StepFailed with the end of its log.

    `secrets` are fields of the event that errors must not contain.
    """
    from botocore.config import Config

    # No retries: a call without an answer may still be running.
    config = Config(
        read_timeout=LONGEST_SECONDS + 30, tcp_keepalive=True, retries={"total_max_attempts": 1}
    )
    answer = _invoke(
        session.client("lambda", config=config), function, {**event, **(secrets or {})}
    )
    content = json.loads(answer["Payload"].read() or b"null")
    if "FunctionError" not in answer:
        return content
    told = content if isinstance(content, dict) else {}
    log = base64.b64decode(answer.get("LogResult", "")).decode(errors="replace")
    words = "\n".join(f"  {line}" for line in log.strip().splitlines()[-LAST_LINES:])
    raise StepFailed(
        f"The function {function} failed at {json.dumps(event)} with "
        f"{told.get('errorType', 'an error')}: {told.get('errorMessage', content)}\n{words}"
    )


def _invoke(client: Any, function: str, event: Mapping[str, Any]) -> Any:
    """Call a function; repeat the call while its concurrency is used up."""
    for number in range(BUSY_TRIES):
        try:
            return client.invoke(
                FunctionName=function,
                InvocationType="RequestResponse",
                LogType="Tail",
                Payload=json.dumps(event).encode(),
            )
        except client.exceptions.TooManyRequestsException:
            if number < BUSY_TRIES - 1:
                time.sleep(BUSY_PAUSE_SECONDS)
    raise StepFailed(
        f"The function {function} was busy for three minutes: its reserved concurrency was used "
        "up. Check its log for what takes so long, and run this again."
    )


@contextmanager
def rehearsal(
    session: Any, stage: str, settings: Mapping[str, Any], bucket: str, key: str
) -> Iterator[str]:
    """Create a temporary function from a package, and delete it at the end.

    It has the stage's role, network and variables, but no address, schedule or topic. It logs to
    the stage's log group, because the role may write to no other.
    """
    client, name = session.client("lambda"), f"cafe-{stage}-next"
    delete_function(session, name)
    role = session.client("iam").get_role(RoleName=settings["role_name"])["Role"]["Arn"]
    client.create_function(
        FunctionName=name,
        Description="Created by script/deploy for migrations; may be deleted",
        Role=role,
        Runtime=settings["runtime"],
        Handler="handler.lambda_handler",
        Architectures=[settings["architecture"]],
        Code={"S3Bucket": bucket, "S3Key": key},
        MemorySize=settings["memory_size"],
        Timeout=LONGEST_SECONDS,
        VpcConfig=settings["vpc_config"],
        Environment={"Variables": settings["aws_environment_variables"]},
        LoggingConfig={"LogGroup": f"/aws/lambda/cafe-{stage}"},
    )
    try:
        client.get_waiter("function_active_v2").wait(FunctionName=name)
        yield name
    finally:
        delete_function(session, name)


def delete_function(session: Any, name: str) -> bool:
    """Delete a function, and return whether it existed."""
    client = session.client("lambda")
    try:
        client.delete_function(FunctionName=name)
    except client.exceptions.ResourceNotFoundException:
        return False
    return True
