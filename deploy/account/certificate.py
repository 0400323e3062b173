"""The check of a given certificate against the site's name."""

from typing import Any

from deploy.account.account import Account
from deploy.account.lines import Line, ok, stop
from deploy.account.refusals import find

SUBJECT = "certificate"


def look_at_certificate(account: Account, name: str, arn: str) -> list[Line]:
    region = (arn.split(":") + [""] * 4)[3]
    if region != account.region:
        return [
            stop(
                SUBJECT,
                f"it is in {region or 'no region'}, and the site in {account.region}",
                f"Request one in {account.region}: Certificate Manager, Request.",
            )
        ]
    answer = find(account.session.client("acm").describe_certificate, CertificateArn=arn)
    if answer is None:
        return [
            stop(
                SUBJECT,
                f"there is no certificate {arn}",
                "`aws acm list-certificates` names those of the account.",
            )
        ]
    return [_judge(answer["Certificate"], name)]


def _judge(certificate: dict[str, Any], name: str) -> Line:
    names = {certificate["DomainName"], *certificate.get("SubjectAlternativeNames", [])}
    if certificate["Status"] != "ISSUED":
        return stop(
            SUBJECT,
            f"it is in state {certificate['Status']}, not ISSUED",
            "Certificate Manager shows the records that have to be in DNS; without them it is not "
            "issued. If it has expired or failed, request it again.",
        )
    if not any(covers(pattern, name) for pattern in names):
        return stop(
            SUBJECT,
            f"it is for {', '.join(sorted(names))}, not for {name}",
            f"Request one for {name}: Certificate Manager, Request.",
        )
    return ok(SUBJECT, f"issued, and covers {name}")


def covers(pattern: str, name: str) -> bool:
    """Return whether a certificate's name covers a host; a star stands for exactly one label."""
    pattern, name = pattern.lower(), name.lower()
    if not pattern.startswith("*."):
        return pattern == name
    label, _dot, rest = name.partition(".")
    return bool(label) and rest == pattern.removeprefix("*.")
