"""Where a request comes from, as far as it can be trusted."""

from django.http import HttpRequest


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
