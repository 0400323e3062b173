"""The steps of docs/deploy.md that read or follow the stack: `python -m deploy STEP`.

Region and credentials are boto3's: AWS_DEFAULT_REGION and a profile, or whatever else it finds.
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
        print("Note: nothing leads to SNS, so no report leaves. See SnsEndpoint.", file=sys.stderr)
    if write_environment(session, outputs):
        print("environment.json is written. The functions read it when they start anew.")
    else:
        print("environment.json is as it was.")


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
    "prefix-list": (print_prefix_list, "print the id of S3's addresses, for the stack"),
    "zappa-settings": (print_settings, "print zappa_settings.json as the stack has it"),
    "environment": (write_settings, "write the functions' settings to the stack's bucket"),
    "api": (print_api, "print the id of Zappa's API, for the stack"),
    "limits": (set_limits, "set how much API Gateway lets through"),
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
