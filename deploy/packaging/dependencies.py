"""The locked dependencies of a stage, trimmed and compiled in a folder."""

import os
import shutil
import tempfile
from importlib.metadata import Distribution, distributions
from pathlib import Path

from deploy.packaging.compiling import compile_dependencies
from deploy.packaging.driver import PIP_OPTIONS, Tools, make_driver_wheel
from deploy.packaging.errors import PackageError
from deploy.packaging.interpreter import Interpreter
from deploy.packaging.locks import digest_of, lock_of, without
from deploy.packaging.processes import run
from deploy.packaging.trim import trim_dependencies, trim_pillow

# Wheel platforms that run with Lambda's glibc 2.34, the newest first.
_PLATFORMS = ("manylinux_2_34", "manylinux_2_28", "manylinux_2_17", "manylinux2014")


def make_dependencies(
    stage: str, interpreter: Interpreter, tools: Tools, build_folder: Path, *, ours: set[str]
) -> Path:
    """Return a folder with the stage's dependencies for a package.

    It is reused until the lock or this package's code changes. `ours` are the project's names in
    the package's root, see refuse_shadows.
    """
    lock_text = lock_of(stage).read_text()
    driver = make_driver_wheel(interpreter, tools, lock_text, build_folder)
    way = [path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))]
    digest = digest_of(lock_text, str(driver), *sorted(ours), *way)
    kept = build_folder / f"dependencies-{stage}-{interpreter.version}-{digest}"
    if not kept.exists():
        with tempfile.TemporaryDirectory(dir=build_folder) as name:
            work = Path(name)
            _install(work, interpreter, tools, lock_text)
            _add_wheel(work / "target", tools, driver)
            refuse_shadows(work / "target", ours)
            trim_dependencies(work / "target")
            trim_pillow(work / "target", tools)
            compile_dependencies(interpreter, work / "target")
            (work / "target").rename(kept)
    return kept


def _install(work: Path, interpreter: Interpreter, tools: Tools, lock_text: str) -> None:
    """Install wheels for Lambda, independently of this machine; only the driver is built here.

    Dependencies of packages are not resolved, because the lock leaves out what Lambda never
    imports.
    """
    (work / "lock.txt").write_text(without(lock_text, "mysqlclient"))
    platforms = [f"--platform={name}_x86_64" for name in _PLATFORMS]
    run(
        [
            *(tools.python, "-m", "pip", "install", *PIP_OPTIONS, "--no-deps", "--no-compile"),
            *("--only-binary=:all:", *platforms, f"--python-version={interpreter.version}"),
            *("--implementation=cp", f"--abi={interpreter.tag}", "--abi=abi3", "--abi=none"),
            *("--target", work / "target", "-r", work / "lock.txt"),
        ],
        step="Installing the dependencies",
    )


def _add_wheel(target: Path, tools: Tools, wheel: Path) -> None:
    """Install the driver, which was built here, so no lock has its hash."""
    options = [option for option in PIP_OPTIONS if option != "--require-hashes"]
    run(
        [
            *(tools.python, "-m", "pip", "install", *options, "--no-deps", "--no-compile"),
            *("--no-index", "--target", target, wheel),
        ],
        step="Installing the database driver",
    )


def copy_dependencies(kept: Path, target: Path) -> None:
    """Link the dependencies into a package; nothing writes to them there."""
    shutil.copytree(kept, target, copy_function=os.link, dirs_exist_ok=True)


def refuse_shadows(folder: Path, ours: set[str]) -> None:
    """Raise PackageError if a dependency has a top-level name of the project.

    Zappa's packager copies dependencies over the project, so the dependency's module would be
    imported.
    """
    for distribution in distributions(path=[str(folder)]):
        taken = sorted(_top_level_names(distribution) & ours)
        if taken:
            raise PackageError(
                f"{distribution.name} {distribution.version} ships {' and '.join(taken)} at its "
                "top level, which is also a name of the project. Remove that package from "
                "pyproject.toml, or rename the project's."
            )


def _top_level_names(distribution: Distribution) -> set[str]:
    files = distribution.files or []
    return {file.parts[0] for file in files if file.parts[0] not in ("..", "bin")}
