"""Tests of API Gateway's throttling limits, on an API like Zappa's."""

from collections.abc import Iterator

import boto3
import pytest

from deploy.limits import NoApi, find_api, limit_requests
from tests.deploy.strict_aws import strict_aws

OUTPUTS = {"RequestsPerSecond": "20", "RequestsBurst": "40"}


@pytest.fixture
def session() -> Iterator[boto3.Session]:
    with strict_aws():
        yield boto3.Session(region_name="eu-central-1")


def make_api(session: boto3.Session, name: str = "cafe-web") -> str:
    client = session.client("apigateway")
    api_id: str = client.create_rest_api(name=name)["id"]
    [root] = client.get_resources(restApiId=api_id)["items"]
    method = {"restApiId": api_id, "resourceId": root["id"], "httpMethod": "ANY"}
    client.put_method(**method, authorizationType="NONE")
    client.put_integration(**method, type="MOCK", integrationHttpMethod="POST")
    client.create_deployment(restApiId=api_id, stageName="web")
    return api_id


def test_the_stage_takes_so_many_a_second_and_no_more(session: boto3.Session) -> None:
    api_id = make_api(session)

    for _ in range(2):
        limit_requests(session, find_api(session), OUTPUTS)

    stage = session.client("apigateway").get_stage(restApiId=api_id, stageName="web")
    settings = stage["methodSettings"]["*/*"]
    assert (settings["throttlingRateLimit"], settings["throttlingBurstLimit"]) == (20, 40)


def test_no_api_is_told(session: boto3.Session) -> None:
    make_api(session, "another")

    with pytest.raises(NoApi, match="has 0 APIs called 'cafe-web', not one; `zappa deploy web`"):
        find_api(session)


def test_two_apis_are_one_too_many(session: boto3.Session) -> None:
    make_api(session)
    make_api(session)

    with pytest.raises(NoApi, match="has 2 APIs"):
        find_api(session)
