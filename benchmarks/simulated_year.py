"""A simulated year of bake plans: do they recover after products sell out, or shrink?

    python -m benchmarks.simulated_year      # prints the costs, and draws docs/simulated-year.svg

Random demand has weekdays, a season, a slow drift, and good or bad days for all products. Sales are
limited by the baked quantity. The baker knows only the sales and the times of selling out.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reports.baking.censoring import demand_of_sold_out
from reports.baking.forecast import ComingDay, DemandHistory, forecast_demand, usual_demand
from reports.baking.quantities import Demand, ProductTerms, quantity_to_bake

Floats = NDArray[np.float64]

FIRST_DAY = datetime.date(2026, 1, 5)  # A Monday, on which the shop is closed.
WEEKDAYS = np.array([0.0, 0.8, 0.85, 0.95, 1.15, 1.5, 1.2])
MEANS = np.array([24.0, 14.0, 9.0, 4.0])
TERMS = ProductTerms(Decimal("3.90"), Decimal("1.20"))
# The quantities of a baker without any experience.
FIRST_WEEKS = 14
PICTURE = Path(__file__).resolve().parent.parent / "docs" / "simulated-year.svg"


@dataclass(frozen=True, slots=True)
class Year:
    """Demand, baked and sold quantities, each of shape (T, P); a day's cost is in the currency."""

    demand: Floats
    baked: Floats

    @property
    def sold(self) -> Floats:
        return np.minimum(self.demand, self.baked)

    @property
    def cost(self) -> Floats:
        short = np.maximum(self.demand - self.baked, 0) * float(TERMS.missed_amount)
        over = np.maximum(self.baked - self.demand, 0) * float(TERMS.wasted_amount)
        daily: Floats = (short + over).sum(axis=1)
        return daily


def draw_demand(days: int, seed: int) -> Floats:
    random = np.random.default_rng(seed)
    day = np.arange(days)
    season = 1 + 0.2 * np.sin(2 * np.pi * (day + 300) / 365)
    drift = np.exp(np.cumsum(random.normal(0, 0.012, (days, len(MEANS))), axis=0))
    mood = np.exp(random.normal(0, 0.15, days))
    mean = MEANS * WEEKDAYS[day % 7][:, None] * season[:, None] * mood[:, None] * drift
    return random.poisson(mean).astype(float)


def bake_by_plan(demand: Floats, seed: int) -> Year:
    """Bake by the plan, which is updated each evening with sales and times of selling out."""
    random = np.random.default_rng(seed + 1)
    baked, share = np.zeros_like(demand), np.ones_like(demand)
    for day in range(len(demand)):
        if day % 7 == 0:
            continue
        if day < FIRST_WEEKS:
            baked[day] = np.round(MEANS)
        else:
            baked[day] = _planned(np.minimum(demand, baked)[:day], baked[:day], share[:day])
        # The time of selling out, as a share of the day.
        short = demand[day] > baked[day]
        share[day] = np.where(
            short, random.beta(baked[day] + 1e-9, np.maximum(demand[day] - baked[day], 1)), 1.0
        )
    return Year(demand, baked)


def _planned(sold: Floats, baked: Floats, share: Floats) -> Floats:
    days, products = sold.shape
    is_open = np.arange(days) % 7 != 0
    is_sold_out = (sold >= baked) & is_open[:, None]
    facts = {
        "first_day": FIRST_DAY,
        "is_open": is_open,
        "holiday": np.zeros(days, dtype=np.int64),
        "group": np.zeros(products, dtype=np.int64),
    }
    usual, dispersion = usual_demand(
        DemandHistory(demand=sold, is_usable=~is_sold_out, **facts)  # type: ignore[arg-type]
    )
    demand = np.where(is_sold_out, demand_of_sold_out(sold, usual, dispersion[None], share), sold)
    forecast = forecast_demand(
        DemandHistory(
            demand=demand,
            is_usable=np.ones(sold.shape, dtype=bool),
            **facts,  # type: ignore[arg-type]
        ),
        [ComingDay(1)],
    )
    return np.array(
        [
            quantity_to_bake(Demand(forecast.levels, tuple(map(float, items))), TERMS)
            for items in forecast.quantiles[0]
        ],
        dtype=float,
    )


def bake_like_last_week(demand: Floats) -> Year:
    """Bake last week's sales of the same weekday plus 10 %."""
    baked = np.zeros_like(demand)
    for day in range(len(demand)):
        if day % 7 == 0:
            continue
        sold = np.minimum(demand, baked)[day - 7] if day >= 7 else MEANS
        baked[day] = np.round(MEANS) if day < FIRST_WEEKS else np.ceil(sold * 1.1)
    return Year(demand, baked)


def draw(plan: Year, naive: Year) -> str:
    """Return the cumulated costs of both methods as SVG."""
    width, height, left, bottom = 720, 320, 60, 40
    lines = [np.cumsum(year.cost[FIRST_WEEKS:]) for year in (plan, naive)]
    top = float(max(line[-1] for line in lines))

    def path(line: Floats) -> str:
        points = [
            f"{left + index * (width - left - 130) / len(line):.1f},"
            f"{height - bottom - cost / top * (height - bottom - 30):.1f}"
            for index, cost in enumerate(line)
        ]
        return " ".join(points[::7] + points[-1:])

    labels = [("by the plan", "#1f6135"), ("like last week, and a tenth more", "#9b1c1c")]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="12">',
        "<title>What waste and missed sales cost over a simulated year</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<path d="M{left} 20V{height - bottom}H{width - 120}" fill="none" stroke="#8b7667"/>',
        f'<text x="{left - 8}" y="34" text-anchor="end">{top:,.0f}</text>',
        f'<text x="{left - 8}" y="{height - bottom}" text-anchor="end">0</text>',
        f'<text x="{left}" y="{height - 12}">weeks 3 to 52: cost of waste and missed sales, '
        "added up</text>",
    ]
    for index, (line, (label, colour)) in enumerate(zip(lines, labels, strict=True)):
        parts.append(
            f'<polyline points="{path(line)}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        parts.append(
            f'<text x="{left + 16}" y="{44 + 18 * index}" fill="{colour}">'
            f"{label}: {line[-1]:,.0f}</text>"
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def main() -> None:
    print(f"{'seed':>4}{'plan':>9}{'last week':>11}{'saved':>7}   sold of what was wanted")
    for seed in range(5):
        demand = draw_demand(364, seed)
        plan, naive = bake_by_plan(demand, seed), bake_like_last_week(demand)
        costs = [float(year.cost[FIRST_WEEKS:].sum()) for year in (plan, naive)]
        sold = [
            float(year.sold[FIRST_WEEKS:].sum() / demand[FIRST_WEEKS:].sum())
            for year in (plan, naive)
        ]
        print(
            f"{seed:>4}{costs[0]:>9,.0f}{costs[1]:>11,.0f}{1 - costs[0] / costs[1]:>7.0%}"
            f"   {sold[0]:.1%} and {sold[1]:.1%}"
        )
        if seed == 0:
            PICTURE.write_text(draw(plan, naive))


if __name__ == "__main__":
    main()
