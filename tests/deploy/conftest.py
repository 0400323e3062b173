from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.cloudformation import parsing

from deploy.stack import find_s3_prefix_list
from deploy.template import CLOUD
from tests.deploy.stand_ins import delete_resources, known_types

REGION = "eu-central-1"


class Cloud:
    """A stack of deploy/cloud.yaml in an account of moto's."""

    def __init__(self) -> None:
        self.session = boto3.Session(region_name=REGION)
        self.client = self.session.client("cloudformation")
        self.parameters = {
            "AlarmEmail": "olga@cafe.example",
            "S3PrefixListId": find_s3_prefix_list(self.session),
        }

    def create(self, **changes: str) -> None:
        self._write(self.client.create_stack, changes)

    def update(self, **changes: str) -> None:
        self._write(self.client.update_stack, changes)

    def _write(self, action: Any, changes: dict[str, str]) -> None:
        self.parameters |= changes
        action(
            StackName="cafe",
            TemplateBody=CLOUD.read_text(),
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in self.parameters.items()
            ],
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )


@contextmanager
def make_cloud() -> Iterator[Cloud]:
    models = known_types()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parsing, "get_model_map", lambda: models)
        patch.setattr(parsing, "get_model_list", lambda: list(models.values()))
        patch.setattr(parsing.ResourceMap, "delete", delete_resources)
        with mock_aws():
            yield Cloud()


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with make_cloud() as made:
        yield made


@pytest.fixture(scope="module")
def standing_cloud() -> Iterator[Cloud]:
    """One stack for all tests of a module that only look at it: it takes a second to make."""
    with make_cloud() as made:
        made.create()
        yield made
