"""The account that is looked at: the session, and what the café's files and stack say of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from deploy.account.zones import choose_zones
from deploy.environment import PREFIX
from deploy.rollout.cloud import find_stack
from deploy.template import read_template

Fetch = Callable[[str], bytes]

# The parameter of cloud.yaml that asks for an endpoint, and its service.
ENDPOINTS = {"SnsEndpoint": "sns", "MailEndpoint": "email-smtp", "LambdaEndpoint": "lambda"}


# Compared as itself: what it has found out is kept in it.
@dataclass(eq=False)
class Account:
    """`settings` is zappa_settings.json; `given` are parameters that the stack shall get.

    What AWS has been asked for once is kept: looks share it.
    """

    session: Any
    settings: Mapping[str, Any]
    fetch: Fetch
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def region(self) -> str:
        return str(self.session.region_name or "")

    @cached_property
    def identity(self) -> dict[str, str]:
        """Account, Arn and UserId of the credentials."""
        return dict(self.session.client("sts").get_caller_identity())

    @cached_property
    def stack(self) -> dict[str, Any] | None:
        return find_stack(self.session)

    @property
    def standing(self) -> dict[str, str]:
        """The stack's parameters, where there is one."""
        found = (self.stack or {}).get("Parameters", [])
        return {item["ParameterKey"]: item["ParameterValue"] for item in found}

    def parameter(self, name: str) -> str:
        """Return a parameter as the next deployment will have it."""
        default = read_template()["Parameters"].get(name, {}).get("Default", "")
        return str(self.given.get(name, self.standing.get(name, default)))

    @property
    def endpoint_services(self) -> list[str]:
        """The services that get an endpoint; none with a NAT, which replaces them."""
        if self.parameter("Nat") == "yes":
            return []
        return [service for name, service in ENDPOINTS.items() if self.parameter(name) == "yes"]

    @property
    def endpoint_zones(self) -> int:
        return 2 if self.parameter("EndpointZones") == "2" else 1

    @cached_property
    def standing_zones(self) -> tuple[str, ...]:
        """The zones of the stack's two networks for functions, in its order; empty without one."""
        outputs = {
            item["OutputKey"]: item["OutputValue"] for item in (self.stack or {}).get("Outputs", [])
        }
        if "FunctionSubnetIds" not in outputs:
            return ()
        ids = outputs["FunctionSubnetIds"].split(",")
        found = self.session.client("ec2").describe_subnets(SubnetIds=ids)["Subnets"]
        zones = {subnet["SubnetId"]: subnet["AvailabilityZone"] for subnet in found}
        return tuple(zones[subnet] for subnet in ids)

    @cached_property
    def zones(self) -> tuple[str, ...]:
        """The two zones of the stack, or those that a new one will get; raises NoZones."""
        if self.standing_zones:
            return self.standing_zones
        return choose_zones(
            self.session,
            self.endpoint_services,
            endpoint_zones=self.endpoint_zones,
        )

    @property
    def stages(self) -> dict[str, dict[str, Any]]:
        """The stages that are deployed, each with what it has of the base."""
        base = self.settings["base"]
        return {
            name: {**base, **stage}
            for name, stage in self.settings.items()
            if stage.get("extends") == "base"
        }

    @cached_property
    def mail_settings(self) -> dict[str, str]:
        """EMAIL_URL and EMAIL_FROM, as far as they are set. Their values are never shown."""
        found = self.session.client("ssm").get_parameters(
            Names=[f"{PREFIX}EMAIL_URL", f"{PREFIX}EMAIL_FROM"], WithDecryption=True
        )["Parameters"]
        return {item["Name"].removeprefix(PREFIX): item["Value"] for item in found}
