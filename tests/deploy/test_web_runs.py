"""Tests of the web's package run as on Lambda: API Gateway's events, MariaDB over TLS."""

import re
from pathlib import Path

import pytest

from deploy.packaging.driver import PLUGIN_FOLDER
from tests.deploy.aws_stand_in import AwsStandIn
from tests.deploy.conftest import PHOTO, PICTURE
from tests.deploy.gateway import GatewayBrowser
from tests.deploy.lambda_function import LambdaFunction, Package, running_function
from tests.deploy.mariadb_server import NAME, PASSWORD, USER, MariadbServer


@pytest.fixture
def browser(web: LambdaFunction) -> GatewayBrowser:
    return GatewayBrowser(web)


@pytest.mark.parametrize("stage", ["web", "reports"])
def test_the_driver_is_the_packages_own(
    stage: str, packages: dict[str, Package], request: pytest.FixtureRequest
) -> None:
    function: LambdaFunction = request.getfixturevalue(stage)

    loaded = [path for path in function.libraries() if "libmariadb" in path]

    folder = packages[stage].folder / "mysqlclient.libs"
    assert [Path(path).parent for path in loaded] == [folder]


@pytest.mark.parametrize("plugin", ["caching_sha2_password", "client_ed25519"])
def test_the_driver_loads_the_packages_own_plugins(
    packages: dict[str, Package], mariadb: MariadbServer, plugin: str
) -> None:
    # MySQL 8 and MariaDB ask for these; here the server then asks for the one that it has.
    package = packages["web"]
    code = f"""
import os, MySQLdb
ssl = {{"ca": os.environ["DATABASE_CA_FILE"]}}
MySQLdb.connect(host="127.0.0.1", port={mariadb.port}, user={USER!r}, password={PASSWORD!r},
                auth_plugin={plugin!r}, ssl_mode="VERIFY_IDENTITY", ssl=ssl)
print(*{{line.split()[-1] for line in open("/proc/self/maps") if {plugin!r} in line}})
"""

    assert package.run(code).strip() == str(package.folder / PLUGIN_FOLDER / f"{plugin}.so")


def test_the_menu_page_comes_through_the_gateway(browser: GatewayBrowser) -> None:
    answer = browser.get("/")

    assert answer.status == 200
    assert answer.headers["Content-Type"] == ["text/html; charset=utf-8"]
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"][0]
    assert "Café Linde" in answer.text
    assert "Cheesecake" in answer.text


def test_a_static_file_comes_compressed_and_by_its_hashed_name(browser: GatewayBrowser) -> None:
    [style, *_] = re.findall(r'href="(/static/css/[^"]+)"', browser.get("/").text)

    answer = browser.get(style, **{"Accept-Encoding": "gzip"})

    assert re.fullmatch(r"/static/css/\w+\.[0-9a-f]{12}\.css", style)
    assert (answer.status, answer.headers["Content-Encoding"]) == (200, ["gzip"])
    assert "immutable" in answer.headers["Cache-Control"][0]
    assert "{" in answer.text


def test_a_photo_comes_byte_by_byte(browser: GatewayBrowser) -> None:
    answer = browser.get(f"/photos/{PHOTO}")

    assert (answer.status, answer.headers["Content-Type"]) == (200, ["image/avif"])
    assert answer.content == PICTURE


def connections_of(mariadb: MariadbServer) -> int:
    rows = mariadb.query("SELECT id FROM information_schema.processlist WHERE user = %s", USER)
    return len(rows)


def test_pictures_and_styles_open_no_connection_and_a_page_opens_one(
    packages: dict[str, Package],
    variables: dict[str, str],
    browser: GatewayBrowser,
    mariadb: MariadbServer,
    tmp_path: Path,
) -> None:
    # A first visitor's browser has a dozen processes started at once, most of them for pictures.
    [style, *_] = re.findall(r'href="(/static/css/[^"]+)"', browser.get("/").text)
    before = connections_of(mariadb)
    found, statuses = [], []

    with running_function(packages["web"], tmp_path / "log", **variables) as function:
        mine = GatewayBrowser(function)
        for path in (style, f"/photos/{PHOTO}", "/"):
            statuses.append(mine.get(path).status)
            found.append(connections_of(mariadb) - before)

    assert statuses == [200, 200, 200]
    assert found == [0, 0, 1]


@pytest.mark.parametrize("stage", ["web", "reports"])
@pytest.mark.parametrize(
    "event",
    [
        {"raw_command": "print('the event ran')"},
        {"command": "os.getcwd"},
        {"manage": "shell -c print(1)"},
    ],
    ids=lambda event: next(iter(event)),
)
@pytest.mark.usefixtures("packages")
def test_no_event_runs_other_code(
    event: dict[str, str], stage: str, request: pytest.FixtureRequest
) -> None:
    function: LambdaFunction = request.getfixturevalue(stage)

    outcome = function.invoke(event)

    assert outcome.error is not None
    assert outcome.error["errorType"] == "EventRefused"
    assert "the event ran\n" not in function.log


def test_an_order_is_placed_and_its_mail_goes_by_an_asynchronous_call(
    browser: GatewayBrowser, function_aws: AwsStandIn, mariadb: MariadbServer
) -> None:
    browser.submit(browser.page("/products/cheesecake/"), "/basket/add/", quantity="2")
    page = browser.submit(
        browser.page("/checkout/"), "/checkout/", name="Ada Lovelace", email="ada@example.com"
    )

    assert "Cheesecake" in page.text
    rows = mariadb.query(
        f"SELECT status, gross_amount FROM {NAME}.orders_order WHERE customer_email = %s",
        "ada@example.com",
    )
    assert len(rows) == 1
    [(function, payload)] = function_aws.calls
    assert function == "cafe-web"
    # Lambda may deliver a call twice, and to a process that has been frozen for an hour.
    for _copy in range(2):
        mariadb.close_connections()
        sent = browser.function.invoke(payload)
        assert sent.error is None, browser.function.log
    assert browser.function.log.count("To: ada@example.com") == 1


def test_a_page_answers_after_the_database_has_closed_the_connection(
    browser: GatewayBrowser, mariadb: MariadbServer
) -> None:
    before = browser.get("/healthz").status
    mariadb.close_connections()

    after = browser.get("/healthz")

    assert (before, after.status) == (200, 200)
    assert '"database": "ok"' in after.text
