"""The .pyc files of a package, which are valid whatever the date of their sources.

Zip entries are dated 1980, so normal .pyc files would be invalid. These are compiled as unchecked
hash-based files. Without valid ones, a package takes three times as long to start.
"""

from collections.abc import Iterable
from pathlib import Path

from deploy.packaging.interpreter import Interpreter
from deploy.packaging.processes import run

# Where Lambda unpacks a package; tracebacks show this path.
TASK_FOLDER = "/var/task"


def compile_project(interpreter: Interpreter, folder: Path, paths: Iterable[Path]) -> None:
    """Compile the project's modules; the sources stay, so that tracebacks show their lines."""
    _compile(interpreter, folder, paths)


def compile_dependencies(interpreter: Interpreter, folder: Path) -> None:
    """Compile all modules of a folder, and delete their sources.

    That saves 5 MiB when Lambda unpacks. Tracebacks still name files and line numbers.
    """
    # -b: next to the source, where Python finds a .pyc without source.
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
        # A fixed hash seed, because sets are written in hash order.
        environment={"PYTHONHASHSEED": "0"},
    )
