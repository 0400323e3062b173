"""The user name and the client address by which sign-in attempts are throttled."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from cafe_site.identity.normal_forms import normal_user_name


def user_name_of(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """Return the normalised user name, so that other spellings count as the same name."""
    typed = (credentials or {}).get("username") or request.POST.get("username", "")
    return normal_user_name(str(typed))


def client_address(request: HttpRequest) -> str:
    """Return the client's IP address.

    Behind API Gateway, this is the address that the gateway saw. X-Forwarded-For comes from the
    client, and Zappa derives REMOTE_ADDR from it, so neither can be trusted there.
    """
    event = request.META.get("lambda.event")
    if event is None:
        return str(request.META.get("REMOTE_ADDR", ""))
    context = event.get("requestContext", {})
    seen = context.get("identity", {}).get("sourceIp") or context.get("http", {}).get("sourceIp")
    return str(seen or "")
