"""Detection of receipts with a probably wrong number: a zero too many, a price in cents."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.db.models import Max

from cafe_site.identity.normal_forms import normal_name
from cafe_site.menu.models import Product
from cafe_site.orders.models import OrderLine
from cafe_site.shop.money import ZERO
from cafe_site.shop.plausibility import is_far_above, is_price_far_above
from cafe_site.till.staging import Numbers, Receipt

# A number is usual for an item if this share of its rows is at or below it.
USUAL_SHARE = 0.8

Number = TypeVar("Number", int, Decimal)


@dataclass(frozen=True, slots=True)
class UsualNumbers:
    """The largest quantity and the highest price of each item so far, by normalised name."""

    quantities: Mapping[str, int]
    prices: Mapping[str, Decimal]

    def question(self, receipt: Receipt) -> str:
        """Return the question to ask about a receipt; empty if its numbers are usual."""
        for row in receipt.rows:
            key = normal_name(row.item)
            most, highest = self.quantities.get(key, 0), self.prices.get(key, ZERO)
            if is_far_above(row.quantity, most):
                usual = f"usually {most:,} at the most" if most else "none so far"
                return f"{row.quantity:,} of {row.item} on receipt {receipt.number} ({usual})?"
            if row.unit_price is not None and is_price_far_above(row.unit_price, highest):
                return (
                    f"{row.item} for {row.unit_price} on receipt {receipt.number} "
                    f"(usually {highest} at the most)?"
                )
        return ""


def usual_numbers(rows: Iterable[Numbers]) -> UsualNumbers:
    """Return the usual numbers of each item, from existing orders, else from the file itself.

    A file alone reveals few of its errors: with a single row, that row would be the usual.
    """
    quantities: dict[str, list[tuple[int, int]]] = defaultdict(list)
    prices: dict[str, list[tuple[Decimal, int]]] = defaultdict(list)
    for row in rows:
        key = normal_name(row.item)
        quantities[key].append((row.quantity, row.count))
        if row.unit_price:
            prices[key].append((row.unit_price, row.count))
    most = {key: _usual(found) for key, found in quantities.items()}
    highest = {key: _usual(found) for key, found in prices.items()}
    past_prices = dict(Product.objects.values_list("name_key", "price_amount"))
    lines = OrderLine.objects.order_by().values_list("product__name_key")
    for key, quantity, price in lines.annotate(Max("quantity"), Max("unit_price_amount")):
        if key in most:
            most[key] = quantity
        past_prices[key] = max(past_prices.get(key, ZERO), price)
    highest |= {key: price for key, price in past_prices.items() if price and key in most}
    return UsualNumbers(most, highest)


def _usual(found: list[tuple[Number, int]]) -> Number:
    """Return the number that most rows do not exceed, given the rows per number."""
    found.sort()
    # With one or two rows, the smaller one, so that an unlikely one does not define the usual.
    index = int(USUAL_SHARE * (sum(count for _number, count in found) - 1))
    passed = 0
    for number, count in found:
        passed += count
        if passed > index:
            return number
    return found[-1][0]
