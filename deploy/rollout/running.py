"""The runner of a command's steps, and the AWS session that they share."""

import sys
from functools import partial
from typing import Any

from deploy.rollout.failures import reason_of_failure


def make_session() -> Any:
    import boto3

    return boto3.Session()


def run_steps(subject: Any, steps: Any) -> int:
    """Run steps until one fails; then print the reason and return 1."""
    for name, step in steps:
        print(f"\n== {name}", flush=True)
        if reason := reason_of_failure(partial(step, subject)):
            print(f"\nThe step {name!r} failed: {reason}", file=sys.stderr)
            return 1
    return 0
