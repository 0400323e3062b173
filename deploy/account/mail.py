"""The checks that SES can send customers' e-mails from this sender."""

from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from deploy.account.account import Account
from deploy.account.lines import Line, note, ok
from deploy.account.refusals import find
from deploy.environment import PREFIX

SUBJECT = "SES"
SET_FROM = (
    f"`aws ssm put-parameter --type String --name {PREFIX}EMAIL_FROM --value orders@cafe.example`, "
    "with your own address."
)


def look_at_mail(account: Account) -> list[Line]:
    host = mail_host(account)
    if not host.startswith("email-smtp."):
        return [ok(SUBJECT, f"not asked: {PREFIX}EMAIL_URL does not name SES's server")]
    if account.region not in account.session.get_available_regions("sesv2"):
        return [
            note(
                SUBJECT,
                f"there is no SES in {account.region}",
                "Use Nat=yes and any mail server, or another region.",
            )
        ]
    client = account.session.client("sesv2")
    return [_account_line(client.get_account()), _sender_line(account, client)]


def mail_host(account: Account) -> str:
    """Return the mail server's host name; empty if it is not set or cannot be read."""
    try:
        return urlsplit(account.mail_settings.get("EMAIL_URL", "")).hostname or ""
    except ValueError:
        return ""


def _account_line(answer: dict[str, Any]) -> Line:
    if not answer.get("SendingEnabled", False):
        return note(
            SUBJECT,
            "sending is turned off for this account",
            'SES, Account dashboard, says why. Customers get no e-mail until it is "Healthy".',
        )
    if not answer.get("ProductionAccessEnabled", False):
        return note(
            SUBJECT,
            "in the sandbox: e-mails to addresses that are not verified are refused",
            'SES, Account dashboard, "Request production access". It takes about a day. Until then '
            "verify the addresses that you try it out with.",
        )
    return ok(SUBJECT, "production access, sending is on")


def _sender_line(account: Account, client: Any) -> Line:
    given = account.mail_settings.get("EMAIL_FROM", "")
    address = parseaddr(given)[1]
    if "@" not in address:
        found = "is not an e-mail address" if given else "is missing"
        return note("sender", f"{PREFIX}EMAIL_FROM {found}", SET_FROM)
    for identity in _identities(address):
        answer = find(client.get_email_identity, EmailIdentity=identity)
        if answer is not None and answer.get("VerifiedForSendingStatus", False):
            return ok("sender", f"{identity} is verified")
    domain = address.partition("@")[2]
    return note(
        "sender",
        f"neither {address} nor {domain} is verified in {account.region}",
        f"SES, Identities, Create identity: the domain {domain}; put the records that it shows "
        "into DNS. SES refuses e-mails of this sender until then.",
    )


def _identities(address: str) -> list[str]:
    """Return the identities that may send for an address: itself, its domain and parent domains."""
    labels = address.partition("@")[2].split(".")
    return [address, *(".".join(labels[start:]) for start in range(max(len(labels) - 1, 1)))]
