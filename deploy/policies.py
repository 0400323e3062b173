"""The IAM policy of each stage: `python -m deploy.policies web` prints it as JSON.

The source is deploy/cloud.yaml, which has the reason for each statement.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any

from deploy.template import put_in, read_template

STAGES = ("web", "reports")


def policy_of(stage: str, values: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the policy of a stage's role; unknown values stay placeholders."""
    for resource in read_template()["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::IAM::Role" and properties["RoleName"] == f"cafe-{stage}":
            [policy] = properties["Policies"]
            document: dict[str, Any] = put_in(policy["PolicyDocument"], values or {})
            return document
    raise LookupError(f"deploy/cloud.yaml has no role cafe-{stage}; use one of: web, reports.")


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in STAGES:
        print(f"Say which stage: {' or '.join(STAGES)}.", file=sys.stderr)
        return 2
    print(json.dumps(policy_of(arguments[0]), indent=4))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
