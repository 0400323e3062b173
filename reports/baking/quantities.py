"""The bake quantity of a product with the lowest expected cost. Pure. Without numpy.

The newsvendor problem (Edgeworth 1888; Arrow, Harris and Marschak 1951): each missing item costs
its margin, each leftover item costs its production. The quantity with the lowest expected cost is
the demand's quantile at missed / (missed + wasted).
"""

import bisect
import math
from dataclasses import dataclass
from decimal import Decimal

# For products without a unit cost: covers the demand of four days in five.
USUAL_SHARE = 0.8
# Same precision as BakeScore's unit amounts.
UNIT_DIGITS = Decimal("0.0001")
# The forecast has no quantiles beyond these.
LEAST_SHARE, MOST_SHARE = 0.05, 0.95


@dataclass(frozen=True, slots=True)
class Demand:
    """Quantiles of one product's demand on one day: levels rise from 0 to 1, items with them."""

    levels: tuple[float, ...]
    items: tuple[float, ...]

    def at(self, share: float) -> float:
        """Return the quantile at a share, interpolated between the two nearest levels."""
        share = min(max(share, self.levels[0]), self.levels[-1])
        index = bisect.bisect_left(self.levels, share)
        if index == 0 or math.isclose(self.levels[index], share):
            return self.items[index]
        low, high = self.levels[index - 1], self.levels[index]
        part = (share - low) / (high - low)
        return self.items[index - 1] + part * (self.items[index] - self.items[index - 1])


@dataclass(frozen=True, slots=True)
class UnitCosts:
    """Cost of one missing item and of one leftover item; None if unknown."""

    missed_amount: Decimal
    wasted_amount: Decimal | None


@dataclass(frozen=True, slots=True)
class ProductTerms:
    """Price, cost and production limits of a product, without tax."""

    price_amount: Decimal
    unit_cost_amount: Decimal | None = None
    leftover_value_amount: Decimal = Decimal(0)
    shelf_life_days: int = 1
    batch_size: int = 1
    bake_least: int | None = None
    bake_most: int | None = None

    @property
    def missed_amount(self) -> Decimal:
        """Cost of one missing item: its margin, or 0 if it sells below cost."""
        cost = self.unit_cost_amount if self.unit_cost_amount is not None else Decimal(0)
        return max(self.price_amount - cost, Decimal(0))

    @property
    def wasted_amount(self) -> Decimal:
        """Cost of one leftover item.

        A product that keeps for several days is wasted only on the last, so its cost is spread over
        them.
        """
        if self.unit_cost_amount is None:
            return Decimal(0)
        loss = max(self.unit_cost_amount - self.leftover_value_amount, Decimal(0))
        return loss / self.shelf_life_days

    @property
    def unit_costs(self) -> UnitCosts:
        is_known = self.unit_cost_amount is not None
        return UnitCosts(
            self.missed_amount.quantize(UNIT_DIGITS),
            self.wasted_amount.quantize(UNIT_DIGITS) if is_known else None,
        )

    @property
    def share(self) -> float:
        """Return the share of days on which the quantity should be enough."""
        if self.unit_cost_amount is None:
            return USUAL_SHARE
        missed, wasted = self.missed_amount, self.wasted_amount
        if not missed and not wasted:
            return USUAL_SHARE
        return min(max(float(missed / (missed + wasted)), LEAST_SHARE), MOST_SHARE)


def quantity_to_bake(
    demand: Demand, terms: ProductTerms, *, ordered_ahead: int = 0, carried_over: int = 0
) -> int:
    """Return how many to bake.

    Orders placed ahead are always baked. Otherwise the quantity never exceeds the owner's maximum,
    even if no whole number of batches lies between minimum and maximum. Items carried over from the
    day before need not be baked again.
    """
    wanted = max(demand.at(terms.share) - carried_over, 0)
    promised = max(ordered_ahead - carried_over, 0)
    most = math.inf if terms.bake_most is None else max(terms.bake_most, promised)
    least = min(max(promised, terms.bake_least or 0), most)
    wanted = min(max(round(wanted), least), most)
    limits = _Limits(promised, int(least), most)
    return _in_batches(int(wanted), demand, terms, limits, carried=carried_over)


@dataclass(frozen=True, slots=True)
class _Limits:
    promised: int
    least: int
    most: float


def _in_batches(
    wanted: int,
    demand: Demand,
    terms: ProductTerms,
    limits: _Limits,
    *,
    carried: int,
) -> int:
    """Round to whole batches, up or down, whichever has the lower expected cost."""
    size = terms.batch_size
    down, up = wanted - wanted % size, wanted + (-wanted) % size
    if down == up or down < limits.promised:
        return up
    if up > limits.most:
        return down
    if down < limits.least:
        return up
    costs = {count: expected_cost(demand, terms, count + carried) for count in (down, up)}
    return min(costs, key=lambda count: (costs[count], count))


def expected_cost(demand: Demand, terms: ProductTerms, quantity: int) -> float:
    """Return the expected cost of a quantity: missed margin and waste.

    The mean over the quantiles: each represents the same share of days, the outer ones more.
    """
    missed, wasted = float(terms.missed_amount), float(terms.wasted_amount)
    if terms.unit_cost_amount is None:
        # Costs whose optimum is the usual share.
        missed, wasted = USUAL_SHARE, 1 - USUAL_SHARE
    edges = [
        0.0,
        *((low + high) / 2 for low, high in zip(demand.levels, demand.levels[1:], strict=False)),
        1.0,
    ]
    cost = 0.0
    for index, items in enumerate(demand.items):
        days = edges[index + 1] - edges[index]
        short, over = max(items - quantity, 0.0), max(quantity - items, 0.0)
        cost += days * (missed * short + wasted * over)
    return cost


@dataclass(frozen=True, slots=True)
class DayScore:
    """Result of one product's plan, in items and in the currency."""

    planned: int | None
    baked: int
    sold: int
    left_over: int
    # Estimated demand that could not be met.
    missed: float
    waste_amount: Decimal | None
    missed_amount: Decimal


def score_day(
    costs: UnitCosts,
    *,
    planned: int | None,
    baked: int,
    sold: int,
    left_over: int,
    demand: float,
) -> DayScore:
    """Return the cost of a day's quantity; `demand` is the estimated demand."""
    missed = max(demand - sold, 0.0)
    return DayScore(
        planned=planned,
        baked=baked,
        sold=sold,
        left_over=left_over,
        missed=missed,
        waste_amount=None if costs.wasted_amount is None else costs.wasted_amount * left_over,
        missed_amount=costs.missed_amount * Decimal(str(round(missed, 3))),
    )


def cost_of_quantity(costs: UnitCosts, quantity: float, demand: float) -> Decimal:
    """Return the cost that another quantity would have had on a day with this demand."""
    short, over = max(demand - quantity, 0.0), max(quantity - demand, 0.0)
    wasted = costs.wasted_amount or Decimal(0)
    return costs.missed_amount * Decimal(str(round(short, 3))) + wasted * Decimal(
        str(round(over, 3))
    )
