"""Whether two of the region's zones fit the network that is wanted."""

from deploy.account.account import Account
from deploy.account.lines import Line, ok, stop
from deploy.account.zones import (
    NoZones,
    count_endpoint_zones,
    find_lacking,
    wanted_services,
)

SUBJECT = "zones"


def look_at_zones(account: Account) -> list[Line]:
    services = wanted_services(account.parameters)
    try:
        zones = account.zones
    except NoZones as error:
        sentence, _stop, remedy = str(error).partition(". ")
        return [stop(SUBJECT, sentence, remedy)]
    found = f"{' and '.join(zones)}, endpoints: {', '.join(services) or 'none'}"
    if not account.standing_zones:
        return [ok(SUBJECT, found)]
    # The subnets of a stack that stands cannot move, so what is wanted later has to be there.
    lacking = find_lacking(account.session, services)
    wanting = zones[: count_endpoint_zones(account.parameters)]
    missing = [f"{zone} lacks {', '.join(lacking[zone])}" for zone in wanting if lacking.get(zone)]
    if missing:
        return [
            stop(
                SUBJECT,
                "; ".join(missing),
                "The stack's subnets are there and cannot move. Leave out the endpoint, or take "
                "--parameter Nat=yes, which needs none.",
            )
        ]
    return [ok(SUBJECT, found)]
