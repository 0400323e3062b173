"""A deployment in a moto account, as script/deploy makes it, and readers of its state."""

import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from deploy.errors import StepFailed
from deploy.packaging.stage import load_stage
from deploy.rollout import packages, steps
from deploy.rollout.__main__ import main
from deploy.stack import read_outputs
from tests.deploy.certificates import Authority
from tests.deploy.cloud import Cloud, events_of
from tests.deploy.played_lambda import PlayedLambda, install

BUILD = steps.build_package


@dataclass
class Builds:
    """Builds the web's package once by script/package, and then returns what a test made of it.

    A build takes ten seconds. That the same checkout makes the same bytes is shown by
    test_package_content.py; and the reports' package is the one that the other tests run, with the
    settings that script/package would put into it.
    """

    folder: Path
    reports: Path
    made: dict[str, Path] = field(default_factory=dict)
    # What the next builds return instead, by stage; or an error that they raise.
    changed: dict[str, Path | StepFailed] = field(default_factory=dict)

    def build(self, stage: str, settings_file: Path, ca_file: Path) -> Path:
        if stage not in self.made:
            kept = self.folder / f"{stage}.zip"
            if stage == "web":
                BUILD(stage, settings_file, ca_file).rename(kept)
            else:
                settings = load_stage(stage, settings_file).settings_module
                _exchange(self.reports, kept, {"zappa_settings.py": settings})
            self.made[stage] = kept
        found = self.changed.get(stage, self.made[stage])
        if isinstance(found, StepFailed):
            raise found
        return found

    def change(self, stage: str, **files: str) -> None:
        """Have the next builds hold other files; a name's dots are its folders."""
        names = {f"{name.replace('.', '/')}.py": content for name, content in files.items()}
        changed = self.folder / f"{stage}-{abs(hash(tuple(names.items())))}.zip"
        _exchange(self.made[stage], changed, names)
        self.changed[stage] = changed


def _exchange(archive: Path, changed: Path, files: dict[str, str]) -> None:
    """Write a zip with some files as they are given, and the others as they were."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(changed, "w") as new:
        for entry in old.infolist():
            # Without its .pyc, which would be taken in the place of what is changed.
            path = PurePosixPath(entry.filename)
            folder = path.parent.parent if path.parent.name == "__pycache__" else path.parent
            source = str(folder / f"{path.name.split('.')[0]}.py")
            if entry.filename not in files and source not in files:
                new.writestr(entry, old.read(entry), compresslevel=1)
        for name, content in files.items():
            new.writestr(name, content)


@dataclass
class Deployed:
    cloud: Cloud
    played: PlayedLambda
    builds: Builds
    authority: Authority

    @property
    def session(self) -> Any:
        return self.cloud.session

    @property
    def settings_file(self) -> Path:
        return self.builds.folder / "zappa_settings.json"

    def deploy(self, *arguments: str) -> int:
        """Run script/deploy's program."""
        return main(
            [*arguments, "--ca-file", str(self.authority.ca)],
            self.session,
            fetch=self.played.fetch,
            settings_file=self.settings_file,
        )

    def function(self, stage: str) -> dict[str, Any]:
        found: dict[str, Any] = self.session.client("lambda").get_function(
            FunctionName=f"cafe-{stage}"
        )
        return found

    def code(self, stage: str) -> str:
        return str(self.function(stage)["Configuration"]["CodeSha256"])

    def permissions(self, stage: str) -> dict[str, tuple[str, str]]:
        """Return who may call a function: service and source, by the permission's name."""
        policy = self.session.client("lambda").get_policy(FunctionName=f"cafe-{stage}")["Policy"]
        return {
            statement["Sid"]: (
                statement["Principal"]["Service"],
                statement["Condition"]["ArnLike"]["AWS:SourceArn"],
            )
            for statement in json.loads(policy)["Statement"]
        }

    def rules(self) -> dict[str, Any]:
        """Return the rules of the schedule with their targets, by name."""
        client = self.session.client("events")
        return {
            rule["Name"]: rule | client.list_targets_by_rule(Rule=rule["Name"])
            for rule in client.list_rules()["Rules"]
        }

    def subscriptions(self) -> list[tuple[str, str]]:
        found = self.session.client("sns").list_subscriptions()["Subscriptions"]
        return sorted((item["TopicArn"], item["Endpoint"]) for item in found)

    def state(self) -> dict[str, Any]:
        """Return all that a deployment could change, to be compared with a later state."""
        client = self.session.client
        functions = [
            item["FunctionName"] for item in client("lambda").list_functions()["Functions"]
        ]
        apis = client("apigateway").get_rest_apis()["items"]
        bucket = read_outputs(self.session)["SettingsBucketName"]
        return {
            "functions": {name: self._function_state(name) for name in functions},
            "rules": _without_metadata(self.rules()),
            "apis": apis,
            "deployments": [
                client("apigateway").get_deployments(restApiId=api["id"])["items"] for api in apis
            ],
            "stages": [
                client("apigateway").get_stages(restApiId=api["id"])["item"] for api in apis
            ],
            "stacks": {
                stack["StackName"]: [
                    stack["StackStatus"],
                    len(events_of(client("cloudformation"), stack["StackName"])),
                ]
                for stack in client("cloudformation").describe_stacks()["Stacks"]
            },
            "subscriptions": self.subscriptions(),
            "objects": client("s3").list_objects_v2(Bucket=bucket)["Contents"],
        }

    def _function_state(self, name: str) -> Any:
        client = self.session.client("lambda")
        found = client.get_function(FunctionName=name)
        return _without_metadata(
            {
                "function": found,
                "versions": client.list_versions_by_function(FunctionName=name)["Versions"],
                "failures": client.get_function_event_invoke_config(FunctionName=name),
                "permissions": self.permissions(name.removeprefix("cafe-"))
                if name == "cafe-reports"
                else {},
            }
        )


def _without_metadata(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: _without_metadata(value)
            for key, value in node.items()
            if key != "ResponseMetadata"
        }
    return [_without_metadata(item) for item in node] if isinstance(node, list) else node


@contextmanager
def make_deployed(
    cloud: Cloud,
    make_played: Callable[[ExitStack], PlayedLambda],
    authority: Authority,
    builds: Builds,
) -> Iterator[Deployed]:
    """Yield an account with nothing in it, on which stages can be deployed."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        played = make_played(stack)
        install(played, patch)
        patch.setattr(steps, "build_package", builds.build)
        # Whatever the checkout's own folder holds is somebody's.
        patch.setattr(packages, "FOLDER", builds.folder / "built")
        yield Deployed(cloud, played, builds, authority)
