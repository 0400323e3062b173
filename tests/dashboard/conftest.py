from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from cafe_site.accounts.models import User
from cafe_site.menu.models import Product
from tests.factories import ProductFactory, utc

NOW = utc(2026, 11, 22, 10)
PICKUP = utc(2026, 11, 22, 12)


@pytest.fixture
def board(staff_member: User, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(staff_member)


@pytest.fixture
def product(opening_hours: None) -> Product:
    return ProductFactory(name="Cheesecake", price_amount=Decimal("4.20"))
