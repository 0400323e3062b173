"""The command line of the manual steps in docs/deploy.md: `python -m deploy STEP`.

boto3 finds the region and the credentials, for example in AWS_DEFAULT_REGION and a profile.
"""

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from deploy import stack
from deploy.environment import write_environment
from deploy.limits import find_api, limit_requests
from deploy.rollout.failures import reason_of_failure

ZAPPA_SETTINGS = Path(__file__).resolve().parent.parent / "zappa_settings.json"


def print_prefix_list(session: Any) -> None:
    print(stack.find_s3_prefix_list(session))


def print_settings(session: Any) -> None:
    settings = json.loads(ZAPPA_SETTINGS.read_text(encoding="utf-8"))
    made = stack.zappa_settings(settings, stack.read_outputs(session))
    print(json.dumps(made, indent=4, ensure_ascii=False))


def write_settings(session: Any) -> None:
    outputs = stack.read_outputs(session)
    if outputs["ReachesSns"] != "yes":
        print(
            "Note: the network has no way to SNS, so no report is sent. See SnsEndpoint.",
            file=sys.stderr,
        )
    if write_environment(session, outputs):
        print("environment.json is written. The functions read it at their next start.")
    else:
        print("environment.json is unchanged.")


def print_api(session: Any) -> None:
    print(find_api(session))


def set_limits(session: Any) -> None:
    outputs = stack.read_outputs(session)
    limit_requests(session, find_api(session), outputs)
    print(
        f"The site takes {outputs['RequestsPerSecond']} requests a second, "
        f"and {outputs['RequestsBurst']} at once."
    )


STEPS: dict[str, tuple[Callable[[Any], None], str]] = {
    "prefix-list": (print_prefix_list, "print the id of S3's prefix list, for the stack"),
    "zappa-settings": (print_settings, "print zappa_settings.json with the stack's values"),
    "environment": (write_settings, "write the functions' settings to the stack's bucket"),
    "api": (print_api, "print the id of Zappa's API, for the stack"),
    "limits": (set_limits, "set the rate limit of API Gateway"),
}


def main(arguments: list[str] | None = None, session: Any = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy")
    steps = parser.add_subparsers(dest="step", required=True)
    for name, (_step, text) in STEPS.items():
        steps.add_parser(name, help=text)
    chosen = parser.parse_args(arguments).step
    if session is None:
        import boto3

        session = boto3.Session()
    if reason := reason_of_failure(partial(STEPS[chosen][0], session)):
        print(f"{chosen}: {reason}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
