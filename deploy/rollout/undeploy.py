"""The command line of script/undeploy."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from deploy.costs import PRICES, read_sheet
from deploy.environment import PREFIX, read_parameters
from deploy.packaging.locks import ROOT
from deploy.rollout.__main__ import make_session, run_steps
from deploy.rollout.checks import STAGES
from deploy.rollout.cloud import StackPlan, apply_plan, delete_stack, find_stack, plan_stack
from deploy.rollout.errors import StepFailed
from deploy.rollout.functions import delete_function, find_function
from deploy.rollout.zappa_program import run_zappa
from deploy.stack import NAME, STANDING, read_outputs, zappa_settings

# Lambda gives its interfaces back up to 40 minutes after the last function; the network cannot go
# before.
INTERFACE_TRIES = 180
INTERFACE_PAUSE_SECONDS = 15


class Removal:
    """One run of script/undeploy."""

    def __init__(self, session: Any, settings_file: Path, say: Callable[[str], None]) -> None:
        self.session = session
        self.settings_file = settings_file
        self.say = say
        self.left: list[str] = []

    def remove_web(self) -> None:
        if self._has_standing_stack():
            plan = plan_stack(self.session, {})
            if plan.parameters.get("ApiId"):
                # An API that a domain or the firewall is tied to cannot be deleted.
                apply_plan(self.session, StackPlan("update", {**plan.parameters, "ApiId": ""}))
                self.say("The site's address no longer leads to it.")
        self._remove("web")

    def _has_standing_stack(self) -> bool:
        return (find_stack(self.session) or {}).get("StackStatus") in STANDING

    def remove_reports(self) -> None:
        self._remove("reports")

    def _remove(self, stage: str) -> None:
        delete_function(self.session, f"cafe-{stage}-next")
        if find_function(self.session, f"cafe-{stage}") is None:
            # Half of a deployment: `zappa undeploy` would stop at the missing function.
            delete_stack(self.session, f"cafe-{stage}")
            self.say("There is no function.")
            return
        self._write_settings()
        run_zappa("undeploy", stage, "--yes", settings_file=self.settings_file)
        self.say("Function, rules and API are gone; its log stays until the stack goes.")

    def _write_settings(self) -> None:
        settings = json.loads((ROOT / "zappa_settings.json").read_text(encoding="utf-8"))
        made = zappa_settings(settings, read_outputs(self.session))
        self.settings_file.parent.mkdir(parents=True, exist_ok=True)
        self.settings_file.write_text(json.dumps(made, indent=4, ensure_ascii=False) + "\n")

    def remove_stack(self) -> None:
        if find_stack(self.session) is None:
            self.say("There is no stack.")
            return
        if not self._has_standing_stack():
            # Such as after a deletion that failed: there is nothing to prepare any more.
            delete_stack(self.session, NAME)
            self.say("What was left of the stack is gone.")
            return
        outputs = read_outputs(self.session)
        self.left.append(f"The photos, in the bucket {outputs['PhotoBucketName']}.")
        plan = plan_stack(self.session, {"DatabaseDeletionProtection": "false"})
        apply_plan(self.session, StackPlan("update", plan.parameters))
        self._wait_for_interfaces(outputs["FunctionSecurityGroupId"])
        empty_bucket(self.session, outputs["SettingsBucketName"])
        delete_stack(self.session, NAME)
        self.say("The stack is gone, with the logs and the settings' bucket.")

    def _wait_for_interfaces(self, group: str) -> None:
        client = self.session.client("ec2")
        for _try in range(INTERFACE_TRIES):
            found = client.describe_network_interfaces(
                Filters=[
                    {"Name": "group-id", "Values": [group]},
                    {"Name": "interface-type", "Values": ["lambda"]},
                ]
            )["NetworkInterfaces"]
            if not found:
                return
            self.say(f"Lambda still has {len(found)} interfaces in the network; waiting.")
            time.sleep(INTERFACE_PAUSE_SECONDS)
        raise StepFailed(
            f"Lambda has not given back its interfaces in the group {group}. Run this again in an "
            "hour; nothing else is left to do."
        )

    def say_what_is_left(self) -> None:
        for snapshot in self.session.client("rds").describe_db_snapshots()["DBSnapshots"]:
            size = Decimal(snapshot.get("AllocatedStorage", 0))
            cost = size * _price("snapshot_gb_month")
            self.left.append(
                f"The database's snapshot {snapshot['DBSnapshotIdentifier']}: at most {cost:.2f} "
                "dollars a month, for what it holds is less than its room."
            )
        if names := sorted(read_parameters(self.session)):
            self.left.append(f"Parameters of SSM under {PREFIX}, free: {', '.join(names)}.")
        for line in self.left or ["Nothing."]:
            self.say(f"- {line}")
        self.say(f"S3 takes {_price('s3_gb_month')} dollars a month for a gigabyte of photos.")


def _price(name: str) -> Decimal:
    return read_sheet(json.loads(PRICES.read_text(encoding="utf-8"))).prices[name]


def empty_bucket(session: Any, bucket: str) -> None:
    """Delete all objects with all their versions: CloudFormation deletes only an empty bucket."""
    client = session.client("s3")
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if found:
            objects = [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in found]
            client.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/undeploy", description="Take a stage away from AWS, or all of it."
    )
    parser.add_argument("stage", choices=(*STAGES, "all"))
    parser.add_argument("--yes", action="store_true", help="do not ask")
    return parser.parse_args(arguments)


def main(
    arguments: Sequence[str] | None = None,
    session: Any = None,
    *,
    settings_file: Path = ROOT / "var" / "zappa_settings.json",
    ask: Callable[[str], str] = input,
) -> int:
    given = read_arguments(arguments)
    if not given.yes and not _is_meant(given.stage, ask):
        print("Nothing was done.", file=sys.stderr)
        return 1
    removal = Removal(session or make_session(), settings_file, print)
    steps = [("Web", Removal.remove_web), ("Reports", Removal.remove_reports)]
    if given.stage != "all":
        steps = [step for step in steps if step[0].lower() == given.stage]
    else:
        steps += [("Stack", Removal.remove_stack)]
    return run_steps(removal, [*steps, ("What is left", Removal.say_what_is_left)])


def _is_meant(stage: str, ask: Callable[[str], str]) -> bool:
    try:
        return ask(_question(stage)).strip() == stage
    except EOFError:
        print("There is nobody to ask: --yes says it beforehand.", file=sys.stderr)
        return False


def _question(stage: str) -> str:
    what = {
        "web": "The site will be gone",
        "reports": "No report will be sent any more",
        "all": "Site, reports and database will be gone; a last snapshot and the photos stay",
    }[stage]
    return f"{what}. Type {stage!r} to go on: "


if __name__ == "__main__":
    sys.exit(main())
