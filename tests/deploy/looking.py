"""An Account as script/deploy opens it, and a single check of it."""

from collections.abc import Callable
from typing import Any

from deploy.account.account import Account, Fetch
from deploy.account.check import open_account
from deploy.account.lines import Line
from tests.deploy.cloud import Cloud

Look = Callable[[Account], list[Line]]


def no_network(address: str) -> bytes:
    raise OSError("no network")


def open_cloud(cloud: Cloud, fetch: Fetch = no_network, **given: str) -> Account:
    return open_account(cloud.session, given, fetch)


def found_by(look: Look, account: Account) -> list[tuple[str, str]]:
    """Return level and words of each line; the remedy is looked at where it matters."""
    return [(str(line.level), line.found) for line in look(account)]


def put_settings(cloud: Cloud, kind: str = "String", **settings: str) -> None:
    for name, value in settings.items():
        cloud.session.client("ssm").put_parameter(Name=f"/cafe/{name}", Type=kind, Value=value)


def settings_with(**concurrency: int) -> dict[str, Any]:
    """Return zappa_settings.json with stages that reserve as much as is given."""
    stages = {
        name: {"extends": "base", "lambda_concurrency": number}
        for name, number in concurrency.items()
    }
    return {"base": {"project_name": "cafe"}, **stages}
