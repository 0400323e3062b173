"""Whether what was deployed does its work, asked from outside."""

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

from deploy.errors import StepFailed
from deploy.rollout.functions import ask

Fetch = Callable[[str], bytes]

# A function that was just changed may take a moment, and a domain that was just led to an API up to
# a minute, in which it answers 403.
TRIES = 12
PAUSE_SECONDS = 5


def fetch(address: str) -> bytes:
    """Return what an address answers with 200; raise OSError for anything else."""
    with urllib.request.urlopen(address, timeout=30) as answer:
        content: bytes = answer.read()
    return content


def try_site(fetch: Fetch, site_url: str) -> str:
    """Ask the site for /healthz, which asks the database."""
    address = f"{site_url}/healthz"
    for number in range(TRIES):
        try:
            return f"{address}: {fetch(address).decode()}"
        except OSError as error:
            said = error
        if number < TRIES - 1:
            time.sleep(PAUSE_SECONDS)
    raise StepFailed(f"{address} does not answer as it should: {said}. {_remedy(said)}")


def _remedy(error: OSError) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return "Its log is /aws/lambda/cafe-web."
    return (
        "If the name is new, its record in DNS is missing (the stack's output DomainTarget) or has "
        "not gone round yet: run this again in a while."
    )


def try_function(session: Any, function: str) -> str:
    """Have a function look at the database; it says which migrations are missing there."""
    missing = ask(session, function, {"command": "cafe_site.deployment.list_missing_migrations"})
    if missing:
        raise StepFailed(
            f"The database lacks {', '.join(missing)}, which {function} needs. Run this again."
        )
    return f"{function} starts, and the database has all that it needs"
