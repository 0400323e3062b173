"""Shortening of messages that are too long to send. Pure.

The sums stay, and as many products as fit: those with the highest net sales, and among orders
placed ahead those with the highest quantity. The number of products left out is in the text and in
the payload.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from cafe_site.shop.money import ZERO
from reports.baking.facts import Baking
from reports.figures.sales import DailySummary, OrderedAhead, Sales
from reports.messages.message import Message
from reports.messages.size import is_small_enough

# Numbers of products to keep, tried in this order.
COUNTS = (500, 250, 120, 60, 30, 15)

S = TypeVar("S", bound=Sales)


def fitting(render: Callable[[int | None], Message]) -> Message:
    """Return the message from `render` with all products, or with as many as fit."""
    message = render(None)
    for count in COUNTS:
        if is_small_enough(message):
            break
        message = render(count)
    return message


def shortened(sales: S, count: int) -> S:
    """Return figures with `count` products, and the number of those left out."""
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
    """Return a plan and scores of `count` products: those most planned or sold."""
    plan = set(sorted(baking.plan, key=lambda line: line.quantity, reverse=True)[:count])
    scores = set(sorted(baking.scores, key=lambda score: score.sold, reverse=True)[:count])
    return replace(
        baking,
        plan=tuple(line for line in baking.plan if line in plan),
        scores=tuple(score for score in baking.scores if score in scores),
        left_out_products=max(len(baking.plan) - len(plan), len(baking.scores) - len(scores)),
    )
