"""Reorder of an earlier order: which products are available, and what has changed since."""

from dataclasses import dataclass
from decimal import Decimal

from cafe_site.orders.basket import ChosenLine, price_lines
from cafe_site.orders.models import Order


@dataclass(frozen=True, slots=True)
class DearerLine:
    """A line whose unit price has risen."""

    name: str
    before: Decimal
    now: Decimal


@dataclass(frozen=True, slots=True)
class Reorder:
    """The result of reordering: available lines, missing products and higher prices."""

    lines: tuple[ChosenLine, ...]
    # Names, as ordered, of products no longer on sale.
    gone: tuple[str, ...]
    dearer: tuple[DearerLine, ...]


def choose_again(order: Order) -> Reorder:
    """Return the available lines of an order, compared with what was ordered."""
    before = [
        (line, ChosenLine.from_key(line.choice_key or str(line.product_id), line.quantity))
        for line in order.lines.order_by("pk")
    ]
    priced = {line.key: line for line in price_lines([chosen for _, chosen in before])}
    return Reorder(
        lines=tuple(chosen for _, chosen in before if chosen.key in priced),
        gone=tuple(line.name for line, chosen in before if chosen.key not in priced),
        dearer=tuple(
            DearerLine(line.name, line.unit_price_amount, priced[chosen.key].unit_price_amount)
            for line, chosen in before
            if chosen.key in priced
            and priced[chosen.key].unit_price_amount > line.unit_price_amount
        ),
    )
