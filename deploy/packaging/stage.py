"""What zappa_settings.json says of a stage, read and written by Zappa's own code."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zappa
from click import ClickException
from zappa.cli import ZappaCLI

from deploy.packaging.errors import PackageError


@dataclass(frozen=True, slots=True)
class Stage:
    name: str
    runtime: str
    lambda_handler: str
    # zappa_settings.py, which Zappa's handler reads at each start.
    settings_module: str
    aws_environment_variables: dict[str, str]

    @property
    def ca_file(self) -> str:
        """Where in the package the certificate authority of the database lies; or nothing."""
        return self.aws_environment_variables.get("DATABASE_CA_FILE", "")


def load_stage(name: str, settings_file: Path) -> Stage:
    """Return a stage; raise PackageError if it is none that can be deployed."""
    known = _deployable(json.loads(settings_file.read_text()))
    if name not in known:
        raise PackageError(f"There is no stage {name!r}; choose one of: {', '.join(known)}.")
    cli: Any = ZappaCLI()
    cli.api_stage = name
    # Without this Zappa asks for an AWS account, which building a package needs none of.
    cli.load_credentials = False
    try:
        cli.load_settings(str(settings_file))
        return Stage(
            name=name,
            runtime=cli.runtime,
            lambda_handler=cli.lambda_handler,
            settings_module=cli.get_zappa_settings_string(),
            aws_environment_variables=dict(cli.aws_environment_variables),
        )
    except (ClickException, ValueError) as error:
        raise PackageError(f"Zappa does not take {settings_file.name}: {error}") from error


def _deployable(settings: dict[str, Any]) -> list[str]:
    """Return the stages that no other one extends: the base is no stage to deploy."""
    bases = {stage.get("extends") for stage in settings.values()}
    return [name for name in settings if name not in bases]


def django_application_file() -> Path:
    """Return the module that Zappa lays beside its handler for a Django project."""
    return Path(zappa.__file__).parent / "ext" / "django_zappa.py"
