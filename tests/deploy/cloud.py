"""The café's stack in a moto account that is as strict as AWS."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3

from deploy.stack import find_s3_prefix_list
from deploy.template import CLOUD, template_body
from tests.deploy.clients import REGION
from tests.deploy.database_options import database_option
from tests.deploy.strict_aws import ORDINARY, AccountFacts, strict_aws


class Cloud:
    """A stack of deploy/cloud.yaml in an account of moto's that is as strict as AWS."""

    def __init__(self, facts: AccountFacts) -> None:
        # What is true of the account; a test may change it between two calls.
        self.facts = facts
        self.answers = facts.answers
        # moto offers databases of another day, and has no price list.
        self.answers.say(
            "rds.DescribeOrderableDBInstanceOptions", OrderableDBInstanceOptions=[database_option()]
        )
        self.answers.say("pricing.GetProducts", PriceList=[])
        self.session = boto3.Session(region_name=REGION)
        self.client = self.session.client("cloudformation")
        self.parameters = {
            "AlarmEmail": "olga@cafe.example",
            "S3PrefixListId": find_s3_prefix_list(self.session),
        }

    def create(self, **changes: str) -> None:
        """Make the stack, which has to stand afterwards."""
        status = self.try_to_create(**changes)
        assert status == "CREATE_COMPLETE", self.failures()

    def update(self, **changes: str) -> None:
        status = self.try_to_update(**changes)
        assert status == "UPDATE_COMPLETE", self.failures()

    def try_to_create(self, **changes: str) -> str:
        """Make the stack, and return the state that it ends in."""
        return self._write(self.client.create_stack, changes)

    def try_to_update(self, **changes: str) -> str:
        return self._write(self.client.update_stack, changes)

    def delete(self) -> str:
        """Delete the stack, and return the state that it ends in."""
        stack_id = self.client.describe_stacks(StackName="cafe")["Stacks"][0]["StackId"]
        self.client.delete_stack(StackName="cafe")
        return self._status(stack_id)

    def failures(self) -> list[str]:
        """Return the events of failures, the oldest one first."""
        events = events_of(self.client, "cafe")
        return [
            f"{event['LogicalResourceId']} {event['ResourceStatus']}: "
            f"{event.get('ResourceStatusReason', '')}"
            for event in reversed(events)
            if event["ResourceStatus"].endswith("FAILED")
        ]

    def _status(self, name: str = "cafe") -> str:
        [stack] = self.client.describe_stacks(StackName=name)["Stacks"]
        return str(stack["StackStatus"])

    def _write(self, action: Any, changes: dict[str, str]) -> str:
        self.parameters |= changes
        action(
            StackName="cafe",
            TemplateBody=template_body(CLOUD),
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in self.parameters.items()
            ],
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        return self._status()


def events_of(client: Any, name: str) -> list[dict[str, Any]]:
    """Return all events of a stack, the newest one first."""
    pages = client.get_paginator("describe_stack_events").paginate(StackName=name)
    return [event for page in pages for event in page["StackEvents"]]


@contextmanager
def make_cloud(facts: AccountFacts = ORDINARY) -> Iterator[Cloud]:
    with strict_aws(facts) as own:
        yield Cloud(own)
