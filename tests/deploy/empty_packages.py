"""A deployment of empty packages: it makes all AWS calls, but its functions cannot run."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from deploy.rollout import checks, packages, smoke, steps
from deploy.rollout.__main__ import main
from tests.deploy.cloud import Cloud
from tests.deploy.played_lambda import install
from tests.deploy.runtime_api import Outcome


@dataclass
class SilentLambda:
    """Takes every event and answers nothing; `runs` are the events by the function's name."""

    runs: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def invoke(self, name: str, event: dict[str, Any]) -> Outcome:
        self.runs.append((name, event))
        return Outcome()

    def log_of(self, name: str) -> str:
        return f"the log of {name}"

    def stop(self, name: str) -> None:
        """Nothing runs."""


@dataclass
class EmptyDeployment:
    cloud: Cloud
    folder: Path
    played: SilentLambda = field(default_factory=SilentLambda)
    # What a test writes into the next package.
    change: str = ""

    @property
    def settings_file(self) -> Path:
        return self.folder / "zappa_settings.json"

    def deploy(self, *arguments: str) -> int:
        """Run script/deploy's program."""
        return main(
            [*arguments, "--ca-file", str(Path(__file__))],
            self.cloud.session,
            fetch=lambda _address: b"fine",
            settings_file=self.settings_file,
        )

    def build(self, stage: str, *_: Any) -> Path:
        archive = self.folder / f"{stage}.zip"
        if not archive.exists():
            with zipfile.ZipFile(archive, "w") as zipped:
                zipped.writestr("handler.py", f"# {stage} {self.change}")
        return archive


@contextmanager
def make_empty_deployment(cloud: Cloud, folder: Path) -> Iterator[EmptyDeployment]:
    made = EmptyDeployment(cloud, folder)
    with pytest.MonkeyPatch.context() as patch:
        install(made.played, patch)  # type: ignore[arg-type]
        patch.setattr(steps, "build_package", made.build)
        patch.setattr(packages, "FOLDER", folder / "built")
        patch.setattr(smoke, "PAUSE_SECONDS", 0)
        # A process and all migrations for each run, which test_rollout.py looks at.
        patch.setattr(checks, "check_settings", lambda *_: "The settings were not looked at.")
        patch.setattr(checks, "check_migrations", lambda *_: [])
        yield made
