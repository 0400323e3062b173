"""Actions of a browser on the customers' pages."""

import re
from typing import Any

from django.test import Client

from cafe_site.menu.models import Product
from tests.fixtures.ordering import PICKUP

# Of a shop that nobody has entered a telephone number for.
TOO_MANY = (
    "Online you can order up to 50 of one product. We also take larger orders. Please ask us in "
    "the shop."
)


def add(client: Client, product: Product, quantity: Any = 1) -> Any:
    return client.post("/basket/add/", {"product": product.pk, "quantity": quantity}, follow=True)


def form_of(client: Client, **changes: str) -> dict[str, str]:
    page = client.get("/checkout/").content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', page))
    return {
        "checkout_key": hidden["checkout_key"],
        "shown": hidden["shown"],
        "name": "Ada Lovelace",
        "email": "ada@example.com",
        "phone": "",
        "note": "",
        "pickup_at": PICKUP.isoformat(),
        **changes,
    }
