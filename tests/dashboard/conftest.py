from decimal import Decimal

import pytest

from cafe_site.menu.models import Product
from tests.factories import ProductFactory, utc

NOW = utc(2026, 11, 22, 10)
PICKUP = utc(2026, 11, 22, 12)


@pytest.fixture
def product(opening_hours: None) -> Product:
    return ProductFactory.create(name="Cheesecake", price_amount=Decimal("4.20"))
