"""The smoke test of a deployment."""

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

from deploy.errors import StepFailed
from deploy.rollout.functions import ask

Fetch = Callable[[str], bytes]

# A changed function may take a moment. A new domain mapping takes up to a minute, in which it
# answers 403.
TRIES = 12
PAUSE_SECONDS = 5


def fetch(address: str) -> bytes:
    """Return the body of a 200 answer; raise OSError for anything else."""
    with urllib.request.urlopen(address, timeout=30) as answer:
        content: bytes = answer.read()
    return content


def try_site(fetch: Fetch, site_url: str) -> str:
    """Request /healthz, which queries the database."""
    address = f"{site_url}/healthz"
    for number in range(TRIES):
        try:
            return f"{address}: {fetch(address).decode()}"
        except OSError as error:
            said = error
        if number < TRIES - 1:
            time.sleep(PAUSE_SECONDS)
    raise StepFailed(f"{address} does not answer correctly: {said}. {_remedy(said)}")


def _remedy(error: OSError) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return "Its log is /aws/lambda/cafe-web."
    return (
        "If the name is new, its DNS record is missing (the stack's output DomainTarget) or not "
        "propagated yet: run this again later."
    )


def try_function(session: Any, function: str) -> str:
    """Call a function that returns the missing migrations."""
    missing = ask(session, function, {"command": "cafe_site.deployment.list_missing_migrations"})
    if missing:
        raise StepFailed(
            f"The database lacks {', '.join(missing)}, which {function} needs. Run this again."
        )
    return f"{function} starts, and the database has all that it needs"
