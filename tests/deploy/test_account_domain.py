"""Tests of the checks of the site's domain: hosted zone, name servers and certificate."""

import json
from typing import Any

import pytest

from deploy.account.certificate import covers
from deploy.account.domain import look_at_domain
from tests.deploy.cloud import Cloud
from tests.deploy.looking import found_by, no_network, open_cloud

ARN = "arn:aws:acm:eu-central-1:123456789012:certificate/x"


class World:
    """The public DNS: `servers` are whom it sends to; a status other than 0 is a failure."""

    def __init__(self, servers: list[str], status: int = 0) -> None:
        self.servers, self.status = servers, status
        self.asked: list[str] = []

    def fetch(self, address: str) -> bytes:
        self.asked.append(address)
        answers = [
            {"name": "cafe.example.", "type": 2, "data": f"{name}."} for name in self.servers
        ]
        # A signature comes along where the name is signed.
        answers.append({"type": 46, "data": "ns 13 2"})
        return json.dumps({"Status": self.status, "Answer": answers}).encode()


def make_zone(cloud: Cloud, name: str = "cafe.example", **more: Any) -> tuple[str, list[str]]:
    made = cloud.session.client("route53").create_hosted_zone(
        Name=name, CallerReference=name, **more
    )
    servers = made.get("DelegationSet", {}).get("NameServers", [])
    return made["HostedZone"]["Id"].rsplit("/", 1)[1], servers


def make_record(cloud: Cloud, zone: str, record: str) -> None:
    change = {
        "Action": "CREATE",
        "ResourceRecordSet": {
            "Name": record,
            "Type": "A",
            "TTL": 60,
            "ResourceRecords": [{"Value": "192.0.2.1"}],
        },
    }
    cloud.session.client("route53").change_resource_record_sets(
        HostedZoneId=zone, ChangeBatch={"Changes": [change]}
    )


def test_without_a_name_there_is_nothing_to_look_at(cloud: Cloud) -> None:
    cloud.answers.asked.clear()

    found = found_by(look_at_domain, open_cloud(cloud))

    assert found == [("ok", "none: the site has API Gateway's address")]
    assert cloud.answers.asked == ["cloudformation.DescribeStacks"]


def test_a_zone_without_a_name_is_noted(cloud: Cloud) -> None:
    assert found_by(look_at_domain, open_cloud(cloud, HostedZoneId="Z1")) == [
        ("note", "Z1 is given without a name, and is not used")
    ]


def test_a_name_needs_a_zone_or_a_certificate(cloud: Cloud) -> None:
    assert found_by(look_at_domain, open_cloud(cloud, DomainName="cafe.example")) == [
        ("stop", "cafe.example has neither a hosted zone nor a certificate")
    ]


# --- The hosted zone ------------------------------------------------------------------------------


def look(cloud: Cloud, world: World, zone: str, name: str = "cafe.example") -> Any:
    account = open_cloud(cloud, world.fetch, DomainName=name, HostedZoneId=zone)
    return look_at_domain(account)


@pytest.mark.parametrize("name", ["cafe.example", "Order.Cafe.example"])
def test_a_zone_that_the_world_is_led_to(cloud: Cloud, name: str) -> None:
    zone, servers = make_zone(cloud)
    world = World([server.upper() for server in reversed(servers)])

    lines = look(cloud, world, zone, name)

    assert [(line.level, line.found) for line in lines] == [
        ("ok", "cafe.example is delegated to its name servers")
    ]
    # The zone's own name is asked for: the name in it has no servers of its own.
    assert world.asked == ["https://dns.google/resolve?name=cafe.example&type=NS"]


@pytest.mark.parametrize(
    ("world", "words"),
    [
        (World(["ns1.registrar.example"]), "leads to ns1.registrar.example"),
        (World([]), "knows no name server"),
        # The name does not exist, or whom it leads to does not answer.
        (World(["ns1.registrar.example"], status=3), "knows no name server"),
    ],
)
def test_a_zone_that_the_world_is_not_led_to_stops_with_its_servers(
    cloud: Cloud, world: World, words: str
) -> None:
    zone, servers = make_zone(cloud)

    [line] = look(cloud, world, zone)

    assert (line.level, line.found) == (
        "stop",
        f"cafe.example is not delegated to this zone: the public DNS {words}",
    )
    assert f"at the registrar of the name: {' '.join(sorted(servers))}." in line.remedy
    assert len(servers) == 4


def test_servers_of_another_zone_beside_its_own_are_noted(cloud: Cloud) -> None:
    zone, servers = make_zone(cloud)

    [line] = look(cloud, World([servers[0], "ns1.registrar.example"]), zone)

    assert line.level == "note"
    assert line.remedy.endswith(", and no others.")


@pytest.mark.parametrize("answer", [None, b"<html>", b"[]", b'{"error": "x"}'])
def test_a_resolver_that_does_not_answer_is_noted(cloud: Cloud, answer: bytes | None) -> None:
    zone, servers = make_zone(cloud)
    fetch = no_network if answer is None else lambda _address: answer

    account = open_cloud(cloud, fetch, DomainName="cafe.example", HostedZoneId=zone)
    [line] = look_at_domain(account)

    assert line.level == "note"
    assert line.found.startswith("cafe.example: the public DNS could not be asked (")
    assert line.remedy == f"`dig NS cafe.example` has to name {', '.join(sorted(servers))}."


