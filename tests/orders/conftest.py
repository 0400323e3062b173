from decimal import Decimal

import pytest

from cafe_site.menu.models import Product
from cafe_site.orders.checkout import CheckoutDetails
from tests.factories import ProductFactory, utc

# Sunday, eleven o'clock in Berlin; the shop is open from eight to six.
NOW = utc(2026, 11, 22, 10)
PICKUP = utc(2026, 11, 22, 12)


@pytest.fixture
def cheesecake(opening_hours: None) -> Product:
    return ProductFactory(name="Cheesecake", price_amount=Decimal("4.20"))


@pytest.fixture
def coffee(opening_hours: None) -> Product:
    return ProductFactory(name="Coffee", price_amount=Decimal("2.90"), tax_rate=Decimal("0.19"))


def details(**changes: object) -> CheckoutDetails:
    fields: dict[str, object] = {
        "name": "Ada Lovelace",
        "email": "ada@example.com",
        "phone": "",
        "note": "",
        "pickup_at": PICKUP,
    }
    return CheckoutDetails(**fields | changes)  # type: ignore[arg-type]
