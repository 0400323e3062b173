"""Rules for RDS: which MariaDB instances it creates, and which it refuses."""

import json
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import cfnlint.data.schemas.extensions.aws_rds_dbinstance as schemas

from tests.deploy.strict_aws.calls import Call, Refused, rule

# RDS guide, "Amazon RDS DB instance storage", for MariaDB: GiB by the storage's type.
STORAGE = {"gp2": (20, 65_536), "gp3": (20, 65_536), "io1": (100, 65_536), "io2": (100, 65_536)}
MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@rule("rds", "CreateDBInstance")
def refuse_class(call: Call) -> None:
    # cfn-lint's data of describe-orderable-db-instance-options, its rules E3025 and E3062.
    given = call.parameters
    engine, version = given["Engine"], str(given.get("EngineVersion", ""))
    kinds = classes_of(engine, version)
    if kinds is not None and given["DBInstanceClass"] not in kinds:
        raise Refused(
            "InvalidParameterCombination",
            "RDS does not support creating a DB instance with the following combination: "
            f"DBInstanceClass={given['DBInstanceClass']}, Engine={engine}, "
            f"EngineVersion={version}, LicenseModel=general-public-license.",
        )


def classes_of(engine: str, version: str) -> set[str] | None:
    """Return the classes for an engine's version; None where the data has nothing of it."""
    for entry in _schema("db_instance_class.json")["allOf"]:
        wanted = entry["if"]["properties"]
        pattern = wanted.get("EngineVersion", {}).get("pattern", "")
        if wanted["Engine"].get("const") == engine and re.match(pattern, version):
            return set(entry["then"]["properties"]["DBInstanceClass"]["enum"])
    return None


@cache
def _schema(name: str) -> dict[str, Any]:
    path = Path(str(schemas.__file__)).with_name(name)
    return dict(json.loads(path.read_text(encoding="utf-8")))


@rule("rds", "CreateDBInstance")
def refuse_version(call: Call) -> None:
    # cfn-lint's rule E3691 has whole versions; RDS takes the first two numbers for the newest.
    engine, version = call.parameters["Engine"], str(call.parameters.get("EngineVersion", ""))
    known = versions_of(engine)
    if version and version not in known | {item.rpartition(".")[0] for item in known}:
        raise Refused("InvalidParameterCombination", f"Cannot find version {version} for {engine}")


def versions_of(engine: str) -> set[str]:
    for entry in _schema("engine_version.json")["allOf"]:
        if entry["if"]["properties"]["Engine"].get("const") == engine:
            return set(entry["then"]["properties"]["EngineVersion"]["enum"])
    return set()


@rule("rds", "CreateDBInstance", "ModifyDBInstance")
def refuse_windows(call: Call) -> None:
    # RDS API, CreateDBInstance, PreferredBackupWindow: half an hour at least, and apart.
    backup = call.parameters.get("PreferredBackupWindow", "")
    maintenance = call.parameters.get("PreferredMaintenanceWindow", "")
    spans = [_daily(backup, day) for day in range(-1, 8)] if backup else []
    weekly = _weekly(maintenance) if maintenance else None
    for start, end in [*spans, *([weekly] if weekly else [])]:
        if end - start < timedelta(minutes=30):
            raise Refused(
                "InvalidParameterValue",
                "The backup window or the maintenance window must be at least 30 minutes.",
            )
    if weekly and any(start <= weekly[1] and weekly[0] <= end for start, end in spans):
        raise Refused(
            "InvalidParameterValue",
            "The backup window and maintenance window must not overlap.",
        )


def _daily(window: str, day: int) -> tuple[datetime, datetime]:
    start, end = (_at(text) for text in window.split("-"))
    end += timedelta(days=1) if end <= start else timedelta()
    return MONDAY + timedelta(days=day) + start, MONDAY + timedelta(days=day) + end


