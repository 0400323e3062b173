"""Prices, tax and refunds of order lines. Pure. Every amount is rounded once, and only here.

The rule: tax is computed and rounded per order line, halves away from zero; totals of orders and
reports are sums of lines, so they always add up to the cent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from cafe_site.shop.money import ZERO, Currency

AMOUNTS = ("gross_amount", "discount_amount", "refund_amount", "net_amount", "tax_amount")


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """Amounts of one order line. Gross, discount, refund and net exclude tax."""

    gross_amount: Decimal
    tax_amount: Decimal
    discount_amount: Decimal = ZERO
    refund_amount: Decimal = ZERO

    @property
    def net_amount(self) -> Decimal:
        return self.gross_amount - self.discount_amount - self.refund_amount

    @property
    def total_amount(self) -> Decimal:
        """The amount that the customer pays: net and tax."""
        return self.net_amount + self.tax_amount


def price_line_tax_included(
    unit_price: Decimal, quantity: int, tax_rate: Decimal, currency: Currency
) -> LineAmounts:
    """Price a line whose unit price includes tax."""
    total = currency.round(unit_price * quantity)
    gross = currency.round(total / (1 + tax_rate))
    return LineAmounts(gross_amount=gross, tax_amount=total - gross)


def price_line_tax_excluded(
    unit_price: Decimal, quantity: int, tax_rate: Decimal, currency: Currency
) -> LineAmounts:
    """Price a line whose unit price excludes tax."""
    gross = currency.round(unit_price * quantity)
    return LineAmounts(gross_amount=gross, tax_amount=currency.round(gross * tax_rate))


def refund_line(
    amounts: LineAmounts, refund_total: Decimal, tax_rate: Decimal, currency: Currency
) -> LineAmounts:
    """Return a line's amounts after a refund of `refund_total`, tax included."""
    net, tax = _tax_what_is_left(amounts, refund_total, tax_rate, currency)
    refunded = amounts.refund_amount + amounts.net_amount - net
    return replace(amounts, refund_amount=refunded, tax_amount=tax)


def discount_line(
    amounts: LineAmounts, discount_total: Decimal, tax_rate: Decimal, currency: Currency
) -> LineAmounts:
    """Return a line's amounts after a discount of `discount_total`, tax included."""
    net, tax = _tax_what_is_left(amounts, discount_total, tax_rate, currency)
    discounted = amounts.discount_amount + amounts.net_amount - net
    return replace(amounts, discount_amount=discounted, tax_amount=tax)


def _tax_what_is_left(
    amounts: LineAmounts, taken_off: Decimal, tax_rate: Decimal, currency: Currency
) -> tuple[Decimal, Decimal]:
    """Return net and tax of the remainder of a line's total.

    The remainder is taxed as a whole, so that net and tax add up to what the customer pays.
    """
    left = amounts.total_amount - taken_off
    if taken_off < 0 or left < 0:
        raise ValueError("The deduction is not between zero and the line's total.")
    net = currency.round(left / (1 + tax_rate))
    return net, left - net


def spread(amount: Decimal, weights: Sequence[Decimal], currency: Currency) -> list[Decimal]:
    """Divide an amount in proportion to the weights, in currency units that add up to it.

    No part exceeds its weight if the amount does not exceed their sum: each step rounds the
    remaining amount against the remaining weights (cumulative rounding).
    """
    shares = []
    amount_left, weight_left = amount, sum(weights, ZERO)
    for weight in weights:
        share = currency.round(amount_left * weight / weight_left) if weight_left else ZERO
        shares.append(share)
        amount_left -= share
        weight_left -= weight
    return shares


def line_columns(amounts: LineAmounts) -> dict[str, Decimal]:
    """Return a line's amounts by column name."""
    return {name: getattr(amounts, name) for name in AMOUNTS}


def sum_amounts(lines: list[LineAmounts]) -> dict[str, Decimal]:
    """Return an order's amounts: the sums of its lines."""
    return {name: sum((getattr(line, name) for line in lines), ZERO) for name in AMOUNTS}
