"""The Python interpreter for building a package, of the same version as on Lambda."""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.packaging.errors import PackageError

# mysqlclient's own libraries are built against glibc 2.34, which Lambda has from 3.12 on.
VERSIONS = ("3.13", "3.12")


@dataclass(frozen=True, slots=True)
class Interpreter:
    path: Path
    version: str  # such as 3.13

    @property
    def tag(self) -> str:
        """The version in wheel tags, such as cp313."""
        return "cp" + self.version.replace(".", "")


def find_interpreter(runtime: str) -> Interpreter:
    """Return the Python of a stage's Lambda runtime; raise PackageError if it is not installed."""
    version = runtime.removeprefix("python")
    if version not in VERSIONS:
        raise PackageError(
            f'zappa_settings.json has "runtime": "{runtime}"; a package can be built for '
            f"{' or '.join(f'python{known}' for known in VERSIONS)}."
        )
    found = {known: path for known in VERSIONS if (path := _find(known))}
    if version in found:
        return Interpreter(found[version], version)
    remedy = "".join(
        f', or set "runtime": "python{other}" in zappa_settings.json, which is at {path}'
        for other, path in found.items()
    )
    raise PackageError(
        f'zappa_settings.json has "runtime": "{runtime}", and no Python {version} is on the PATH '
        f"or among pyenv's. Install it, such as with `pyenv install {version}`{remedy}."
    )


def _find(version: str) -> Path | None:
    """Return the real interpreter of a version. Candidates are run: a pyenv shim may be broken."""
    for candidate in _candidates(version):
        try:
            done = subprocess.run(
                [candidate, "-c", "import sys; print(sys.version); print(sys.executable)"],
                capture_output=True,
                text=True,
                check=False,
            )
        except OSError:
            continue
        lines = done.stdout.splitlines()
        if done.returncode == 0 and lines[0].startswith(f"{version}."):
            return Path(lines[-1])
    return None


def _candidates(version: str) -> Iterator[Path | str]:
    yield f"python{version}"
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    versions = [path for path in root.glob(f"versions/{version}.*") if path.is_dir()]
    for folder in sorted(versions, key=_release_of, reverse=True):
        yield folder / "bin" / f"python{version}"


def _release_of(folder: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", folder.name))
