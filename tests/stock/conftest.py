import pytest

from cafe_site.menu.models import Product
from tests.factories import ProductFactory


@pytest.fixture
def cake(db: None) -> Product:
    return ProductFactory.create(name="Cheesecake", daily_quantity=10)
