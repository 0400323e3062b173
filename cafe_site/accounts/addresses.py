"""Where a sign-in comes from and whom it is for, as far as that can be trusted."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from cafe_site.identity.normal_forms import normal_user_name


def user_name_of(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """Return the name that a sign-in is throttled by: another spelling is no new try."""
    typed = (credentials or {}).get("username") or request.POST.get("username", "")
    return normal_user_name(str(typed))


def client_address(request: HttpRequest) -> str:
    """Return the address that a sign-in is throttled by.

    Behind API Gateway it is the one that the gateway itself saw. X-Forwarded-For is written by
    the client, and REMOTE_ADDR is what Zappa makes of that header: neither is used there.
    """
    event = request.META.get("lambda.event")
    if event is None:
        return str(request.META.get("REMOTE_ADDR", ""))
    context = event.get("requestContext", {})
    seen = context.get("identity", {}).get("sourceIp") or context.get("http", {}).get("sourceIp")
    return str(seen or "")
