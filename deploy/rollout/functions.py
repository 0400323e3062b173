"""The functions on Lambda: whether one is there, what it answers, and one made for a rehearsal."""

import base64
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from deploy.errors import StepFailed

# Lambda's own limit; a migration of a large table takes what it takes.
LONGEST_SECONDS = 900
# How many of the function's last words help.
LAST_LINES = 12
# A function that is busy has surely not run: it is asked again for three minutes.
BUSY_TRIES = 36
BUSY_PAUSE_SECONDS = 5


def find_function(session: Any, name: str) -> dict[str, Any] | None:
    """Return what Lambda knows of a function, its tags included; None if there is none."""
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
    """Call a function, wait, and return its answer; raise StepFailed with its last words.

    `secrets` are fields of the event that no error repeats.
    """
    from botocore.config import Config

    # Once: what has been asked and not been heard of may still be at work.
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
    """Call a function, and again while all that may run of it at once are running."""
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
        f"The function {function} was busy for three minutes: all that may run of it at once were "
        "running. Look at its log for what takes so long, and run this again."
    )


@contextmanager
def rehearsal(
    session: Any, stage: str, settings: Mapping[str, Any], bucket: str, key: str
) -> Iterator[str]:
    """Make a function of a package that nobody is served by, and delete it at the end.

    It has the stage's role, network and variables, and no address, schedule or topic. Its lines go
    to the stage's log group, which is the one that the role may write to.
    """
    client, name = session.client("lambda"), f"cafe-{stage}-next"
    delete_function(session, name)
    role = session.client("iam").get_role(RoleName=settings["role_name"])["Role"]["Arn"]
    client.create_function(
        FunctionName=name,
        Description="Made by script/deploy for its migrations; may be deleted",
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
    """Delete a function, and say whether there was one."""
    client = session.client("lambda")
    try:
        client.delete_function(FunctionName=name)
    except client.exceptions.ResourceNotFoundException:
        return False
    return True
