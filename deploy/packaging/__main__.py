"""The command line of script/package, which builds the zip of one stage for Lambda.

Zappa's own packager is not used: it copies dependencies over the project, includes whatever is in
the virtual environment, dates everything 1980 so that no .pyc is valid, and its output is not
reproducible. `zappa deploy STAGE --zip FILE` and `zappa update STAGE --zip FILE` take this zip
unchanged. Like Zappa's, it has in its root:

    handler.py            the Lambda handler: a few lines of ours before Zappa's handler
    zappa_settings.py     the stage's settings, written by Zappa's own code
    django_zappa_app.py   Zappa's entry to Django, for `zappa manage`
    package_info.json     the version of the site
    cafe_site/ reports/ manage.py, var/static/ (collected), the database's CA, and dependencies

The same input gives the same bytes: entries are sorted and dated 1980, and .pyc files do not depend
on dates.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.packaging.archive import write_zip
from deploy.packaging.compiling import compile_project
from deploy.packaging.dependencies import copy_dependencies, make_dependencies
from deploy.packaging.driver import make_tools
from deploy.packaging.errors import PackageError
from deploy.packaging.interpreter import Interpreter, find_interpreter
from deploy.packaging.locks import ROOT
from deploy.packaging.sizes import measure, refuse_too_large
from deploy.packaging.stage import Stage, load_stage
from deploy.packaging.start import ROOT_FILES, add_ca_file, collect_static, write_root_files
from deploy.packaging.trim import PROJECT, copy_project, trim_static_sources

SETTINGS_FILE = ROOT / "zappa_settings.json"
# The dot hides the folder from Zappa's command line. It searches the checkout for imports of
# zappa.websocket, would find those in this copy of Zappa, and deploy a websocket API.
BUILD_FOLDER = ROOT / "var" / "packages" / ".build"


def main() -> int:
    options = _read_arguments()
    try:
        print(build(options.stage, options.ca_file, options.output, options.settings_file))
    except PackageError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/package", description="Build a stage's zip.")
    parser.add_argument("stage", help="a stage of zappa_settings.json: web or reports")
    parser.add_argument(
        "--ca-file", type=Path, help="the database's certificate authority, if it is elsewhere"
    )
    parser.add_argument("--output", type=Path, help="default: var/packages/cafe-STAGE.zip")
    parser.add_argument(
        "--settings-file",
        type=Path,
        default=SETTINGS_FILE,
        help="Zappa's settings, if not zappa_settings.json",
    )
    return parser.parse_args()


def build(
    name: str, ca_file: Path | None, output: Path | None, settings_file: Path = SETTINGS_FILE
) -> Path:
    """Build a stage's package and return its path; it replaces an earlier one when it is complete.

    The package contains values of the settings file, such as the location of environment.json.
    """
    stage = load_stage(name, settings_file)
    interpreter = find_interpreter(stage.runtime)
    BUILD_FOLDER.mkdir(parents=True, exist_ok=True)
    archive = output or ROOT / "var" / "packages" / f"cafe-{name}.zip"
    with (
        tempfile.TemporaryDirectory(dir=BUILD_FOLDER) as folder,
        # In the same folder as the earlier one, so that a rename replaces it atomically.
        tempfile.TemporaryDirectory(dir=archive.parent, prefix=".") as beside,
    ):
        target = Path(folder)
        _fill(target, stage, interpreter, ca_file)
        unfinished = Path(beside) / archive.name
        write_zip(target, unfinished)
        sizes = measure(target, unfinished)
        print("\n".join(sizes.lines()))
        refuse_too_large(name, sizes)
        unfinished.rename(archive)
    return archive


def _fill(target: Path, stage: Stage, interpreter: Interpreter, ca_file: Path | None) -> None:
    add_ca_file(stage, ca_file, target)
    tools = make_tools(interpreter, BUILD_FOLDER)
    ours = {*PROJECT, *ROOT_FILES, "var", "deploy"}
    dependencies = make_dependencies(stage.name, interpreter, tools, BUILD_FOLDER, ours=ours)
    copy_dependencies(dependencies, target)
    copy_project(ROOT, target)
    write_root_files(stage, interpreter, _commit(), target)
    collect_static(interpreter, target)
    trim_static_sources(target)
    modules = [target / name for name in sorted(ours) if name in PROJECT or name.endswith(".py")]
    compile_project(interpreter, target, modules)


def _commit() -> str:
    """Return the version of the checkout, if git knows it."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
