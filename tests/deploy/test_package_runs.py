"""The packages as Lambda runs them: awslambdaric, MariaDB over TLS, and stand-ins for AWS."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.packaging.driver import PLUGIN_FOLDER
from tests.deploy.aws_stand_in import AwsStandIn, running_aws
from tests.deploy.gateway import SITE, GatewayBrowser
from tests.deploy.lambda_function import LambdaFunction, Package, running_function
from tests.deploy.mariadb_server import NAME, PASSWORD, USER, MariadbServer
from tests.deploy.remote_environment import write_remote_environment
from tests.faults.sns_stand_in import SnsStandIn, running_sns

BESIDE = Path(__file__).parent / "beside"
# The topic of take_receipt in zappa_settings.json.
TOPIC = "arn:aws:sns:eu-central-1:123456789012:cafe-reports"
SCHEDULE = "arn:aws:events:eu-central-1:123456789012:rule/cafe-reports-"
PICTURE = b"\x00\x00\x00 ftypavif" + bytes(range(256))
PHOTO = f"{'0123456789abcdef' * 2}-320.avif"


@pytest.fixture(scope="module")
def sns() -> Iterator[SnsStandIn]:
    with running_sns() as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def cloud(mariadb: MariadbServer) -> Iterator[AwsStandIn]:
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


@pytest.fixture(scope="module")
def variables(cloud: AwsStandIn, sns: SnsStandIn) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL_S3": cloud.address,
        "AWS_ENDPOINT_URL_LAMBDA": cloud.address,
        "AWS_ENDPOINT_URL_SNS": sns.address,
    }


@pytest.fixture(scope="module")
def web(
    packages: dict[str, Package],
    variables: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[LambdaFunction]:
    """The web stage, on a database that its own migrations have made."""
    log = tmp_path_factory.mktemp("log") / "web.log"
    with running_function(packages["web"], log, modules=BESIDE, **variables) as function:
        migrated = function.invoke({"manage": "migrate --verbosity 0 --no-input"})
        opened = function.invoke({"command": "play.open_shop"})
        assert (migrated.error, opened.error) == (None, None), function.log
        yield function


@pytest.fixture(scope="module")
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


def test_an_order_is_placed_and_its_mail_goes_by_an_asynchronous_call(
    browser: GatewayBrowser, cloud: AwsStandIn, mariadb: MariadbServer
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
    [(function, payload)] = cloud.calls
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


def scheduled(function: str, time: str) -> dict[str, Any]:
    """Return what EventBridge sends for a rule that Zappa has made."""
    return {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": time,
        "region": "eu-central-1",
        "resources": [f"{SCHEDULE}{function}"],
        "detail": {},
    }


def deliveries(mariadb: MariadbServer, day: str) -> list[tuple[Any, ...]]:
    return mariadb.query(
        f"SELECT state, message_id FROM {NAME}.reports_delivery AS delivery "
        f"JOIN {NAME}.reports_report AS report ON report.id = delivery.report_id "
        "WHERE business_day = %s",
        day,
    )


@pytest.fixture
def sunday(reports: LambdaFunction, sns: SnsStandIn) -> Iterator[str]:
    """A closed day with an order, in a database without any other."""
    sns.accepted.clear()
    sold = reports.invoke({"command": "play.sell_on", "day": "2026-11-22"})
    assert sold.error is None
    yield "2026-11-22"
    sns.mode = "accept"


@pytest.fixture(autouse=True)
def no_reports(mariadb: MariadbServer, request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "sunday" not in request.fixturenames:
        return
    for table in ("reports_attempt", "reports_delivery", "reports_report"):
        mariadb.query(f"DELETE FROM {NAME}.{table}")
    mariadb.query(
        f"DELETE line FROM {NAME}.orders_orderline AS line JOIN {NAME}.orders_order AS placed "
        "ON placed.id = line.order_id WHERE placed.business_day = '2026-11-22'"
    )
    mariadb.query(f"DELETE FROM {NAME}.orders_order WHERE business_day = '2026-11-22'")


def test_the_schedule_publishes_the_report_of_a_closed_day(
    reports: LambdaFunction, sunday: str, sns: SnsStandIn, mariadb: MariadbServer
) -> None:
    outcome = reports.invoke(scheduled("reports.events.run_due_reports", "2026-11-22T23:30:00Z"))

    assert outcome.answer == {"published": [sunday], "waiting": [], "failed": []}
    assert sns.subjects == ["Cafe Linde, Sun 22 Nov 2026: EUR 7.85 net, 1 order"]
    assert sns.accepted[0]["TopicArn"] == TOPIC
    assert deliveries(mariadb, sunday) == [("published", "1")]
    assert '"Published": 1' in reports.log


def test_a_receipt_from_the_topic_settles_what_was_left_open(
    reports: LambdaFunction, sunday: str, sns: SnsStandIn, mariadb: MariadbServer
) -> None:
    sns.mode = "lose"
    reports.invoke(scheduled("reports.events.run_due_reports", "2026-11-22T23:30:00Z"))
    before = deliveries(mariadb, sunday)
    notification = {
        "Type": "Notification",
        "TopicArn": TOPIC,
        "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
        "Message": sns.accepted[0]["Message"],
        "MessageAttributes": {
            "delivery_id": {"Type": "String", "Value": str(sns.delivery_ids()[0])}
        },
    }

    outcome = reports.invoke(
        {"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": notification}]}
    )

    assert [state for state, _message in before] == ["ambiguous"]
    assert outcome.answer == {"settled": 1}
    assert deliveries(mariadb, sunday) == [("published", notification["MessageId"])]


def test_a_job_that_raises_fails_for_lambda_and_is_recorded(
    reports: LambdaFunction, sunday: str, sns: SnsStandIn, mariadb: MariadbServer
) -> None:
    sns.mode = "400"

    outcome = reports.invoke(scheduled("reports.events.run_due_reports", "2026-11-22T23:30:00Z"))

    assert outcome.error is not None
    assert outcome.error["errorType"] == "JobFailed"
    assert outcome.error["errorMessage"] == "SNS refused the report of: 2026-11-22."
    assert [state for state, _message in deliveries(mariadb, sunday)] == ["failed"]


def test_the_outbox_is_swept_on_schedule(reports: LambdaFunction) -> None:
    outcome = reports.invoke(scheduled("reports.events.sweep_outbox", "2026-11-22T12:05:00Z"))

    assert outcome.error is None
    assert set(outcome.answer.values()) == {0}


def test_a_job_runs_after_the_database_has_closed_the_connection(
    reports: LambdaFunction, mariadb: MariadbServer
) -> None:
    event = scheduled("reports.events.sweep_outbox", "2026-11-22T12:05:00Z")
    before = reports.invoke(event)
    mariadb.close_connections()

    after = reports.invoke(event)

    assert (before.error, after.error) == (None, None)


def test_a_job_with_a_type_error_runs_once_and_tells_it(
    packages: dict[str, Package], variables: dict[str, str], web: LambdaFunction, tmp_path: Path
) -> None:
    # Zappa calls an entry that raises a TypeError again, and then raises an error of its own.
    log = tmp_path / "reports.log"
    with running_function(packages["reports"], log, modules=BESIDE, **variables) as function:
        function.invoke({"command": "play.break_job"})
        outcome = function.invoke(
            scheduled("reports.events.run_due_reports", "2026-11-22T23:30:00Z")
        )

        assert function.log.count("the broken job runs") == 1
        assert outcome.error is not None
        assert outcome.error["errorType"] == "JobFailed"
        assert "unsupported operand: what really happened" in outcome.error["errorMessage"]
        assert "unsupported operand: what really happened" in function.log
