"""Files that a package needs to start: static files, the CA, and modules for Zappa's handler."""

import json
import shutil
from pathlib import Path

from deploy.packaging.errors import PackageError
from deploy.packaging.interpreter import Interpreter
from deploy.packaging.locks import ROOT
from deploy.packaging.processes import run
from deploy.packaging.stage import Stage, django_application_file

ENTRY = ROOT / "deploy" / "entry" / "handler.py"
ROOT_FILES = ("handler.py", "zappa_settings.py", "django_zappa_app.py", "package_info.json")


def write_root_files(stage: Stage, interpreter: Interpreter, commit: str, target: Path) -> None:
    """Write the files that Zappa's handler needs in the package's root."""
    if stage.lambda_handler != "handler.lambda_handler":
        raise PackageError(
            f'zappa_settings.json has "lambda_handler": "{stage.lambda_handler}"; the package has '
            "handler.lambda_handler, so leave it out."
        )
    shutil.copy(ENTRY, target / "handler.py")
    shutil.copy(django_application_file(), target / "django_zappa_app.py")
    (target / "zappa_settings.py").write_text(stage.settings_module)
    # Zappa writes the builder, the time and a random number, but no version.
    facts = {"stage": stage.name, "python": interpreter.version, "commit": commit}
    (target / "package_info.json").write_text(json.dumps(facts, indent=4) + "\n")


def add_ca_file(stage: Stage, given: Path | None, target: Path) -> None:
    """Copy the database's certificate authority to the path in DATABASE_CA_FILE."""
    if not stage.ca_file:
        if given:
            raise PackageError(
                f"{given} would not be used: DATABASE_CA_FILE is not set in "
                "aws_environment_variables of zappa_settings.json."
            )
        return
    source = given or ROOT / stage.ca_file
    if not source.is_file():
        raise PackageError(
            f"There is no {source}, the certificate authority of the database server "
            "(DATABASE_CA_FILE in zappa_settings.json). For RDS it is one file for all regions: "
            "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem. Put it there, or "
            "name another file with --ca-file."
        )
    text = source.read_text(errors="replace")
    if "BEGIN CERTIFICATE" not in text or "PRIVATE KEY" in text:
        raise PackageError(f"{source} has to contain certificates (PEM) and nothing else.")
    place = target / stage.ca_file
    if not place.resolve().is_relative_to(target.resolve()):
        raise PackageError(
            f"DATABASE_CA_FILE={stage.ca_file!r} in zappa_settings.json has to be a path inside "
            "the project, such as deploy/certificates/rds.pem."
        )
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)


def collect_static(interpreter: Interpreter, target: Path) -> None:
    """Collect the static files with the package itself, which also proves that it starts."""
    facts = {"SECRET_KEY": "for collecting only", "DATABASE_URL": "sqlite://:memory:"}
    run(
        # -S: without the libraries of this machine.
        [interpreter.path, "-B", "-S", "manage.py", "collectstatic", "--no-input", "-v", "0"],
        step="Collecting the static files",
        cwd=target,
        # Every variable is set: the caller's environment must not change the package.
        environment={**facts, "DEBUG": "false", "DJANGO_SETTINGS_MODULE": "cafe_site.settings"},
    )
    manifest = target / "var" / "static" / "staticfiles.json"
    # Sort it, because collectstatic writes it in the machine's directory order.
    manifest.write_text(json.dumps(json.loads(manifest.read_text()), sort_keys=True))
