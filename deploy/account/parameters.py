"""The checks of the owners' settings in SSM: missing ones, and secrets in clear text."""

from typing import Any

from deploy.account.account import Account
from deploy.account.lines import Line, note, ok, stop
from deploy.account.mail import mail_host
from deploy.environment import PREFIX

SUBJECT = "settings"
USUAL = ("SHOP_NAME", "EMAIL_URL", "EMAIL_FROM")
SECRET = frozenset(
    {"EMAIL_PASSWORD", "SECRET_KEY", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"},
)


def look_at_parameters(account: Account) -> list[Line]:
    types = read_types(account.session)
    missing = [name for name in USUAL if name not in types]
    found = ", ".join(sorted(types)) or "none"
    lines = [ok(SUBJECT, f"{PREFIX}: {found}")]
    if missing:
        lines = [
            note(
                SUBJECT,
                f"{PREFIX}: {found}; without {', '.join(missing)}",
                f"`aws ssm put-parameter --type String --name {PREFIX}{missing[0]} --value ...`. "
                "README, Settings, describes the defaults.",
            )
        ]
    lines += [_in_clear(name) for name in sorted(SECRET) if types.get(name, "") == "String"]
    if "EMAIL_URL" in types:
        lines += _mail_lines(account)
    return lines


def read_types(session: Any) -> dict[str, str]:
    """Return the type of each parameter by name, without reading values."""
    below = {"Key": "Path", "Option": "Recursive", "Values": [PREFIX.rstrip("/")]}
    paginator = session.client("ssm").get_paginator("describe_parameters")
    pages = paginator.paginate(ParameterFilters=[below])
    return {
        item["Name"].removeprefix(PREFIX): item["Type"]
        for page in pages
        for item in page["Parameters"]
    }


def _in_clear(name: str) -> Line:
    return note(
        SUBJECT,
        f"{PREFIX}{name} is of type String: it is stored in clear text",
        f"`aws ssm delete-parameter --name {PREFIX}{name}`, then `aws ssm put-parameter --type "
        f"SecureString --name {PREFIX}{name} --value ...`: the type of an existing parameter "
        "cannot be changed. Use a new secret, because the old one was readable.",
    )


def _mail_lines(account: Account) -> list[Line]:
    if "@" in account.mail_settings.get("EMAIL_URL", ""):
        return [
            stop(
                SUBJECT,
                f'{PREFIX}EMAIL_URL contains an "@": remove user and password',
                f"Put them into {PREFIX}EMAIL_USER and {PREFIX}EMAIL_PASSWORD (SecureString), "
                "unencoded, and set EMAIL_URL to smtp+tls://HOST:587.",
            )
        ]
    host, own = mail_host(account), f"email-smtp.{account.region}.amazonaws.com"
    if host.startswith("email-smtp.") and host != own and account.parameter("Nat") != "yes":
        return [
            note(
                SUBJECT,
                f"{PREFIX}EMAIL_URL names {host}, and the network leads to {own} alone",
                f"Make SMTP credentials of this region, and name {own}; or take Nat=yes.",
            )
        ]
    return []
