"""Fixtures: both packages, built once for all test processes, and a stack in a moto account."""

import os
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.packaging.errors import PackageError
from deploy.packaging.interpreter import Interpreter, find_interpreter
from deploy.packaging.locks import ROOT
from deploy.packaging.stage import load_stage
from tests.deploy.aws_stand_in import AwsStandIn, running_aws
from tests.deploy.bare_python import locked, make_bare_python
from tests.deploy.certificates import Authority, authority_in, make_authority
from tests.deploy.cloud import Cloud, make_cloud
from tests.deploy.gateway import SITE
from tests.deploy.lambda_function import LambdaFunction, Package, running_function
from tests.deploy.mariadb_server import (
    NAME,
    PASSWORD,
    USER,
    MariadbServer,
    is_installed,
    running_mariadb,
)
from tests.deploy.remote_environment import write_remote_environment
from tests.deploy.shared_clients import shared_clients
from tests.deploy.strict_aws import AccountFacts, strict_aws
from tests.faults.sns_stand_in import SnsStandIn, running_sns

STAGES = ("web", "reports")
SETTINGS_FILE = ROOT / "zappa_settings.json"
BESIDE = Path(__file__).parent / "beside"
# The topic of take_receipt in zappa_settings.json.
TOPIC = "arn:aws:sns:eu-central-1:123456789012:cafe-reports"
PICTURE = b"\x00\x00\x00 ftypavif" + bytes(range(256))
PHOTO = f"{'0123456789abcdef' * 2}-320.avif"


@pytest.fixture(scope="session", autouse=True)
def same_clients() -> Iterator[None]:
    with shared_clients():
        yield


@pytest.fixture(scope="session", autouse=True)
def ready_machine() -> Iterator[None]:
    """Make the machine able to build packages, for tests that build none."""
    with pytest.MonkeyPatch.context() as patch:
        found = Interpreter(Path("/usr/bin/python3.13"), "3.13")
        patch.setattr("deploy.account.machine.find_interpreter", lambda _runtime: found)
        patch.setattr("deploy.account.machine.PROGRAMS", {})
        yield


@pytest.hookimpl(tryfirst=True)  # Before -m looks at the marks.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in (item for item in items if here in item.path.parents):
        item.add_marker(pytest.mark.deployment)
        names = getattr(item, "fixturenames", ())
        if "packages" in names or "mariadb" in names:
            item.add_marker(pytest.mark.package)
            # One process has them all: a server and two functions less to start.
            item.add_marker(pytest.mark.xdist_group("package"))


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


@pytest.fixture
def facts() -> Iterator[AccountFacts]:
    """The facts of an empty account."""
    with strict_aws() as own:
        yield own


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with make_cloud() as made:
        yield made


@pytest.fixture(scope="module")
def standing_cloud() -> Iterator[Cloud]:
    """One stack for all tests of a module that only look at it: it takes a second to make."""
    with make_cloud() as made:
        made.create()
        yield made


@pytest.fixture(scope="session")
def sns() -> Iterator[SnsStandIn]:
    with running_sns() as stand_in:
        yield stand_in


@pytest.fixture(scope="session")
def function_aws(mariadb: MariadbServer) -> Iterator[AwsStandIn]:
    """S3 with the deployment's settings and a photo, and Lambda's asynchronous calls."""
    with running_aws() as aws:
        password = PASSWORD.replace(" ", "%20")
        write_remote_environment(
            aws,
            SECRET_KEY="of the tests",
            SITE_URL=SITE,
            SHOP_NAME="Café Linde",
            DATABASE_URL=f"mysql://{USER}:{password}@127.0.0.1:{mariadb.port}/{NAME}",
            MEDIA_BUCKET="photos",
            REPORT_TOPIC_ARN=TOPIC,
        )
        aws.objects[f"photos/photos/{PHOTO}"] = PICTURE
        yield aws


@pytest.fixture(scope="session")
def variables(function_aws: AwsStandIn, sns: SnsStandIn) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL_S3": function_aws.address,
        "AWS_ENDPOINT_URL_LAMBDA": function_aws.address,
        "AWS_ENDPOINT_URL_SNS": sns.address,
    }


@pytest.fixture(scope="session")
def web(
    packages: dict[str, Package],
    variables: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[LambdaFunction]:
    """The web stage, on a database that its own migrations have made."""
    log = tmp_path_factory.mktemp("log") / "web.log"
    with running_function(packages["web"], log, modules=BESIDE, **variables) as function:
        migrated = function.invoke({"manage": "migrate --verbosity 0 --no-input"})
        opened = function.invoke({"play": "open_shop"})
        assert (migrated.error, opened.error) == (None, None), function.log
        yield function


@pytest.fixture(scope="session")
def reports(
    packages: dict[str, Package],
    variables: dict[str, str],
    # The tables are the web's: both stages have one database.
    web: LambdaFunction,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[LambdaFunction]:
    log = tmp_path_factory.mktemp("log") / "reports.log"
    with running_function(packages["reports"], log, modules=BESIDE, **variables) as function:
        yield function


@pytest.fixture
def sell_on(reports: LambdaFunction, mariadb: MariadbServer) -> Iterator[Callable[[str], None]]:
    """Return what writes an order of a day; there is none of it any more after the test."""
    days = []

    def sell(day: str) -> None:
        days.append(day)
        assert reports.invoke({"play": "sell_on", "day": day}).error is None

    yield sell
    for day in days:
        mariadb.query(
            f"DELETE line FROM {NAME}.orders_orderline AS line JOIN {NAME}.orders_order AS placed "
            "ON placed.id = line.order_id WHERE placed.business_day = %s",
            day,
        )
        mariadb.query(f"DELETE FROM {NAME}.orders_order WHERE business_day = %s", day)
