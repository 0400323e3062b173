"""Tests of the client address and the user name by which sign-in attempts are throttled."""

from typing import Any

import pytest
from django.test import RequestFactory

from cafe_site.accounts.addresses import client_address, user_name_of

# Both are written by the client.
FORGED = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.66"}


@pytest.mark.parametrize(
    ("event", "address"),
    [
        # REST APIs and HTTP APIs name the address differently.
        ({"requestContext": {"identity": {"sourceIp": "198.51.100.7"}}}, "198.51.100.7"),
        ({"requestContext": {"http": {"sourceIp": "2001:db8::7"}}}, "2001:db8::7"),
        ({"requestContext": {"identity": {"sourceIp": None}}}, ""),
        ({"requestContext": {}}, ""),
        ({}, ""),
    ],
)
def test_behind_the_gateway_the_address_is_the_one_that_it_saw(
    rf: RequestFactory, event: dict[str, Any], address: str
) -> None:
    request = rf.get("/sign-in/", **FORGED, **{"lambda.event": event})

    assert client_address(request) == address


def test_without_a_gateway_the_address_is_that_of_the_connection(rf: RequestFactory) -> None:
    assert client_address(rf.get("/sign-in/", **FORGED)) == "10.0.0.1"


def test_the_name_comes_from_the_credentials_or_else_from_the_form(rf: RequestFactory) -> None:
    request = rf.post("/sign-in/", {"username": "Olga"})

    names = (
        user_name_of(request, {"username": "SAM"}),
        user_name_of(request, {"password": "x"}),
        user_name_of(request),
        user_name_of(rf.get("/sign-in/")),
    )

    assert names == ("sam", "olga", "olga", "")
