"""The .pyc files of a package: valid whatever the date of their sources says.

Entries of the zip are dated 1980, which is not what a .pyc made here would remember: so each is
told not to look at its source. A package without valid ones takes three times as long to start.
"""

from collections.abc import Iterable
from pathlib import Path

from deploy.packaging.interpreter import Interpreter
from deploy.packaging.processes import run

# Where Lambda unpacks a package, and so what a traceback names.
TASK_FOLDER = "/var/task"


def compile_project(interpreter: Interpreter, folder: Path, paths: Iterable[Path]) -> None:
    """Compile the project's modules; the sources stay, so that a traceback shows their lines."""
    _compile(interpreter, folder, paths)


def compile_dependencies(interpreter: Interpreter, folder: Path) -> None:
    """Compile all modules of a folder, and delete their sources.

    That is 5 MiB less for Lambda to unpack. A traceback still names their files and lines.
    """
    # -b: each beside its source, where Python takes it when there is no source.
    _compile(interpreter, folder, sorted(folder.iterdir()), "-b")
    for source in folder.rglob("*.py"):
        source.unlink()


def _compile(interpreter: Interpreter, folder: Path, paths: Iterable[Path], *options: str) -> None:
    run(
        [
            *(interpreter.path, "-S", "-m", "compileall", "-q"),
            "--invalidation-mode=unchecked-hash",
            *("-s", folder, "-p", TASK_FOLDER, *options, *paths),
        ],
        step="Compiling the modules",
        # Sets are written in the order of their hashes: the same one each time.
        environment={"PYTHONHASHSEED": "0"},
    )
