"""All checks of the AWS account, and which of them a deployment runs.

They write nothing: a test allows only Get, List, Describe and Head calls.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from deploy.account.account import Account, Fetch
from deploy.account.billing import look_at_billing
from deploy.account.concurrency import look_at_concurrency
from deploy.account.database import look_at_database
from deploy.account.domain import look_at_domain
from deploy.account.identity import look_at_identity, look_at_stack
from deploy.account.lines import Level, Line
from deploy.account.machine import look_at_machine
from deploy.account.mail import look_at_mail
from deploy.account.names import look_at_api_stacks, look_at_names
from deploy.account.network import look_at_zones
from deploy.account.parameters import look_at_parameters
from deploy.account.prices import look_at_prices
from deploy.account.refusals import words_of
from deploy.packaging.locks import ROOT

ZAPPA_SETTINGS = ROOT / "zappa_settings.json"


def _always(account: Account) -> bool:
    return True


def _never(account: Account) -> bool:
    return False


def _builds_packages(account: Account) -> bool:
    return account.builds_packages


def _at_first(account: Account) -> bool:
    return not account.has_stood


def _at_first_or_with(*names: str) -> Callable[[Account], bool]:
    """Due until the stack is created, and if one of these parameters is given."""
    return lambda account: not account.has_stood or bool(account.given.keys() & set(names))


@dataclass(frozen=True, slots=True)
class Look:
    """`is_due` says whether a deployment needs the check; an essential one must get an answer."""

    subject: str
    look: Callable[[Account], list[Line]]
    is_due: Callable[[Account], bool]
    is_essential: bool = False


LOOKS = (
    Look("this machine", look_at_machine, _builds_packages),
    Look("identity", look_at_identity, _always, is_essential=True),
    Look("stack", look_at_stack, _always, is_essential=True),
    Look("Lambda's limit", look_at_concurrency, _always),
    Look("names", look_at_names, _at_first),
    Look("API's stack", look_at_api_stacks, _always),
    Look(
        "zones",
        look_at_zones,
        _at_first_or_with("SnsEndpoint", "MailEndpoint", "LambdaEndpoint", "EndpointZones", "Nat"),
    ),
    Look("database", look_at_database, _at_first_or_with("DatabaseClass", "DatabaseInTwoZones")),
    Look(
        "domain name",
        look_at_domain,
        _at_first_or_with("DomainName", "HostedZoneId", "CertificateArn"),
    ),
    Look("settings", look_at_parameters, _always),
    Look("SES", look_at_mail, _at_first),
    Look("billing", look_at_billing, _at_first),
    # It makes two dozen calls, and no deployment depends on it.
    Look("prices", look_at_prices, _never),
)


def open_account(
    session: Any, given: Mapping[str, str], fetch: Fetch, *, builds_packages: bool = True
) -> Account:
    settings = json.loads(ZAPPA_SETTINGS.read_text(encoding="utf-8"))
    return Account(session, settings, fetch, given, builds_packages)


def look_at_everything(account: Account) -> list[Line]:
    return _look(account, LOOKS, lambda _look: True)


def look_before_deployment(account: Account) -> list[Line]:
    """Run the checks that a deployment needs; for an existing stack, these are few."""
    return _look(account, LOOKS, lambda look: look.is_due(account))


def _look(account: Account, looks: Iterable[Look], is_wanted: Callable[[Look], bool]) -> list[Line]:
    lines: list[Line] = []
    for look in looks:
        if not is_wanted(look):
            continue
        found = lines_of(look, account)
        lines += found
        if look.is_essential and not all(line.is_known for line in found):
            # All other checks would fail in the same way.
            break
    return lines


def lines_of(look: Look, account: Account) -> list[Line]:
    """Return the lines of a check, or one line with the reason if AWS did not answer."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return look.look(account)
    except ClientError as error:
        found = f"not known: AWS refused {error.operation_name} ({words_of(error)})"
        remedy = (
            "Your permissions may be missing. An administrator of the account has all that are "
            "needed."
        )
    except BotoCoreError as error:
        found = f"not known: AWS could not be asked ({error})"
        remedy = "Check the credentials, the region and the network, and run this again."
    level = Level.STOP if look.is_essential else Level.NOTE
    return [Line(look.subject, found, level, remedy, is_known=False)]
