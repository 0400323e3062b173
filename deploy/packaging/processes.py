"""Running the programs that build a package."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.packaging.errors import PackageError

# How many of a program's last lines are shown.
_LAST_LINES = 15


def run(
    command: Sequence[object],
    *,
    step: str,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run a program and return what it printed; raise PackageError with its last words."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        last = "\n".join(f"  {line}" for line in done.stdout.strip().splitlines()[-_LAST_LINES:])
        raise PackageError(f"{step} failed with status {done.returncode}:\n{last}")
    return done.stdout