def test_a_zone_that_is_not_there_stops(cloud: Cloud) -> None:
    [line] = look(cloud, World([]), "Z404")

    assert (line.level, line.found) == ("stop", "there is no hosted zone Z404")
    assert "list-hosted-zones" in line.remedy


def test_a_private_zone_stops(cloud: Cloud) -> None:
    network = cloud.session.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    zone, _servers = make_zone(
        cloud,
        VPC={"VPCRegion": "eu-central-1", "VPCId": network},
        HostedZoneConfig={"PrivateZone": True},
    )

    [line] = look(cloud, World([]), zone)

    assert (line.level, line.found) == (
        "stop",
        f"{zone} (cafe.example) is private, so the internet cannot see it",
    )


@pytest.mark.parametrize("name", ["bar.example", "mycafe.example", "example"])
def test_a_name_beside_the_zone_stops(cloud: Cloud, name: str) -> None:
    zone, _servers = make_zone(cloud)

    [line] = look(cloud, World([]), zone, name)

    assert (line.level, line.found) == (
        "stop",
        f"{name} is not in {zone}, which is cafe.example",
    )


@pytest.mark.parametrize(
    ("record", "count"), [("cafe.example", 1), ("www.cafe.example", 0), ("a.cafe.example", 0)]
)
def test_a_record_that_the_stack_would_make_stops(cloud: Cloud, record: str, count: int) -> None:
    zone, servers = make_zone(cloud)
    make_record(cloud, zone, record)

    lines = look(cloud, World(servers), zone)

    assert [(line.level, line.found) for line in lines[1:]] == [
        ("stop", "cafe.example already has a record of type A; the stack makes its own")
    ] * count


def test_a_name_that_api_gateway_has_already_stops(cloud: Cloud) -> None:
    zone, servers = make_zone(cloud)
    cloud.session.client("apigateway").create_domain_name(domainName="cafe.example")

    lines = look(cloud, World(servers), zone)

    assert [(line.level, line.found) for line in lines[1:]] == [
        ("stop", "API Gateway has cafe.example already; the stack makes its own")
    ]


def test_what_the_stack_has_made_itself_does_not_stop(cloud: Cloud) -> None:
    zone, servers = make_zone(cloud)
    cloud.session.client("apigateway").create_domain_name(domainName="cafe.example")
    make_record(cloud, zone, "cafe.example")
    parameters = [
        {"ParameterKey": "DomainName", "ParameterValue": "Cafe.example"},
        {"ParameterKey": "HostedZoneId", "ParameterValue": zone},
    ]
    cloud.answers.say(
        "cloudformation.DescribeStacks",
        Stacks=[{"StackStatus": "CREATE_COMPLETE", "Parameters": parameters}],
    )

    found = found_by(look_at_domain, open_cloud(cloud, World(servers).fetch))

    assert found == [("ok", "cafe.example is delegated to its name servers")]


# --- A certificate that is given ------------------------------------------------------------------


def look_at(cloud: Cloud, arn: str = ARN, **certificate: Any) -> list[tuple[str, str]]:
    if certificate:
        cloud.answers.say("acm.DescribeCertificate", Certificate=certificate)
    given = {"DomainName": "order.cafe.example", "CertificateArn": arn}
    return found_by(look_at_domain, open_cloud(cloud, **given))


def test_a_certificate_that_fits(cloud: Cloud) -> None:
    found = look_at(
        cloud,
        DomainName="cafe.example",
        SubjectAlternativeNames=["cafe.example", "*.cafe.example"],
        Status="ISSUED",
    )

    assert found == [("ok", "issued, and covers order.cafe.example")]


@pytest.mark.parametrize("status", ["PENDING_VALIDATION", "EXPIRED", "REVOKED", "FAILED"])
def test_a_certificate_that_is_not_issued_stops(cloud: Cloud, status: str) -> None:
    found = look_at(cloud, DomainName="order.cafe.example", Status=status)

    assert found == [("stop", f"it is in state {status}, not ISSUED")]


def test_a_certificate_for_another_name_stops(cloud: Cloud) -> None:
    found = look_at(cloud, DomainName="cafe.example", Status="ISSUED")

    assert found == [("stop", "it is for cafe.example, not for order.cafe.example")]


def test_a_certificate_of_another_region_stops_unasked(cloud: Cloud) -> None:
    found = look_at(cloud, ARN.replace("eu-central-1", "us-east-1"))

    assert found == [("stop", "it is in us-east-1, and the site in eu-central-1")]


@pytest.mark.parametrize(
    ("arn", "words"),
    [(ARN, f"there is no certificate {ARN}"), ("x", "it is in no region, and the site in ")],
)
def test_a_certificate_that_is_none_stops(cloud: Cloud, arn: str, words: str) -> None:
    [found] = look_at(cloud, arn)

    assert found[0] == "stop"
    assert found[1].startswith(words)


@pytest.mark.parametrize(
    ("pattern", "name", "is_covered"),
    [
        ("cafe.example", "Cafe.Example", True),
        ("*.cafe.example", "order.cafe.example", True),
        ("*.cafe.example", "cafe.example", False),
        ("*.cafe.example", "a.b.cafe.example", False),
        ("*.cafe.example", ".cafe.example", False),
    ],
)
def test_a_star_stands_for_one_label(pattern: str, name: str, is_covered: bool) -> None:
    assert covers(pattern, name) == is_covered
