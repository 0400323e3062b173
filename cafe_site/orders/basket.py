"""The basket in the session: products, options and quantities until checkout."""

import hashlib
import re
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import ngettext

from cafe_site.menu.models import Option, Product
from cafe_site.menu.options import ChoiceRefused, choose_options, line_name, names_of, unit_price
from cafe_site.orders.pricing import LineAmounts, price_line_tax_excluded, price_line_tax_included
from cafe_site.shop.contact import with_how_to_reach_us
from cafe_site.shop.fields import make_token
from cafe_site.shop.money import ZERO
from cafe_site.shop.opening import shop_currency

MAX_QUANTITY = 50
MAX_LINES = 100
_QUANTITIES = "basket"
_CHECKOUT_KEY = "checkout_key"
_VOUCHER_CODE = "voucher"
# "12" is product 12 without options, "12:3,7" the same with options 3 and 7.
_LINE_KEY = re.compile(r"([0-9]{1,18})(?::([0-9]{1,18}(?:,[0-9]{1,18}){0,19}))?")


class BasketFull(Exception):
    """The basket has the maximum number of lines; the message says so."""


@dataclass(frozen=True, slots=True)
class ChosenLine:
    """A product with options and a quantity, as a customer chose them."""

    product_id: int
    option_ids: tuple[int, ...]
    quantity: int

    @property
    def key(self) -> str:
        """Return the line's key: the same choice has the same key."""
        options = ",".join(str(option_id) for option_id in sorted(set(self.option_ids)))
        return f"{self.product_id}:{options}" if options else str(self.product_id)

    @classmethod
    def from_key(cls, key: str, quantity: int) -> "ChosenLine":
        """Parse a line's key; raise ValueError if it is invalid."""
        match = _LINE_KEY.fullmatch(key)
        if match is None:
            raise ValueError(f"{key!r} is not the key of a basket line.")
        options = match[2].split(",") if match[2] else []
        return cls(int(match[1]), tuple(int(option_id) for option_id in options), quantity)


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with today's price."""

    product: Product
    options: tuple[Option, ...]
    quantity: int
    unit_price_amount: Decimal
    amounts: LineAmounts

    @property
    def key(self) -> str:
        option_ids = tuple(option.pk for option in self.options)
        return ChosenLine(self.product.pk, option_ids, self.quantity).key

    @property
    def options_text(self) -> str:
        """Return the names of the options: Large, Oat milk."""
        return names_of(self.options)

    @property
    def name(self) -> str:
        return line_name(self.product.name, self.options_text)


def price_line(product: Product, quantity: int, options: tuple[Option, ...] = ()) -> PricedLine:
    """Return a product with options and a quantity, at today's price."""
    each = unit_price(product, options)
    amounts = price_unit(each, quantity, product.tax_rate)
    return PricedLine(product, options, quantity, each, amounts)


def price_unit(unit_price: Decimal, quantity: int, tax_rate: Decimal) -> LineAmounts:
    """Return the amounts of a quantity at a displayed price, by the shop's tax rule."""
    price_line = (
        price_line_tax_included if settings.SHOP_PRICES_INCLUDE_TAX else price_line_tax_excluded
    )
    return price_line(unit_price, quantity, tax_rate, shop_currency())


def price_lines(chosen: Iterable[ChosenLine]) -> list[PricedLine]:
    """Return the lines that can be ordered now, with prices; the others are left out.

    Lines are left out if the product or an option is off sale, or if a required option is missing.
    """
    lines = list(chosen)
    products = Product.objects.on_sale().with_choices().in_bulk(product_quantities(lines))
    priced = []
    for line in lines:
        if product := products.get(line.product_id):
            try:
                options = choose_options(product, line.option_ids)
            except ChoiceRefused:
                continue
            priced.append(price_line(product, line.quantity, options))
    return priced


