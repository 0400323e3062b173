"""Both packages, built once for all processes of a test run, and what they run with."""

import os
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.packaging.errors import PackageError
from deploy.packaging.interpreter import Interpreter, find_interpreter
from deploy.packaging.locks import ROOT
from deploy.packaging.stage import load_stage
from tests.deploy.aws_stand_in import AwsStandIn, running_aws
from tests.deploy.bare_python import locked, make_bare_python
from tests.deploy.certificates import Authority, authority_in, make_authority
from tests.deploy.lambda_function import Package
from tests.deploy.mariadb_server import MariadbServer, is_installed, running_mariadb

STAGES = ("web", "reports")
SETTINGS_FILE = ROOT / "zappa_settings.json"


@pytest.hookimpl(tryfirst=True)  # Before -m looks at the marks.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and "packages" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.package)


def leave_out(reason: str) -> None:
    """Skip where a program is missing; never in CI, where nothing may be left out."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def interpreter() -> Interpreter:
    runtime = load_stage("web", SETTINGS_FILE).runtime
    try:
        return find_interpreter(runtime)
    except PackageError as error:
        leave_out(str(error))
        raise


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all processes of this run share, and no other run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "packages"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def authority(shared_folder: Path) -> Authority:
    with locked(shared_folder / "authority.lock"):
        folder = shared_folder / "authority"
        if not folder.exists():
            make_authority(folder, "127.0.0.1")
        return authority_in(folder)


@pytest.fixture(scope="session")
def bare_python(interpreter: Interpreter) -> Path:
    return make_bare_python(interpreter)


@pytest.fixture(scope="session")
def packages(
    shared_folder: Path, authority: Authority, interpreter: Interpreter, bare_python: Path
) -> dict[str, Package]:
    """Build both packages with script/package, as anybody would, and unpack them."""
    found = {}
    for stage in STAGES:
        archive = shared_folder / f"cafe-{stage}.zip"
        folder = shared_folder / stage
        # One after the other: both would make the same driver and tools.
        with locked(shared_folder / "build.lock"):
            if not folder.exists():
                build_package(stage, "--ca-file", str(authority.ca), "--output", str(archive))
                with zipfile.ZipFile(archive) as zipped:
                    zipped.extractall(folder)
        variables = load_stage(stage, SETTINGS_FILE).aws_environment_variables
        found[stage] = Package(stage, archive, folder, bare_python, variables)
    return found


def build_package(*arguments: str) -> str:
    done = subprocess.run(
        [ROOT / "script" / "package", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def mariadb(authority: Authority) -> Iterator[MariadbServer]:
    """A server with TLS, and a certificate for 127.0.0.1."""
    if not is_installed():
        leave_out("MariaDB's server is missing: Debian's package mariadb-server-core.")
    with running_mariadb(authority) as server:
        yield server


@pytest.fixture
def aws() -> Iterator[AwsStandIn]:
    with running_aws() as stand_in:
        yield stand_in
