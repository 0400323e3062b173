"""The steps of script/undeploy, which deletes a stage or everything from AWS, in any state.

It does not use `zappa undeploy`, which stops at the first thing that is missing.
"""

import json
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from deploy.cloudformation import delete_stack, find_stack, stack_resources
from deploy.costs import PRICES, read_sheet
from deploy.environment import PREFIX, read_parameters
from deploy.errors import StepFailed
from deploy.rollout.budget import BUDGET_STACK
from deploy.rollout.cloud import StackPlan, apply_plan, plan_stack, unprotect_database
from deploy.rollout.functions import delete_function
from deploy.rollout.hooks import delete_rule
from deploy.stack import NAME, STANDING

# Lambda releases its network interfaces up to 40 minutes after the last function is deleted; until
# then the network cannot be deleted.
INTERFACE_TRIES = 180
INTERFACE_PAUSE_SECONDS = 15


class Removal:
    """One run of script/undeploy. Each step checks first, and may be repeated."""

    def __init__(self, session: Any, say: Callable[[str], None]) -> None:
        self.session = session
        self.say = say
        self.left: list[str] = []

    def remove_web(self) -> None:
        if self._state() in STANDING:
            plan = plan_stack(self.session, {})
            if plan.parameters.get("ApiId"):
                # An API with a domain or a firewall cannot be deleted.
                apply_plan(self.session, StackPlan("update", {**plan.parameters, "ApiId": ""}))
                self.say("The site's address no longer leads to it.")
        self._remove_function("web")
        try:
            self._delete_stack("cafe-web")
        except StepFailed as error:
            # The domain of a failed stack may use it, so delete it after the stack.
            self.say(f"The API could not be deleted yet. {error}")

    def remove_reports(self) -> None:
        self._remove_function("reports")

    def _state(self) -> str:
        return str((find_stack(self.session) or {}).get("StackStatus", ""))

    def _remove_function(self, stage: str) -> None:
        name = f"cafe-{stage}"
        delete_function(self.session, f"{name}-next")
        was_there = delete_function(self.session, name)
        pages = self.session.client("events").get_paginator("list_rules")
        for page in pages.paginate(NamePrefix=f"{name}-"):
            for rule in page["Rules"]:
                delete_rule(self.session, rule["Name"])
        self._unsubscribe(f":function:{name}")
        if was_there:
            self.say("The function and its rules are deleted; its log is deleted with the stack.")
        else:
            self.say("There is no function.")

    def _unsubscribe(self, end: str) -> None:
        client = self.session.client("sns")
        for page in client.get_paginator("list_subscriptions").paginate():
            for item in page["Subscriptions"]:
                if item["Protocol"] == "lambda" and item["Endpoint"].endswith(end):
                    client.unsubscribe(SubscriptionArn=item["SubscriptionArn"])

    def remove_stack(self) -> None:
        state = self._state()
        if state.endswith("IN_PROGRESS") and state != "REVIEW_IN_PROGRESS":
            raise StepFailed(
                f"The stack {NAME!r} is in state {state}: wait until it is done, and run this "
                "again."
            )
        if state:
            resources = stack_resources(self.session, NAME)
            unprotect_database(self.session)
            self._wait_for_interfaces(resources.get("FunctionSecurityGroup", ""))
            empty_bucket(self.session, resources.get("SettingsBucket", ""))
            delete_stack(self.session, NAME)
            self.say("The stack is deleted, with the logs and the settings' bucket.")
        else:
            self.say("There is no stack.")
        # The domain of a failed stack used the API until now.
        self._delete_stack("cafe-web")
        # Last: a missing permission for budgets must not keep the database from being deleted.
        self._delete_stack(BUDGET_STACK)

    def _delete_stack(self, name: str) -> None:
        if find_stack(self.session, name) is not None:
            delete_stack(self.session, name)
            self.say(f"The stack {name} is gone.")

    def _wait_for_interfaces(self, group: str) -> None:
        if not group:
            return
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
            f"Lambda has not released its interfaces in the group {group}. Run this again in an "
            "hour; nothing else is left to do."
        )

    def say_what_is_left(self) -> None:
        if find_stack(self.session, "cafe-web"):
            self.left.append("The API, in the stack cafe-web: `script/undeploy all` deletes it.")
        self.left += [
            f"The photos, in the bucket {name}."
            for name in _buckets(self.session)
            # CloudFormation's name for it, which a deleted stack cannot return.
            if name.startswith(f"{NAME}-photobucket-") and not self._state()
        ]
        for snapshot in self.session.client("rds").describe_db_snapshots()["DBSnapshots"]:
            size = Decimal(snapshot.get("AllocatedStorage", 0))
            cost = size * _price("snapshot_gb_month")
            self.left.append(
                f"The database's snapshot {snapshot['DBSnapshotIdentifier']}: at most {cost:.2f} "
                "dollars a month, because its data is smaller than its storage."
            )
        if names := sorted(read_parameters(self.session)):
            self.left.append(f"Parameters of SSM under {PREFIX}, free: {', '.join(names)}.")
        for line in self.left or ["Nothing."]:
            self.say(f"- {line}")
        self.say(f"S3 takes {_price('s3_gb_month')} dollars a month for a gigabyte of photos.")


def _price(name: str) -> Decimal:
    return read_sheet(json.loads(PRICES.read_text(encoding="utf-8"))).prices[name]


def empty_bucket(session: Any, bucket: str) -> None:
    """Delete all objects and versions: CloudFormation deletes only empty buckets."""
    if bucket not in _buckets(session):
        return
    client = session.client("s3")
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if found:
            objects = [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in found]
            client.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})


def _buckets(session: Any) -> list[str]:
    return [item["Name"] for item in session.client("s3").list_buckets()["Buckets"]]
