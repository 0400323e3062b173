"""What every page shows: the shop's name and how much lies in the basket."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from cafe_site.orders.basket import Basket


def shop(request: HttpRequest) -> dict[str, Any]:
    session = getattr(request, "session", {})
    return {
        "shop_name": settings.SHOP_NAME,
        # Not Django's tag, which translates their names: each is offered by its own.
        "languages": settings.LANGUAGES,
        "basket_count": Basket(session).count,
        "prices_include_tax": settings.SHOP_PRICES_INCLUDE_TAX,
    }
