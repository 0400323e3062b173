"""The choice of two availability zones that have Lambda and the required endpoints."""

from collections.abc import Mapping, Sequence
from typing import Any

from deploy.account.refusals import code_of
from deploy.errors import StepFailed
from deploy.template import parameter_defaults

# The parameter of cloud.yaml that enables an endpoint, and its service.
ENDPOINTS = {"SnsEndpoint": "sns", "MailEndpoint": "email-smtp", "LambdaEndpoint": "lambda"}
# By id, because zone names differ between accounts.
WITHOUT_LAMBDA = frozenset({"use1-az3"})


class NoZones(StepFailed):
    """No two zones of the region fit; the message says what each lacks, and the remedy."""


def zones_for(session: Any, parameters: Mapping[str, str]) -> tuple[str, str]:
    """Return the two zones for a stack with these parameters and default values for the others."""
    return choose_zones(
        session, wanted_services(parameters), endpoint_zones=count_endpoint_zones(parameters)
    )


def wanted_services(parameters: Mapping[str, str]) -> list[str]:
    """Return the services that get an endpoint; empty with a NAT, which replaces them."""
    if _value(parameters, "Nat") == "yes":
        return []
    return [service for name, service in ENDPOINTS.items() if _value(parameters, name) == "yes"]


def count_endpoint_zones(parameters: Mapping[str, str]) -> int:
    return 2 if _value(parameters, "EndpointZones") == "2" else 1


def _value(parameters: Mapping[str, str], name: str) -> str:
    return parameters.get(name, parameter_defaults()[name])


def choose_zones(
    session: Any, services: Sequence[str], *, endpoint_zones: int = 1
) -> tuple[str, str]:
    """Return two zones with Lambda, the first of them with an endpoint of each service.

    `services` are short names, such as "sns". With endpoint_zones=2, both zones need the endpoints.
    Equal zones are taken in alphabetical order, so that the result is stable.
    """
    lacking = find_lacking(session, services)
    usable = sorted(zone for zone, missing in lacking.items() if "lambda" not in missing)
    whole = [zone for zone in usable if not lacking[zone]]
    if len(usable) < 2 or len(whole) < endpoint_zones:
        raise NoZones(_refusal(session.region_name, lacking, endpoint_zones))
    first, *others = whole + [zone for zone in usable if zone not in whole]
    return first, others[0]


def find_lacking(session: Any, services: Sequence[str]) -> dict[str, list[str]]:
    """Return each zone of the region with what it lacks: "lambda" or endpoints."""
    found = session.client("ec2").describe_availability_zones(
        Filters=[
            # Neither local zones nor wavelength zones.
            {"Name": "zone-type", "Values": ["availability-zone"]},
            {"Name": "state", "Values": ["available"]},
        ]
    )["AvailabilityZones"]
    zones_by_service = {service: _zones_of(session, service) for service in services}
    return {
        zone["ZoneName"]: ["lambda"] * (zone["ZoneId"] in WITHOUT_LAMBDA)
        + [
            f"endpoint of {service}"
            for service, zones in zones_by_service.items()
            if zone["ZoneName"] not in zones
        ]
        for zone in found
    }


def _zones_of(session: Any, service: str) -> frozenset[str]:
    """Return the zones with an interface endpoint of a service; empty if the region has none."""
    from botocore.exceptions import ClientError

    name = f"com.amazonaws.{session.region_name}.{service}"
    try:
        details = session.client("ec2").describe_vpc_endpoint_services(ServiceNames=[name])
    except ClientError as error:
        if code_of(error) == "InvalidServiceName":
            return frozenset()
        raise
    return frozenset(
        zone for detail in details["ServiceDetails"] for zone in detail["AvailabilityZones"]
    )


def _refusal(region: str, lacking: Mapping[str, Sequence[str]], endpoint_zones: int) -> str:
    told = "; ".join(
        f"{zone} lacks {', '.join(missing)}" if missing else f"{zone} has all of it"
        for zone, missing in sorted(lacking.items())
    )
    wanted = "both of them" if endpoint_zones == 2 else "one of them"
    return (
        f"{region} needs two zones with Lambda, {wanted} with all the endpoints: "
        f"{told or 'it has none'}. Leave out the endpoint (--parameter MailEndpoint=no, "
        "SnsEndpoint=no or LambdaEndpoint=no), use --parameter Nat=yes, which needs none of "
        "them, or another region."
    )
