"""Errors of AWS calls: something does not exist, or the call is refused."""

from collections.abc import Callable
from typing import Any

# Each service has its own error code for a name that does not exist.
MISSING = frozenset(
    {
        "404",
        "NoSuchEntity",
        "NoSuchHostedZone",
        "NotFound",
        "NotFoundException",
        "ParameterNotFound",
        "QueueDoesNotExist",
        "AWS.SimpleQueueService.NonExistentQueue",
        "RepositoryNotFoundException",
        "ResourceNotFoundException",
    }
)


def code_of(error: Any) -> str:
    return str(error.response["Error"]["Code"])


def words_of(error: Any) -> str:
    """Return AWS's error in one line."""
    said = error.response["Error"]
    return " ".join(f"{said['Code']}: {said.get('Message', '')}".split()).rstrip(": ")


def find(call: Callable[..., Any], **wanted: Any) -> Any:
    """Return the answer to a call, or None if the named thing does not exist."""
    from botocore.exceptions import ClientError

    try:
        return call(**wanted)
    except ClientError as error:
        if code_of(error) in MISSING:
            return None
        raise
