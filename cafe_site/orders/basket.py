"""The basket: product numbers and quantities, kept in the session until checkout."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings

from cafe_site.menu.models import Product
from cafe_site.orders.pricing import LineAmounts, price_line_tax_excluded, price_line_tax_included
from cafe_site.shop.fields import make_token
from cafe_site.shop.money import ZERO
from cafe_site.shop.opening import shop_currency

MAX_QUANTITY = 50
_QUANTITIES = "basket"
_CHECKOUT_KEY = "checkout_key"


@dataclass(frozen=True, slots=True)
class BasketLine:
    product: Product
    quantity: int
    amounts: LineAmounts


def price(product: Product, quantity: int) -> LineAmounts:
    """Return what so many of a product come to today."""
    return price_unit(product.price_amount, quantity, product.tax_rate)


def price_unit(unit_price: Decimal, quantity: int, tax_rate: Decimal) -> LineAmounts:
    """Return what so many at a price as the shop shows it come to, by the shop's tax rule."""
    price_line = (
        price_line_tax_included if settings.SHOP_PRICES_INCLUDE_TAX else price_line_tax_excluded
    )
    return price_line(unit_price, quantity, tax_rate, shop_currency())


class Basket:
    """What a customer has chosen, read from and written to a session."""

    def __init__(self, session: MutableMapping[str, Any]) -> None:
        self._session = session

    @property
    def quantities(self) -> dict[int, int]:
        """Return the quantity of each product, by its number, in the order they were added."""
        stored: Mapping[str, int] = self._session.get(_QUANTITIES, {})
        return {int(product_id): quantity for product_id, quantity in stored.items()}

    @property
    def count(self) -> int:
        return sum(self.quantities.values())

    @property
    def checkout_key(self) -> str:
        """Return the key of this basket's checkout: one key, one order."""
        if _CHECKOUT_KEY not in self._session:
            self._session[_CHECKOUT_KEY] = make_token()
        return str(self._session[_CHECKOUT_KEY])

    def add(self, product_id: int, quantity: int) -> int:
        """Put more of a product in; return how many there are now, 50 at the most."""
        total = min(self.quantities.get(product_id, 0) + quantity, MAX_QUANTITY)
        self.change(product_id, total)
        return total

    def change(self, product_id: int, quantity: int) -> None:
        """Set a product's quantity; zero takes it out."""
        quantities = self.quantities
        if quantity:
            quantities[product_id] = quantity
        else:
            quantities.pop(product_id, None)
        self._session[_QUANTITIES] = {str(key): value for key, value in quantities.items()}

    def clear(self) -> None:
        self._session.pop(_QUANTITIES, None)
        self._session.pop(_CHECKOUT_KEY, None)

    def lines(self) -> list[BasketLine]:
        """Return the lines with today's prices; what is off sale by now is left out."""
        quantities = self.quantities
        products = Product.objects.on_sale().in_bulk(quantities)
        return [
            BasketLine(products[key], quantity, price(products[key], quantity))
            for key, quantity in quantities.items()
            if key in products
        ]


def total_of(lines: list[BasketLine]) -> Decimal:
    return sum((line.amounts.total_amount for line in lines), ZERO)


def tax_of(lines: list[BasketLine]) -> Decimal:
    return sum((line.amounts.tax_amount for line in lines), ZERO)
