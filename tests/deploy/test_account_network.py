"""Tests of the choice of zones with Lambda and endpoints, and of the database in them."""

from typing import Any

import pytest

from deploy.account.database import look_at_database
from deploy.account.network import look_at_zones
from deploy.account.zones import (
    NoZones,
    choose_zones,
    count_endpoint_zones,
    wanted_services,
    zones_for,
)
from deploy.errors import StepFailed
from tests.deploy.cloud import Cloud
from tests.deploy.database_options import database_option
from tests.deploy.looking import found_by, open_cloud


class Ec2:
    """A region by its zones: the id of each, and the services that have an endpoint there."""

    def __init__(self, zones: dict[str, tuple[str, set[str]]]) -> None:
        self.zones = zones
        self.asked: list[dict[str, Any]] = []

    def describe_availability_zones(self, **wanted: Any) -> dict[str, Any]:
        self.asked.append(wanted)
        return {
            "AvailabilityZones": [
                {"ZoneName": name, "ZoneId": zone_id}
                for name, (zone_id, _services) in reversed(self.zones.items())
            ]
        }

    # The argument's name is AWS's.
    def describe_vpc_endpoint_services(self, ServiceNames: list[str]) -> dict[str, Any]:  # noqa: N803
        [service] = ServiceNames
        assert service.startswith("com.amazonaws.us-east-1.")
        short = service.rpartition(".")[2]
        zones = [name for name, (_id, services) in self.zones.items() if short in services]
        if not zones:
            raise refusal("InvalidServiceName")
        return {"ServiceDetails": [{"AvailabilityZones": zones}]}


def refusal(code: str) -> Exception:
    from botocore.exceptions import ClientError

    return ClientError({"Error": {"Code": code, "Message": "x"}}, "DescribeVpcEndpointServices")


class Session:
    region_name = "us-east-1"

    def __init__(self, **zones: tuple[str, set[str]]) -> None:
        self.ec2 = Ec2({f"us-east-1{letter}": facts for letter, facts in zones.items()})

    def client(self, name: str) -> Ec2:
        assert name == "ec2"
        return self.ec2


BOTH = {"sns", "email-smtp"}


@pytest.mark.parametrize(
    ("zones", "services", "chosen"),
    [
        # All alike: the first two by name.
        ({"a": ("use1-az1", BOTH), "b": ("use1-az2", BOTH), "c": ("use1-az4", BOTH)}, BOTH, "ab"),
        # A zone without Lambda is neither the first nor the second.
        ({"a": ("use1-az3", BOTH), "b": ("use1-az2", BOTH), "c": ("use1-az4", BOTH)}, BOTH, "bc"),
        # The endpoints stand in the first zone, so that has all of them.
        ({"a": ("use1-az1", {"sns"}), "b": ("use1-az2", BOTH)}, BOTH, "ba"),
        # The second has them too, where it can.
        (
            {"a": ("use1-az1", BOTH), "b": ("use1-az2", {"sns"}), "c": ("use1-az4", BOTH)},
            BOTH,
            "ac",
        ),
        # Without endpoints, such as with Nat=yes, any two will do.
        ({"a": ("use1-az1", set()), "b": ("use1-az2", set())}, set(), "ab"),
    ],
)
def test_the_first_zone_has_all_endpoints_and_both_have_lambda(
    zones: dict[str, tuple[str, set[str]]], services: set[str], chosen: str
) -> None:
    found = choose_zones(Session(**zones), sorted(services))

    assert found == (f"us-east-1{chosen[0]}", f"us-east-1{chosen[1]}")


def test_only_ordinary_zones_that_can_be_used_are_asked_for() -> None:
    session = Session(a=("use1-az1", set()), b=("use1-az2", set()))

    choose_zones(session, [])

    assert session.ec2.asked == [
        {
            "Filters": [
                {"Name": "zone-type", "Values": ["availability-zone"]},
                {"Name": "state", "Values": ["available"]},
            ]
        }
    ]


@pytest.mark.parametrize(
    ("zones", "endpoint_zones", "sentence"),
    [
        (
            {"a": ("use1-az1", {"sns"}), "b": ("use1-az2", {"sns"})},
            1,
            "us-east-1 needs two zones with Lambda, one of them with all the endpoints: us-east-1a "
            "lacks endpoint of email-smtp; us-east-1b lacks endpoint of email-smtp. ",
        ),
        (
            {"a": ("use1-az1", BOTH), "b": ("use1-az2", {"sns"})},
            2,
            "us-east-1 needs two zones with Lambda, both of them with all the endpoints: "
            "us-east-1a has all of it; us-east-1b lacks endpoint of email-smtp. ",
        ),
        (
            {"a": ("use1-az1", BOTH), "b": ("use1-az3", BOTH)},
            1,
            "us-east-1 needs two zones with Lambda, one of them with all the endpoints: "
            "us-east-1a has all of it; us-east-1b lacks lambda. ",
        ),
    ],
)
def test_a_region_that_does_not_fit_is_refused_with_what_is_missing_where(
    zones: dict[str, tuple[str, set[str]]], endpoint_zones: int, sentence: str
) -> None:
    with pytest.raises(NoZones) as caught:
        choose_zones(Session(**zones), sorted(BOTH), endpoint_zones=endpoint_zones)

    assert str(caught.value).startswith(sentence)
    assert "--parameter Nat=yes" in str(caught.value)
    # A step of a deployment that chooses zones ends with this sentence, and not with a traceback.
    assert isinstance(caught.value, StepFailed)


