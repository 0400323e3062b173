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
    """Result of one product on one day; `sold_out_at` is local time, or empty."""

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
    """Cost of the planned quantities of some weeks, compared with last week's quantities."""

    days: int
    cost_amount: Decimal
    as_last_week_amount: Decimal


@dataclass(frozen=True, slots=True)
class Baking:
    """Baking section of a report: the day's scores, and the plan for the next open day."""

    plan_day: datetime.date | None
    plan: tuple[PlannedProduct, ...]
    scores: tuple[ScoredProduct, ...]
    savings: Savings | None
    # Totals of all scores, including those left out of a shortened message.
    waste_amount: Decimal = ZERO
    missed_amount: Decimal = ZERO
    # Number of products left out of a shortened message.
    left_out_products: int = 0
    # Why the plan is missing or outdated; empty if it was made.
    plan_problem: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.plan and not self.scores and not self.plan_problem


def waste_of(scores: tuple[ScoredProduct, ...]) -> tuple[Decimal, Decimal]:
    """Return a day's waste, where unit costs are known, and its missed margin."""
    return (
        sum((score.waste_amount or ZERO for score in scores), ZERO),
        sum((score.missed_amount for score in scores), ZERO),
    )
