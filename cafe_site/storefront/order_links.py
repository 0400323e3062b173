"""Links to an order's page."""

from secrets import compare_digest

from django.http import Http404

from cafe_site.orders.models import Order


def find_order(number: int, token: str) -> Order:
    """Return the order of a link; raise Http404 for a wrong token, as for no order."""
    found = (
        Order.objects.filter(pk=number)
        .select_related("payment")
        .prefetch_related("lines", "events")
        .first()
    )
    if found is None or not compare_digest(found.token.encode(), token.encode()):
        raise Http404
    return found
