"""Dataclasses of the bake plan and its scores. Pure."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from cafe_site.shop.money import ZERO


@dataclass(frozen=True, slots=True)
class PlannedProduct:
    name: str
    category: str
    quantity: int
    batch_size: int
    batches: int
    ordered_ahead: int
    reason: str


@dataclass(frozen=True, slots=True)
class ScoredProduct:
    """How one product went; `sold_out_at` is a time of the shop's clock, or empty."""

    name: str
    planned: int | None
    baked: int
    sold: int
    left_over: int
    sold_out_at: str
    is_sold_out: bool
    missed: Decimal
    # None where the product has no unit cost.
    waste_amount: Decimal | None
    missed_amount: Decimal


@dataclass(frozen=True, slots=True)
class Savings:
    """What the quantities of some weeks cost, beside those sold a week before each day."""

    days: int
    cost_amount: Decimal
    as_last_week_amount: Decimal


@dataclass(frozen=True, slots=True)
class Baking:
    """A day's part of a report: how its baking went, and the plan for the next open day."""

    plan_day: datetime.date | None
    plan: tuple[PlannedProduct, ...]
    scores: tuple[ScoredProduct, ...]
    savings: Savings | None
    # Of all scores, also of those that a message does not name.
    waste_amount: Decimal = ZERO
    missed_amount: Decimal = ZERO
    # How many of plan and scores a message that would be too long does not name.
    left_out_products: int = 0
    # Why there is no plan, or none of this evening; empty where it could be made.
    plan_problem: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.plan and not self.scores and not self.plan_problem


def waste_of(scores: tuple[ScoredProduct, ...]) -> tuple[Decimal, Decimal]:
    """Return what was wasted, as far as unit costs are known, and what was missed on a day."""
    return (
        sum((score.waste_amount or ZERO for score in scores), ZERO),
        sum((score.missed_amount for score in scores), ZERO),
    )