@pytest.mark.parametrize(
    ("parameters", "services", "count"),
    [
        ({}, ["sns", "email-smtp"], 1),
        ({"LambdaEndpoint": "yes", "EndpointZones": "2"}, ["sns", "email-smtp", "lambda"], 2),
        ({"MailEndpoint": "no"}, ["sns"], 1),
        ({"LambdaEndpoint": "yes", "Nat": "yes"}, [], 1),
    ],
)
def test_the_stacks_parameters_say_which_endpoints_are_wanted_and_where(
    parameters: dict[str, str], services: list[str], count: int
) -> None:
    assert wanted_services(parameters) == services
    assert count_endpoint_zones(parameters) == count


def test_zones_for_a_stack_are_those_that_carry_its_endpoints() -> None:
    session = Session(
        a=("use1-az1", {"sns"}), b=("use1-az2", BOTH), c=("use1-az4", BOTH), d=("use1-az5", set())
    )
    without_mail = {"MailEndpoint": "no"}

    assert zones_for(session, {}) == ("us-east-1b", "us-east-1c")
    assert zones_for(session, without_mail) == ("us-east-1a", "us-east-1b")


def test_zones_are_named_with_the_endpoints_that_are_wanted(cloud: Cloud) -> None:
    account = open_cloud(cloud, LambdaEndpoint="yes")

    assert found_by(look_at_zones, account) == [
        ("ok", "eu-central-1a and eu-central-1b, endpoints: sns, email-smtp, lambda")
    ]


def test_with_a_nat_no_endpoint_is_asked_for(cloud: Cloud) -> None:
    cloud.answers.asked.clear()

    found = found_by(look_at_zones, open_cloud(cloud, Nat="yes"))

    assert found == [("ok", "eu-central-1a and eu-central-1b, endpoints: none")]
    assert "ec2.DescribeVpcEndpointServices" not in cloud.answers.asked


def test_zones_that_do_not_fit_stop_with_a_remedy(cloud: Cloud) -> None:
    cloud.answers.refuse("ec2.DescribeVpcEndpointServices", "InvalidServiceName")

    [line] = look_at_zones(open_cloud(cloud))

    assert line.level == "stop"
    assert line.found.endswith("eu-central-1c lacks endpoint of sns, endpoint of email-smtp")
    assert line.remedy.startswith("Leave out the endpoint (--parameter MailEndpoint=no")


def test_endpoints_in_two_zones_want_both_to_have_them(cloud: Cloud) -> None:
    cloud.answers.say(
        "ec2.DescribeVpcEndpointServices",
        ServiceDetails=[{"AvailabilityZones": ["eu-central-1a"]}],
    )

    levels = [
        found_by(look_at_zones, open_cloud(cloud, EndpointZones=number))[0][0]
        for number in ("1", "2")
    ]

    assert levels == ["ok", "stop"]


# --- The database ---------------------------------------------------------------------------------


def look_with(cloud: Cloud, *options: dict[str, Any], **given: str) -> list[tuple[str, str]]:
    cloud.answers.say(
        "rds.DescribeOrderableDBInstanceOptions", OrderableDBInstanceOptions=[*options]
    )
    return found_by(look_at_database, open_cloud(cloud, **given))


def test_a_class_that_can_be_had_is_named_with_its_zones(cloud: Cloud) -> None:
    assert look_with(cloud, database_option()) == [
        ("ok", "db.t4g.micro for mariadb 10.11, in eu-central-1a and eu-central-1b")
    ]


@pytest.mark.parametrize(
    "option",
    [
        # Another version, which only begins alike; another kind of storage.
        {"EngineVersion": "10.6.20"},
        {"EngineVersion": "10.110.1"},
        {"StorageType": "gp2"},
        {"Vpc": False},
    ],
)
def test_what_is_offered_of_another_kind_does_not_count(
    cloud: Cloud, option: dict[str, Any]
) -> None:
    assert look_with(cloud, database_option(**option)) == [
        ("stop", "db.t4g.micro for mariadb 10.11 cannot be had in eu-central-1")
    ]


def test_a_class_of_the_parameter_is_asked_for(cloud: Cloud) -> None:
    assert look_with(cloud, DatabaseClass="db.x9.huge") == [
        ("stop", "db.x9.huge for mariadb 10.11 cannot be had in eu-central-1")
    ]


def test_a_zone_without_the_class_stops(cloud: Cloud) -> None:
    assert look_with(cloud, database_option(zones=["eu-central-1a", "eu-central-1c"])) == [
        ("stop", "db.t4g.micro for mariadb 10.11 cannot be had in eu-central-1b")
    ]


def test_a_standby_has_to_be_possible(cloud: Cloud) -> None:
    option = database_option(MultiAZCapable=False)

    levels = [
        look_with(cloud, option, DatabaseInTwoZones=wanted)[0][0] for wanted in ("false", "true")
    ]

    assert levels == ["ok", "stop"]


def test_the_remedy_names_how_to_find_another_class(cloud: Cloud) -> None:
    cloud.answers.say("rds.DescribeOrderableDBInstanceOptions", OrderableDBInstanceOptions=[])

    [line] = look_at_database(open_cloud(cloud))

    assert "--parameter DatabaseClass=" in line.remedy
    assert "describe-orderable-db-instance-options --engine mariadb" in line.remedy


def test_a_region_without_fitting_zones_is_told_once(cloud: Cloud) -> None:
    cloud.answers.refuse("ec2.DescribeVpcEndpointServices", "InvalidServiceName")

    found = found_by(look_at_database, open_cloud(cloud))

    assert found == [("ok", "db.t4g.micro for mariadb 10.11 can be had in eu-central-1")]
