"""The AWS account that is checked: the session, the project's settings and the stack."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from deploy.account.zones import zones_for
from deploy.cloudformation import find_stack
from deploy.environment import PREFIX
from deploy.stack import NEVER_STOOD
from deploy.template import parameter_defaults

Fetch = Callable[[str], bytes]


# Compared by identity, because it caches what AWS answered.
@dataclass(eq=False)
class Account:
    """`settings` is zappa_settings.json; `given` are new parameters of the stack.

    Answers of AWS are cached and shared by all checks.
    """

    session: Any
    settings: Mapping[str, Any]
    fetch: Fetch
    given: Mapping[str, str] = field(default_factory=dict)
    # False if a package of an earlier deployment is used.
    builds_packages: bool = True

    @property
    def region(self) -> str:
        return str(self.session.region_name or "")

    @cached_property
    def identity(self) -> dict[str, str]:
        """Return Return Account, Arn and UserId of the credentials."""
        return dict(self.session.client("sts").get_caller_identity())

    @cached_property
    def stack(self) -> dict[str, Any] | None:
        return find_stack(self.session)

    @property
    def has_stood(self) -> bool:
        """Whether the stack exists and its creation was ever completed."""
        return self.stack is not None and self.stack["StackStatus"] not in NEVER_STOOD

    @property
    def may_own_names(self) -> bool:
        """Whether the stack may own names that are in use; not after a complete rollback."""
        return self.stack is not None and self.stack["StackStatus"] != "ROLLBACK_COMPLETE"

    @property
    def standing(self) -> dict[str, str]:
        """The stack's parameters, if it exists."""
        found = (self.stack or {}).get("Parameters", [])
        return {item["ParameterKey"]: item["ParameterValue"] for item in found}

    @property
    def parameters(self) -> dict[str, str]:
        """The stack's parameters in the next deployment, without defaults."""
        return {**self.standing, **self.given}

    def parameter(self, name: str) -> str:
        return self.parameters.get(name, parameter_defaults().get(name, ""))

    @cached_property
    def standing_zones(self) -> tuple[str, ...]:
        """The zones of the stack's two subnets for functions, in order; empty without a stack."""
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
        """The two zones of the stack, or of a new one; raises NoZones."""
        if self.has_stood and self.standing_zones:
            return self.standing_zones
        given = (self.given.get("ZoneA", ""), self.given.get("ZoneB", ""))
        if all(given):
            return given
        return zones_for(self.session, self.parameters)

    @property
    def stages(self) -> dict[str, dict[str, Any]]:
        """The deployable stages, each with the settings of its base."""
        base = self.settings["base"]
        return {
            name: {**base, **stage}
            for name, stage in self.settings.items()
            if stage.get("extends") == "base"
        }

    @cached_property
    def mail_settings(self) -> dict[str, str]:
        """EMAIL_URL and EMAIL_FROM, if they are set. Their values are never shown."""
        found = self.session.client("ssm").get_parameters(
            Names=[f"{PREFIX}EMAIL_URL", f"{PREFIX}EMAIL_FROM"], WithDecryption=True
        )["Parameters"]
        return {item["Name"].removeprefix(PREFIX): item["Value"] for item in found}
