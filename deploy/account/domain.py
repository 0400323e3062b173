"""The checks of the site's domain: its hosted zone, records and name servers."""

import json
from typing import Any

from deploy.account.account import Account
from deploy.account.certificate import look_at_certificate
from deploy.account.lines import Line, note, ok, stop
from deploy.account.refusals import find

SUBJECT = "hosted zone"
NAME = "domain name"
RESOLVER = "https://dns.google/resolve"
NAME_SERVER, NO_ERROR = 2, 0
LIST_ZONES = "`aws route53 list-hosted-zones` names those of the account."


def look_at_domain(account: Account) -> list[Line]:
    name, zone_id = account.parameter("DomainName"), account.parameter("HostedZoneId")
    certificate = account.parameter("CertificateArn")
    if not name:
        return [_nameless(zone_id or certificate)]
    lines = []
    if zone_id:
        lines += look_at_zone(account, name.lower(), zone_id)
    elif not certificate:
        return [
            stop(
                NAME,
                f"{name} has neither a hosted zone nor a certificate",
                "Add --parameter HostedZoneId=Z..., or --parameter CertificateArn=arn:aws:acm:...",
            )
        ]
    if certificate:
        lines += look_at_certificate(account, name.lower(), certificate)
    if not _is_ours(account, name):
        lines += _look_at_name(account, name.lower())
    return lines


def _is_ours(account: Account, name: str) -> bool:
    """Return whether the existing stack made the name's record and API domain itself."""
    return account.may_own_names and account.standing.get("DomainName", "").lower() == name.lower()


def _nameless(other: str) -> Line:
    if not other:
        return ok(NAME, "none: the site has API Gateway's address")
    return note(
        NAME,
        f"{other} is given without a name, and is not used",
        "Add --parameter DomainName=cafe.example.",
    )


def look_at_zone(account: Account, name: str, zone_id: str) -> list[Line]:
    client = account.session.client("route53")
    answer = find(client.get_hosted_zone, Id=zone_id)
    if answer is None:
        return [stop(SUBJECT, f"there is no hosted zone {zone_id}", LIST_ZONES)]
    zone = answer["HostedZone"]["Name"].rstrip(".").lower()
    if answer["HostedZone"].get("Config", {}).get("PrivateZone", False):
        return [
            stop(
                SUBJECT, f"{zone_id} ({zone}) is private, so the internet cannot see it", LIST_ZONES
            )
        ]
    if name != zone and not name.endswith(f".{zone}"):
        return [stop(SUBJECT, f"{name} is not in {zone_id}, which is {zone}", LIST_ZONES)]
    lines = [look_at_delegation(account, zone, answer["DelegationSet"]["NameServers"])]
    if not _is_ours(account, name) and _has_record(client, name, zone_id):
        lines.append(
            stop(
                SUBJECT,
                f"{name} already has a record of type A; the stack makes its own",
                "Check where it points, and delete it: Route 53, Hosted zones, the zone.",
            )
        )
    return lines


def _has_record(client: Any, name: str, zone_id: str) -> bool:
    # The list begins at this name, or at the next one if it does not exist.
    [*found] = client.list_resource_record_sets(
        HostedZoneId=zone_id, StartRecordName=name, StartRecordType="A", MaxItems="1"
    )["ResourceRecordSets"]
    return any((item["Name"].rstrip(".").lower(), item["Type"]) == (name, "A") for item in found)


def look_at_delegation(account: Account, zone: str, own: list[str]) -> Line:
    """Compare the zone's name servers with those in the public DNS.

    The certificate is issued when Amazon finds its record in the public DNS. If the registrar
    points elsewhere, the stack waits for an hour, and fails.
    """
    servers = {server.rstrip(".").lower() for server in own}
    try:
        seen = find_name_servers(account, zone)
    except (OSError, ValueError) as error:
        return note(
            SUBJECT,
            f"{zone}: the public DNS could not be asked ({error})",
            f"`dig NS {zone}` has to name {', '.join(sorted(servers))}.",
        )
    if seen == servers:
        return ok(SUBJECT, f"{zone} is delegated to its name servers")
    told = f"leads to {', '.join(sorted(seen))}" if seen else "knows no name server"
    enter = f"Enter these name servers at the registrar of the name: {' '.join(sorted(servers))}"
    if seen & servers:
        return note(SUBJECT, f"{zone}: the public DNS {told}", f"{enter}, and no others.")
    return stop(
        SUBJECT,
        f"{zone} is not delegated to this zone: the public DNS {told}",
        f"{enter}. The change takes up to two days. Until then the certificate is not issued.",
    )


def find_name_servers(account: Account, zone: str) -> set[str]:
    """Return the name servers of a name in the public DNS; empty if there are none.

    The standard library can only look up addresses, so this asks a resolver over HTTPS. Raises
    OSError if it cannot be reached, ValueError if the answer is not valid.
    """
    answer = json.loads(account.fetch(f"{RESOLVER}?name={zone}&type=NS"))
    if not isinstance(answer, dict) or "Status" not in answer:
        raise ValueError("the resolver's answer has no status")
    if answer["Status"] != NO_ERROR:
        return set()
    return {
        str(item["data"]).rstrip(".").lower()
        for item in answer.get("Answer", [])
        if item["type"] == NAME_SERVER
    }


def _look_at_name(account: Account, name: str) -> list[Line]:
    client = account.session.client("apigateway")
    if find(client.get_domain_name, domainName=name) is None:
        return []
    return [
        stop(
            NAME,
            f"API Gateway has {name} already; the stack makes its own",
            f"If nothing uses it: `aws apigateway delete-domain-name --domain-name {name}`.",
        )
    ]
