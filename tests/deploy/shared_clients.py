"""Shares one boto3 client among equal requests: creating one takes as long as ten calls."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.loaders import create_loader
from botocore.session import Session as BotocoreSession


@contextmanager
def shared_clients() -> Iterator[None]:
    """Make each client once, as long as this lasts; a session's own handlers are not looked at.

    EC2's description alone has eight megabytes; most of a test's time went into reading such.
    """
    loader = create_loader()
    make = boto3.Session.client
    made: dict[Any, Any] = {}

    def register(session: BotocoreSession) -> None:
        session._components.register_component("data_loader", loader)

    def client(session: boto3.Session, service: str, *arguments: Any, **named: Any) -> Any:
        key = (service, _facts_of(session), repr(arguments), _readable(named))
        if key not in made:
            made[key] = make(session, service, *arguments, **named)
        return made[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BotocoreSession, "_register_data_loader", register)
        patch.setattr(boto3.Session, "client", client)
        yield


def _facts_of(session: boto3.Session) -> tuple[Any, ...]:
    """Return what decides whom a session's client calls, and as whom."""
    credentials = session.get_credentials()
    settings = sorted(item for item in os.environ.items() if item[0].startswith("AWS_"))
    return (
        session.region_name,
        session.profile_name,
        credentials and credentials.get_frozen_credentials(),
        tuple(settings),
    )


def _readable(named: dict[str, Any]) -> str:
    """Return named arguments as text, with what a configuration holds in place of its address."""
    items = sorted(named.items())
    return repr(
        [(key, vars(value) if isinstance(value, Config) else value) for key, value in items]
    )
