"""RDS: parameters of the family mariadb10.11, with their ranges, and formulas for them."""

import re
from dataclasses import dataclass

from tests.deploy.strict_aws.calls import Call, Refused, rule

FAMILY = "mariadb10.11"


@dataclass(frozen=True)
class Slot:
    """A parameter: which values it takes, and whether it is changed without a restart."""

    allowed: str
    is_dynamic: bool = True


# RDS guide, "Parameters for MariaDB", and MariaDB's own server variables. Only those that a small
# café may want; any other is an error of this table, never a guess.
SLOTS = {
    "max_connections": Slot("1-100000"),
    "max_user_connections": Slot("0-4294967295"),
    "max_connect_errors": Slot("1-9223372036854775807"),
    "max_allowed_packet": Slot("1024-1073741824"),
    "wait_timeout": Slot("1-31536000"),
    "interactive_timeout": Slot("1-31536000"),
    "innodb_lock_wait_timeout": Slot("1-1073741824"),
    "long_query_time": Slot("0-31536000"),
    "require_secure_transport": Slot("0,1"),
    "slow_query_log": Slot("0,1"),
    "general_log": Slot("0,1"),
    "log_output": Slot("TABLE,FILE,NONE"),
    "performance_schema": Slot("0,1", is_dynamic=False),
    "skip_name_resolve": Slot("0,1", is_dynamic=False),
    "character_set_server": Slot("ascii,latin1,utf8,utf8mb3,utf8mb4"),
    "collation_server": Slot(
        "latin1_swedish_ci,utf8mb4_bin,utf8mb4_general_ci,utf8mb4_unicode_ci,utf8mb4_unicode_520_ci"
    ),
    "time_zone": Slot("UTC,Europe/Amsterdam,Europe/Athens,Europe/Paris"),
    "transaction_isolation": Slot("READ-UNCOMMITTED,READ-COMMITTED,REPEATABLE-READ,SERIALIZABLE"),
}
# MySQL's, which MariaDB's families lack.
UNKNOWN = ("default_authentication_plugin", "validate_password.policy")

# RDS guide, "Specifying DB parameters": variables in braces, with * and /, and three functions.
VARIABLES = ("AllocatedStorage", "DBInstanceClassMemory", "DBInstanceVCPU", "EndPointPort")
FORMULA = re.compile(rf"\{{(?:{'|'.join(VARIABLES)})(?:[*/]\d+)*\}}")
FUNCTION = re.compile(r"(?:GREATEST|LEAST|SUM)\((?P<values>[^()]*)\)")


@rule("rds", "ModifyDBParameterGroup")
def refuse_parameters_of_rds(call: Call) -> None:
    parameters = call.parameters["Parameters"]
    if len(parameters) > 20:
        # RDS API, ModifyDBParameterGroup.
        raise Refused(
            "InvalidParameterValue", "A maximum of 20 parameters can be modified in a request."
        )
    if _family(call) == FAMILY:
        for item in parameters:
            refuse_parameter(
                item["ParameterName"],
                str(item["ParameterValue"]),
                is_at_once=item.get("ApplyMethod") == "immediate",
            )


def _family(call: Call) -> str:
    # CloudFormation makes the group and sets its parameters in one go.
    if "Family" in call.parameters:
        return str(call.parameters["Family"])
    [found] = call.client("rds").describe_db_parameter_groups(
        DBParameterGroupName=call.parameters["DBParameterGroupName"]
    )["DBParameterGroups"]
    return str(found["DBParameterGroupFamily"])


def refuse_parameter(name: str, value: str, *, is_at_once: bool = False) -> None:
    if name in UNKNOWN:
        # Releem/releem-agent#484 has the wording.
        raise Refused("InvalidParameterValue", f"Could not find parameter with name: {name}")
    if name not in SLOTS:
        raise NotImplementedError(f"Teach strict_aws/database_parameters.py about {name}.")
    slot = SLOTS[name]
    if is_at_once and not slot.is_dynamic:
        raise Refused(
            "InvalidParameterCombination", "cannot use immediate apply method for static parameter"
        )
    if not _fits(slot.allowed, value):
        # cloud-gov/terraform-provision#2177 has it for a formula without braces.
        raise Refused(
            "InvalidParameterValue",
            f"Invalid parameter value: {value} for: {name} allowed values are: {slot.allowed}",
        )


def _fits(allowed: str, value: str) -> bool:
    span = re.fullmatch(r"(\d+)-(\d+)", allowed)
    if not span:
        return value in allowed.split(",")
    if re.fullmatch(r"\d+(\.\d+)?", value):
        return int(span[1]) <= float(value) <= int(span[2])
    return is_formula(value)


def is_formula(text: str) -> bool:
    """Say whether RDS reads a text as a formula; what it comes to depends on the instance."""
    found = FUNCTION.fullmatch(text)
    values = [item.strip() for item in found["values"].split(",")] if found else [text]
    if found and len(values) < 2:
        return False
    has_formula = any(FORMULA.fullmatch(item) for item in values)
    return has_formula and all(FORMULA.fullmatch(item) or item.isdigit() for item in values)
