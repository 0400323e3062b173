"""Tests of the account checks of a later deployment, when the stack already exists."""

from collections.abc import Iterator

import pytest

from deploy.account.check import look_before_deployment
from deploy.account.names import look_at_names
from deploy.account.network import look_at_zones
from deploy.stack import read_outputs
from tests.deploy.cloud import Cloud
from tests.deploy.looking import found_by, open_cloud


def test_a_stack_that_stands_is_asked_little(standing_cloud: Cloud) -> None:
    standing_cloud.answers.asked.clear()

    lines = look_before_deployment(open_cloud(standing_cloud))

    assert [line.subject for line in lines] == [
        "this machine",
        "identity",
        "stack",
        "Lambda's limit",
        "API's stack",
        "settings",
    ]
    assert standing_cloud.answers.asked == [
        "sts.GetCallerIdentity",
        "cloudformation.DescribeStacks",
        "lambda.GetAccountSettings",
        "lambda.GetFunctionConcurrency",
        "lambda.GetFunctionConcurrency",
        "cloudformation.DescribeStacks",
        "ssm.DescribeParameters",
    ]


@pytest.mark.parametrize(
    ("given", "subject"),
    [
        ({"DomainName": "cafe.example"}, "domain name"),
        ({"DatabaseClass": "db.t4g.small"}, "database"),
        ({"MailEndpoint": "no"}, "zones"),
    ],
)
def test_a_new_parameter_has_its_look_again(
    standing_cloud: Cloud, given: dict[str, str], subject: str
) -> None:
    before = look_before_deployment(open_cloud(standing_cloud))

    lines = look_before_deployment(open_cloud(standing_cloud, **given))

    assert subject not in {line.subject for line in before}
    assert subject in {line.subject for line in lines}


def test_the_names_are_the_stacks_own(standing_cloud: Cloud) -> None:
    found = found_by(look_at_names, open_cloud(standing_cloud))

    assert found == [("ok", "they are the stack cafe's own")]


@pytest.fixture
def in_two_zones(standing_cloud: Cloud) -> Iterator[Cloud]:
    """moto's CloudFormation takes the zones of another region for the stack's."""
    ids = read_outputs(standing_cloud.session)["FunctionSubnetIds"].split(",")
    zones = zip(ids, ("eu-central-1b", "eu-central-1c"), strict=True)
    standing_cloud.answers.say(
        "ec2.DescribeSubnets",
        Subnets=[{"SubnetId": name, "AvailabilityZone": zone} for name, zone in zones],
    )
    yield standing_cloud
    standing_cloud.answers.told.pop("ec2.DescribeSubnets")
    standing_cloud.answers.told.pop("ec2.DescribeVpcEndpointServices", None)


def test_the_zones_are_those_of_the_stacks_networks(in_two_zones: Cloud) -> None:
    found = found_by(look_at_zones, open_cloud(in_two_zones, LambdaEndpoint="yes"))

    assert found == [("ok", "eu-central-1b and eu-central-1c, endpoints: sns, email-smtp, lambda")]


def test_an_endpoint_that_the_stacks_zone_lacks_is_refused(in_two_zones: Cloud) -> None:
    account = open_cloud(in_two_zones, LambdaEndpoint="yes", EndpointZones="2")
    in_two_zones.answers.say(
        "ec2.DescribeVpcEndpointServices",
        ServiceDetails=[{"AvailabilityZones": ["eu-central-1a", "eu-central-1b"]}],
    )

    [line] = look_at_zones(account)

    assert (line.level, line.found) == (
        "stop",
        "eu-central-1c lacks endpoint of sns, endpoint of email-smtp, endpoint of lambda",
    )
    assert "cannot be moved" in line.remedy
