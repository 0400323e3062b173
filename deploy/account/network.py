"""The check that two zones of the region fit the network."""

from deploy.account.account import Account
from deploy.account.lines import Line, ok, stop
from deploy.account.zones import NoZones, count_endpoint_zones, find_lacking, wanted_services

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
    # The subnets of an existing stack cannot move, so their zones must have every new endpoint.
    lacking = find_lacking(account.session, services)
    wanting = zones[: count_endpoint_zones(account.parameters)]
    missing = [f"{zone} lacks {', '.join(lacking[zone])}" for zone in wanting if lacking.get(zone)]
    if missing:
        return [
            stop(
                SUBJECT,
                "; ".join(missing),
                "The stack's subnets cannot be moved. Leave out the endpoint, or use --parameter "
                "Nat=yes, which needs none.",
            )
        ]
    return [ok(SUBJECT, found)]