def fingerprint_of(lines: Iterable[PricedLine]) -> str:
    """Return the same fingerprint for the same choices at the same prices, in any order.

    A page that shows the basket includes it, and an order from that page must match it.
    """
    shown = sorted(
        f"{line.key} {line.quantity} {line.unit_price_amount:f} {line.amounts.total_amount:f}"
        for line in lines
    )
    return hashlib.sha256("\n".join(shown).encode()).hexdigest()[:32]


def product_quantities(lines: Iterable[ChosenLine]) -> dict[int, int]:
    """Return the total quantity of each product, by its id."""
    quantities: dict[int, int] = {}
    for line in lines:
        quantities[line.product_id] = quantities.get(line.product_id, 0) + line.quantity
    return quantities


class Basket:
    """A customer's basket, stored in the session."""

    def __init__(self, session: MutableMapping[str, Any]) -> None:
        self._session = session

    @property
    def quantities(self) -> dict[str, int]:
        """Return the quantity of each line by its key, in the order of adding."""
        stored: Mapping[str, int] = self._session.get(_QUANTITIES, {})
        return dict(stored)

    @property
    def chosen(self) -> tuple[ChosenLine, ...]:
        """Return the chosen lines, on sale or not."""
        return tuple(
            ChosenLine.from_key(key, quantity) for key, quantity in self.quantities.items()
        )

    @property
    def product_ids(self) -> set[int]:
        return {line.product_id for line in self.chosen}

    @property
    def count(self) -> int:
        return sum(self.quantities.values())

    @property
    def checkout_key(self) -> str:
        """Return the key of this basket's checkout: one key, one order."""
        if _CHECKOUT_KEY not in self._session:
            self._session[_CHECKOUT_KEY] = make_token()
        return str(self._session[_CHECKOUT_KEY])

    def has_checkout_key(self, key: str) -> bool:
        """Whether a form with that key belongs to this basket and not to an earlier one."""
        return str(self._session.get(_CHECKOUT_KEY, "")) == key

    def add(self, line: ChosenLine) -> int:
        """Add to a line; return its new quantity, at most 50.

        Raises BasketFull if there are too many lines.
        """
        quantities = self.quantities
        if line.key not in quantities and len(quantities) >= MAX_LINES:
            raise BasketFull(
                with_how_to_reach_us(
                    ngettext(
                        "Your basket is full: it has %(count)s item.",
                        "Your basket is full: it has %(count)s different items.",
                        MAX_LINES,
                    )
                    % {"count": MAX_LINES}
                )
            )
        total = min(quantities.get(line.key, 0) + line.quantity, MAX_QUANTITY)
        self._keep(quantities | {line.key: total})
        return total

    def change(self, key: str, quantity: int) -> None:
        """Set the quantity of an existing line; zero removes it."""
        quantities = self.quantities
        if key not in quantities:
            return
        quantities[key] = quantity
        self._keep({key: quantity for key, quantity in quantities.items() if quantity})

    def _keep(self, quantities: dict[str, int]) -> None:
        self._session[_QUANTITIES] = quantities

    @property
    def voucher_code(self) -> str:
        """Return the voucher code as typed; empty without one."""
        return str(self._session.get(_VOUCHER_CODE, ""))

    def keep_voucher(self, code: str) -> None:
        """Save a voucher code for the checkout; an empty one removes it."""
        self._session[_VOUCHER_CODE] = code

    def clear(self) -> None:
        self._session.pop(_VOUCHER_CODE, None)
        self._session.pop(_QUANTITIES, None)
        self._session.pop(_CHECKOUT_KEY, None)

    def lines(self) -> list[PricedLine]:
        """Return the lines with today's prices, without products off sale."""
        return price_lines(self.chosen)


def total_of(lines: Iterable[PricedLine]) -> Decimal:
    return sum((line.amounts.total_amount for line in lines), ZERO)


def tax_of(lines: Iterable[PricedLine]) -> Decimal:
    return sum((line.amounts.tax_amount for line in lines), ZERO)
