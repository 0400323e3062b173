"""Detection of probable typing errors: an extra zero, a price in cents. Pure."""

from decimal import Decimal

# The largest plausible multiple of the highest number so far. A holiday brings two or three times
# as much as any day before; an extra zero brings ten times.
FACTOR = 4
# Small numbers vary more: from one to five, or thirty for a birthday.
UNQUESTIONED = 30
# For products without earlier numbers.
UNQUESTIONED_AT_FIRST = 200


def is_far_above(value: int, most: int) -> bool:
    """Whether a quantity is far above the highest so far, which is 0 if there is none."""
    return value > (max(FACTOR * most, UNQUESTIONED) if most else UNQUESTIONED_AT_FIRST)


def is_price_far_above(price: Decimal, highest: Decimal) -> bool:
    """Whether a price is far above the highest so far; never without one."""
    return highest > 0 and price > FACTOR * highest
