"""The check that RDS offers the database in the stack's zones."""

from collections.abc import Iterable
from typing import Any

from deploy.account.account import Account
from deploy.account.lines import Line, ok, stop
from deploy.account.zones import NoZones
from deploy.template import read_template

SUBJECT = "database"


def look_at_database(account: Account) -> list[Line]:
    database = read_template()["Resources"]["Database"]["Properties"]
    engine, version = database["Engine"], database["EngineVersion"]
    wanted = account.parameter("DatabaseClass")
    options = [
        option
        for option in _options(account, engine, wanted)
        if f"{option['EngineVersion']}.".startswith(f"{version}.")
        and option.get("StorageType") == database["StorageType"]
        and option.get("Vpc", True)
    ]
    name = f"{wanted} for {engine} {version}"
    remedy = (
        "Take another class: --parameter DatabaseClass=db.t4g.small or db.t3.micro. `aws rds "
        f"describe-orderable-db-instance-options --engine {engine} --query "
        "'OrderableDBInstanceOptions[].DBInstanceClass'` names all of the region."
    )
    if not options:
        return [stop(SUBJECT, f"{name} cannot be had in {account.region}", remedy)]
    try:
        zones = account.zones
    except NoZones:
        # The check of the zones reports this.
        return [ok(SUBJECT, f"{name} can be had in {account.region}")]
    lacking = [zone for zone in zones if zone not in _zones(options)]
    if lacking:
        return [stop(SUBJECT, f"{name} cannot be had in {', '.join(lacking)}", remedy)]
    if account.parameter("DatabaseInTwoZones") == "true" and not any(
        option.get("MultiAZCapable", False) for option in options
    ):
        return [stop(SUBJECT, f"{name} cannot have a standby in a second zone", remedy)]
    return [ok(SUBJECT, f"{name}, in {' and '.join(zones)}")]


def _options(account: Account, engine: str, wanted: str) -> list[dict[str, Any]]:
    # Ask for all versions: RDS expects a full version here, and the template has a part of one.
    pages = (
        account.session.client("rds")
        .get_paginator("describe_orderable_db_instance_options")
        .paginate(Engine=engine, DBInstanceClass=wanted)
    )
    return [option for page in pages for option in page["OrderableDBInstanceOptions"]]


def _zones(options: Iterable[dict[str, Any]]) -> set[str]:
    return {zone["Name"] for option in options for zone in option.get("AvailabilityZones", [])}
