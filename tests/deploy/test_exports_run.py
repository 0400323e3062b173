"""Tests of patterns and exports in the packages, from the web's request to the file on S3."""

import csv
import datetime
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zipfile import ZipFile

import boto3
import pytest
import urllib3

from cafe_site.dashboard.patterns.pages import PAGES
from tests.deploy.aws_stand_in import AwsStandIn
from tests.deploy.gateway import GatewayBrowser
from tests.deploy.lambda_function import LambdaFunction, Package, running_function
from tests.deploy.mariadb_server import NAME, MariadbServer

FIGURES = [slug for page in PAGES for slug in page.figures]


@pytest.fixture
def owner(web: LambdaFunction) -> GatewayBrowser:
    signed_in = web.invoke({"play": "sign_in"})
    assert signed_in.error is None, web.log
    return GatewayBrowser(web, signed_in.answer)


@pytest.fixture
def sold(sell_on: Callable[[str], None]) -> str:
    """A day with an order, not long ago by this machine's clock, which is the packages' too."""
    day = (datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=3)).date().isoformat()
    sell_on(day)
    return day


@pytest.fixture
def s3(function_aws: AwsStandIn) -> Iterator[Any]:
    """moto's S3, which takes files; the deployment's settings lie there too."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        region_name="eu-central-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    place = {"LocationConstraint": "eu-central-1"}
    for bucket in {name.split("/")[0] for name in function_aws.objects}:
        client.create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
    for name, content in function_aws.objects.items():
        bucket, _slash, key = name.partition("/")
        client.put_object(Bucket=bucket, Key=key, Body=content)
    yield client
    # What was kept is the process's, and would be there for the next server.
    urllib3.request("POST", f"{client.meta.endpoint_url}/moto-api/reset")
    server.stop()


@pytest.fixture
def job_function(
    packages: dict[str, Package], variables: dict[str, str], s3: Any, tmp_path: Path
) -> Iterator[LambdaFunction]:
    on_s3 = variables | {"AWS_ENDPOINT_URL_S3": s3.meta.endpoint_url}
    with running_function(packages["reports"], tmp_path / "log", **on_s3) as function:
        yield function


@pytest.fixture(autouse=True)
def no_jobs(mariadb: MariadbServer, function_aws: AwsStandIn) -> None:
    """Begin with no job and no call: function and account are those of other tests, too."""
    function_aws.calls.clear()
    mariadb.query(f"DELETE FROM {NAME}.reports_job")


def first_cell(content: bytes) -> str:
    return next(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[0]


def sheets(content: bytes) -> int:
    names = ZipFile(io.BytesIO(content)).namelist()
    return sum(name.startswith("xl/worksheets/sheet") for name in names)


@pytest.mark.parametrize(
    ("kind", "read", "expected"),
    [("export", first_cell, "business day"), ("sales", sheets, 4)],
)
def test_an_export_is_asked_for_made_by_the_reports_and_fetched_from_s3(
    owner: GatewayBrowser,
    job_function: LambdaFunction,
    function_aws: AwsStandIn,
    s3: Any,
    sold: str,
    kind: str,
    read: Callable[[bytes], Any],
    expected: Any,
) -> None:
    page = owner.page("/dashboard/exports/")
    owner.submit(page, "/dashboard/exports/add/", kind=kind, first=sold, last=sold)
    [(function, event)] = function_aws.calls
    number = event["args"][1]

    # Lambda may deliver a call twice.
    outcomes = [job_function.invoke(event) for _copy in range(2)]

    assert [outcome.error for outcome in outcomes] == [None, None], job_function.log
    assert (function, event["args"][0]) == ("cafe-reports", "reports.offloaded.running.run_job")
    [kept] = s3.list_objects_v2(Bucket="photos", Prefix="exports/")["Contents"]
    content = s3.get_object(Bucket="photos", Key=kept["Key"])["Body"].read()
    assert read(content) == expected
    answer = owner.get(f"/dashboard/exports/{number}/file/")
    link = urlsplit(answer.headers["Location"][0])
    assert (answer.status, link.path) == (302, f"/photos/{kept['Key']}")
    assert parse_qs(link.query)["X-Amz-Expires"] == ["300"]


@pytest.mark.parametrize("page", [page.name for page in PAGES])
def test_the_patterns_need_nothing_that_the_web_lacks(
    owner: GatewayBrowser, sold: str, page: str
) -> None:
    assert "<h1" in owner.page(f"/dashboard/patterns/{page}/").text


@pytest.mark.parametrize("figure", FIGURES)
def test_a_pattern_comes_as_a_workbook(owner: GatewayBrowser, sold: str, figure: str) -> None:
    answer = owner.get(f"/dashboard/patterns/{figure}.xlsx")

    assert answer.status == 200
    assert sheets(answer.content) == 1
