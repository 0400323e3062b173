"""The entry point of a function that has play.py beside it: an event may name its functions.

The package's own entry takes no such event, and gets all the others.
"""

from typing import Any

# Before all else: it keeps boto3 from being imported.
import handler  # type: ignore[import-not-found]
import play  # type: ignore[import-not-found]


def lambda_handler(event: dict[str, Any], context: object) -> Any:
    if "play" in event:
        return getattr(play, event["play"])(event, context)
    return handler.lambda_handler(event, context)