def _weekly(window: str) -> tuple[datetime, datetime]:
    (day, start), (last, end) = (part.split(":", 1) for part in window.lower().split("-"))
    first = MONDAY + timedelta(days=DAYS.index(day)) + _at(start)
    after = MONDAY + timedelta(days=DAYS.index(last)) + _at(end)
    return first, after + (timedelta(days=7) if after <= first else timedelta())


def _at(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


@rule("rds", "CreateDBInstance", "ModifyDBInstance")
def refuse_password(call: Call) -> None:
    # RDS API, CreateDBInstance, MasterUserPassword: for MariaDB 8 to 41 characters.
    password = call.parameters.get("MasterUserPassword")
    if password is None:
        return
    problem = "The parameter MasterUserPassword is not a valid password"
    if not re.fullmatch(r"[!#-.0-?A-~]*", password):
        raise Refused(
            "InvalidParameterValue",
            f"{problem}. Only printable ASCII characters besides '/', '@', '\"', ' ' may be used.",
        )
    if not 8 <= len(password) <= 41:
        kind = "shorter than 8" if len(password) < 8 else "longer than 41"
        raise Refused("InvalidParameterValue", f"{problem} because it is {kind} characters.")


@rule("rds", "CreateDBInstance")
def refuse_names(call: Call) -> None:
    # RDS API, CreateDBInstance, DBName and MasterUsername, for MariaDB.
    for name, limit in (("DBName", 64), ("MasterUsername", 16)):
        value = call.parameters.get(name, "x")
        if not re.fullmatch(rf"[a-zA-Z][a-zA-Z0-9_]{{0,{limit - 1}}}", value):
            raise Refused(
                "InvalidParameterValue",
                f"{name} must begin with a letter and contain only alphanumeric characters.",
            )


@rule("rds", "CreateDBInstance")
def refuse_storage(call: Call) -> None:
    given = call.parameters
    kind, size = given.get("StorageType", "gp2"), int(given["AllocatedStorage"])
    least, most = STORAGE.get(kind, (20, 65_536))
    limit = int(given.get("MaxAllocatedStorage", size))
    where = f"for engine name {given['Engine']} and storage type {kind}"
    if not least <= size <= most:
        raise Refused("InvalidParameterValue", f"Invalid storage size {where}: {size}")
    # RDS guide, "Managing capacity automatically": at least a tenth more than what is there.
    if "MaxAllocatedStorage" in given and not size * 1.1 <= limit <= most:
        raise Refused("InvalidParameterCombination", f"Invalid max storage size {where}: {limit}")
    if kind == "gp3" and size < 400 and {"Iops", "StorageThroughput"} & set(given):
        raise Refused(
            "InvalidParameterCombination",
            f"You can't specify IOPS or storage throughput for engine {given['Engine']} and a "
            "storage size less than 400.",
        )


@rule("rds", "CreateDBInstance", "ModifyDBInstance")
def refuse_retention(call: Call) -> None:
    # RDS API, CreateDBInstance, BackupRetentionPeriod; cfn-lint's backupretentionperiod_maximum.
    days = int(call.parameters.get("BackupRetentionPeriod", 1))
    if not 0 <= days <= 35:
        raise Refused("InvalidParameterValue", f"Invalid backup retention period: {days}")


@rule("rds", "ModifyDBInstance")
def refuse_less_storage(call: Call) -> None:
    # RDS guide, "Increasing DB instance storage capacity": it never shrinks.
    wanted = call.parameters.get("AllocatedStorage")
    if wanted is None:
        return
    [found] = call.client("rds").describe_db_instances(
        DBInstanceIdentifier=call.parameters["DBInstanceIdentifier"]
    )["DBInstances"]
    if int(wanted) < int(found["AllocatedStorage"]):
        raise Refused(
            "InvalidParameterCombination",
            f"Invalid storage size for engine name {found['Engine']} and storage type "
            f"{found.get('StorageType', 'gp2')}: {wanted}",
        )
