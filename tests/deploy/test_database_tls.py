"""Tests that the start stops with a message if TLS is set and the database server is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cafe_site.database import tls_sentence
from deploy.packaging.locks import ROOT
from tests.deploy.aws_stand_in import AwsStandIn
from tests.deploy.certificates import Authority, make_authority
from tests.deploy.conftest import leave_out
from tests.deploy.gateway import SITE
from tests.deploy.lambda_function import Package, running_function
from tests.deploy.mariadb_server import (
    NAME,
    PASSWORD,
    USER,
    MariadbServer,
    is_installed,
    running_mariadb,
)
from tests.deploy.remote_environment import write_remote_environment

TOPIC = "arn:aws:sns:eu-central-1:123456789012:cafe-reports"
NO_TLS = (
    "The database server 127.0.0.1 does not offer TLS, but DATABASE_CA_FILE='{ca}' requires it."
)
OTHER_CA = "The authority in DATABASE_CA_FILE='{ca}' has not signed the certificate"
OTHER_NAME = "The database server's certificate is not for the host name '127.0.0.1'"


def facts_for(server: MariadbServer) -> dict[str, str]:
    password = PASSWORD.replace(" ", "%20")
    return {
        "SECRET_KEY": "of the tests",
        "SITE_URL": SITE,
        "REPORT_TOPIC_ARN": TOPIC,
        "DATABASE_URL": f"mysql://{USER}:{password}@127.0.0.1:{server.port}/{NAME}",
    }


def start(package: Package, aws: AwsStandIn, server: MariadbServer, log: Path) -> str:
    """Have the package reach a server; return the error that Lambda receives, or nothing."""
    write_remote_environment(aws, **facts_for(server))
    with running_function(package, log, AWS_ENDPOINT_URL_S3=aws.address) as function:
        error = function.api.init_error
        if package.stage == "web" and error is None:
            # It opens no connection before it needs one; script/deploy asks it this.
            command = "cafe_site.deployment.list_missing_migrations"
            error = function.invoke({"command": command}).error
    return "" if error is None else f"{error['errorType']}: {error['errorMessage']}"


def check(server: MariadbServer, ca_file: Path) -> subprocess.CompletedProcess[str]:
    """Run `manage.py check --database default`, as the operator does before a deployment."""
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--database", "default"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **facts_for(server), "DATABASE_CA_FILE": str(ca_file)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def other_authority(tmp_path: Path) -> Authority:
    return make_authority(tmp_path / "other", "127.0.0.1")


@pytest.fixture
def authority_of_another_host(tmp_path: Path, authority: Authority) -> Authority:
    """A certificate that our authority made, for another server of ours."""
    return make_authority(tmp_path / "name", "db.cafe.example", signed_by=authority)


@pytest.mark.parametrize("stage", ["web", "reports"])
def test_a_server_without_tls_stops_the_start(
    packages: dict[str, Package], aws: AwsStandIn, tmp_path: Path, stage: str
) -> None:
    package = packages[stage]
    with running_mariadb(None) as server:
        error = start(package, aws, server, tmp_path / "log")
        checked = check(server, package.folder / "deploy/certificates/rds.pem")

        # The password was never sent.
        assert server.query("SHOW GLOBAL STATUS LIKE 'Aborted_connects'") != [
            ("Aborted_connects", "0")
        ]
    sentence = NO_TLS.format(ca=package.folder / "deploy/certificates/rds.pem")
    assert error.startswith(f"DatabaseRefused: {sentence} Turn TLS on at the server;")
    assert checked.returncode == 1
    assert sentence in checked.stderr


def test_a_server_of_another_authority_stops_the_start(
    packages: dict[str, Package], aws: AwsStandIn, tmp_path: Path, other_authority: Authority
) -> None:
    package = packages["web"]
    with running_mariadb(other_authority) as server:
        error = start(package, aws, server, tmp_path / "log")
        checked = check(server, package.folder / "deploy/certificates/rds.pem")

    sentence = OTHER_CA.format(ca=package.folder / "deploy/certificates/rds.pem")
    assert error.startswith(f"DatabaseRefused: {sentence}")
    assert "for RDS, use the newest bundle" in error
    assert sentence in checked.stderr


def test_a_server_of_another_name_stops_the_start(
    packages: dict[str, Package],
    aws: AwsStandIn,
    tmp_path: Path,
    authority_of_another_host: Authority,
) -> None:
    package = packages["web"]
    with running_mariadb(authority_of_another_host) as server:
        error = start(package, aws, server, tmp_path / "log")
        checked = check(server, package.folder / "deploy/certificates/rds.pem")

    assert error.startswith(f"DatabaseRefused: {OTHER_NAME} in DATABASE_URL.")
    assert OTHER_NAME in checked.stderr


def test_the_right_server_starts_and_passes_the_check(
    packages: dict[str, Package], aws: AwsStandIn, tmp_path: Path, mariadb: MariadbServer
) -> None:
    package = packages["web"]

    error = start(package, aws, mariadb, tmp_path / "log")
    checked = check(mariadb, package.folder / "deploy/certificates/rds.pem")

    assert error == ""
    assert checked.returncode == 0, checked.stderr


def test_each_server_has_a_temporary_folder_of_its_own(mariadb: MariadbServer) -> None:
    [(temporary,)] = mariadb.query("SELECT @@tmpdir")

    # A server that starts removes all temporary tables there: the suite's database would lose its.
    assert Path(temporary) == Path(mariadb.unix_socket).parent


def test_a_server_that_is_away_does_not_stop_the_start(
    packages: dict[str, Package], aws: AwsStandIn, tmp_path: Path
) -> None:
    log = tmp_path / "log"

    error = start(packages["reports"], aws, MariadbServer(1, ""), log)

    assert error == ""
    assert "database_unreachable host=127.0.0.1" in log.read_text()


def test_the_authoritys_file_is_looked_for_where_the_project_lies(tmp_path: Path) -> None:
    if not is_installed():
        leave_out("MariaDB's server is missing: Debian's package mariadb-server-core.")
    with running_mariadb(None) as server:
        checked = check(server, Path("deploy/certificates/none.pem"))

    place = ROOT / "deploy/certificates/none.pem"
    assert f"DATABASE_CA_FILE='{place}' is not a file." in checked.stderr


@pytest.mark.parametrize(
    "error",
    [
        Exception(),
        Exception(2002, "Can't connect to server on '127.0.0.1' (111)"),
        Exception(2026, "TLS/SSL error: unexpected eof while reading"),
    ],
    ids=str,
)
def test_other_errors_say_nothing_of_tls(error: Exception) -> None:
    assert tls_sentence(error) == ""
