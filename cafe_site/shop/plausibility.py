"""Numbers that are probably typed wrong: a zero too many, a price in cents. Pure."""

from decimal import Decimal

# How many times the largest so far a number may be without a question. A holiday brings two or
# three times as much as any day before; a zero too many brings ten times.
FACTOR = 4
# Small numbers vary more: five after one, thirty for a birthday.
UNQUESTIONED = 30
# For what has no past at all.
UNQUESTIONED_AT_FIRST = 200


def is_far_above(value: int, most: int) -> bool:
    """Whether a quantity is far above the largest so far; 0 is for none so far."""
    return value > (max(FACTOR * most, UNQUESTIONED) if most else UNQUESTIONED_AT_FIRST)


def is_price_far_above(price: Decimal, highest: Decimal) -> bool:
    """Whether a price is far above the highest so far; without one there is nothing to say."""
    return highest > 0 and price > FACTOR * highest
