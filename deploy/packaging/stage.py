"""The settings of a stage in zappa_settings.json, read and written by Zappa's code."""

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
    # zappa_settings.py, which Zappa's handler reads at every start.
    settings_module: str
    aws_environment_variables: dict[str, str]

    @property
    def ca_file(self) -> str:
        """The path of the database's certificate authority in the package, or empty."""
        return self.aws_environment_variables.get("DATABASE_CA_FILE", "")


def load_stage(name: str, settings_file: Path) -> Stage:
    """Return a stage; raise PackageError if it cannot be deployed."""
    known = _deployable(json.loads(settings_file.read_text()))
    if name not in known:
        raise PackageError(f"There is no stage {name!r}; choose one of: {', '.join(known)}.")
    cli: Any = ZappaCLI()
    cli.api_stage = name
    # Without this, Zappa needs an AWS account, which a build does not.
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
        raise PackageError(f"Zappa does not accept {settings_file.name}: {error}") from error


def _deployable(settings: dict[str, Any]) -> list[str]:
    """Return the stages that no other stage extends: the base is not deployable."""
    bases = {stage.get("extends") for stage in settings.values()}
    return [name for name in settings if name not in bases]


def django_application_file() -> Path:
    """Return the module that Zappa adds next to its handler for Django projects."""
    return Path(zappa.__file__).parent / "ext" / "django_zappa.py"
