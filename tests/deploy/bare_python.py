"""A Python environment with only the packages of Lambda's image."""

import fcntl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.packaging.interpreter import Interpreter
from deploy.packaging.locks import ROOT, digest_of, lock_of

BUILD_FOLDER = ROOT / "var" / "packages" / ".build"


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Let one process at a time in, of all that know the file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def make_bare_python(interpreter: Interpreter) -> Path:
    """Return a Python with requirements/lambda.txt alone; it is kept for the next run."""
    lock = lock_of("lambda")
    digest = digest_of(lock.read_bytes(), str(interpreter.path))
    folder = BUILD_FOLDER / f"lambda-{interpreter.version}-{digest}"
    with locked(BUILD_FOLDER / "lambda.lock"):
        if not (folder / "complete").exists():
            subprocess.run([interpreter.path, "-m", "venv", "--clear", folder], check=True)
            subprocess.run(
                [
                    *(folder / "bin" / "python", "-m", "pip", "install", "--quiet"),
                    *("--disable-pip-version-check", "--require-hashes", "-r", lock),
                ],
                check=True,
            )
            (folder / "complete").touch()
    return folder / "bin" / "python"
