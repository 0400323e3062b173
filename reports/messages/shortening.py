"""Shortening of messages that are too long to send. Pure.

The rule: the sums stay, and so do the products with the highest net sales, as many of them as fit;
of what is ordered ahead, those ordered most. How many are not named is told in the text and in the
data.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from cafe_site.shop.money import ZERO
from reports.baking.facts import Baking
from reports.figures.sales import DailySummary, OrderedAhead, Sales
from reports.messages.message import Message
from reports.messages.size import is_small_enough

# How many products are named, tried in this order.
COUNTS = (500, 250, 120, 60, 30, 15)

S = TypeVar("S", bound=Sales)


def fitting(render: Callable[[int | None], Message]) -> Message:
    """Return the message that `render` makes, with all products or as many as may be sent."""
    message = render(None)
    for count in COUNTS:
        if is_small_enough(message):
            break
        message = render(count)
    return message


def shortened(sales: S, count: int) -> S:
    """Return figures that name so many products, and count the rest."""
    best = set(sorted(sales.products, key=lambda sold: sold.net_amount, reverse=True)[:count])
    left_out = [product for product in sales.products if product not in best]
    changed = replace(
        sales,
        products=tuple(product for product in sales.products if product in best),
        left_out_products=len(left_out),
        left_out_amount=sum((product.net_amount for product in left_out), ZERO),
    )
    if isinstance(changed, DailySummary) and changed.ordered_ahead:
        changed = replace(changed, ordered_ahead=_shortened_ahead(changed.ordered_ahead, count))
    return changed


def _shortened_ahead(ahead: OrderedAhead, count: int) -> OrderedAhead:
    return replace(
        ahead,
        products=ahead.products[:count],
        left_out_products=len(ahead.products[count:]),
    )


def shortened_baking(baking: Baking, count: int) -> Baking:
    """Return a plan and scores of so many products: of which most are planned or were sold."""
    plan = set(sorted(baking.plan, key=lambda line: line.quantity, reverse=True)[:count])
    scores = set(sorted(baking.scores, key=lambda score: score.sold, reverse=True)[:count])
    return replace(
        baking,
        plan=tuple(line for line in baking.plan if line in plan),
        scores=tuple(score for score in baking.scores if score in scores),
        left_out_products=max(len(baking.plan) - len(plan), len(baking.scores) - len(scores)),
    )
