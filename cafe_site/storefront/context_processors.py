"""Template context of every page: the shop's name and facts, and the basket's item count."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from cafe_site.orders.basket import Basket
from cafe_site.shop.facts import ShopFacts, read_shop_facts


def shop(request: HttpRequest) -> dict[str, Any]:
    session = getattr(request, "session", {})

    # Read on demand, once per page: the dashboard's pages never do.
    @cache
    def shop_facts() -> ShopFacts:
        return read_shop_facts(timezone.now())

    return {
        "shop_name": settings.SHOP_NAME,
        # Not Django's tag, which translates the names: each language is listed by its own name.
        "languages": settings.LANGUAGES,
        "shop_facts": shop_facts,
        "basket_count": Basket(session).count,
        "prices_include_tax": settings.SHOP_PRICES_INCLUDE_TAX,
    }
