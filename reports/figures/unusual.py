"""Detection of unusual sales compared with earlier same weekdays, and their cause. Pure.

A count varies at least as much as a Poisson variable, and as much as it did in earlier weeks; only
counts far outside both are reported. Counts are compared by their square roots (Anscombe, 1948),
because the Poisson distribution then has the same width on both sides for every count: no orders
where ten are usual is as far off as it is unlikely. Many products are tested, so the threshold for
one is higher than for the total.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from reports.figures.sales import Contribution, KnownSales

LEAST_DAYS = 4
# Thresholds in standard deviations, for the total and for one of many products.
FAR_FOR_ALL, FAR_FOR_ONE = 3.0, 4.0
LEAST_ORDERS, LEAST_ITEMS = 6, 6
# A cause is named only from this share of the difference on.
LEAST_SHARE = 0.35


@dataclass(frozen=True, slots=True)
class Usual:
    """A count, compared with the usual count by this time."""

    value: float
    usual: float
    # In standard deviations; positive if more than usual.
    distance: float

    @property
    def difference(self) -> float:
        return self.value - self.usual


@dataclass(frozen=True, slots=True)
class Cause:
    """Cause of a difference: a product (by id), a category (by name) or an hour of pickup."""

    kind: str
    key: int | str
    value: float
    usual: float
    # Share of the difference in net sales.
    share: float


@dataclass(frozen=True, slots=True)
class Unusual:
    """Unusual figures of a day. `orders` is None if their number is usual."""

    orders: Usual | None = None
    cause: Cause | None = None
    # By product id, the most unusual first.
    products: tuple[tuple[int, Usual], ...] = ()


def find_unusual(
    today: KnownSales, earlier: Sequence[KnownSales], categories: Mapping[int, str]
) -> Unusual:
    """Return the unusual figures; none with fewer than four weeks to compare with."""
    if len(earlier) < LEAST_DAYS:
        return Unusual()
    orders = compare_count(today.orders, [day.orders for day in earlier])
    is_unusual = abs(orders.distance) >= FAR_FOR_ALL and abs(orders.difference) >= LEAST_ORDERS
    return Unusual(
        orders=orders if is_unusual else None,
        cause=find_cause(today, earlier, categories, of=orders) if is_unusual else None,
        products=_unusual_products(today, earlier),
    )


def compare_count(value: float, before: Sequence[float]) -> Usual:
    """Return how far a count is from earlier ones, in standard deviations of a prediction."""
    usual = fmean(before)
    # Overdispersion: the variance of the earlier weeks relative to Poisson.
    restlessness = max(_variance(before, usual) / usual, 1.0) if usual else 1.0
    spread = restlessness * (1 + 1 / len(before))
    return Usual(value, usual, (_root(value) - _root(usual)) / math.sqrt(spread))


def _variance(values: Sequence[float], mean: float) -> float:
    """Return the sample variance; ten times as fast as the exact one of `statistics`."""
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)


def _root(count: float) -> float:
    """Return the Anscombe transform, with standard deviation 1 for Poisson counts."""
    return 2 * math.sqrt(count + 3 / 8)


def _unusual_products(
    today: KnownSales, earlier: Sequence[KnownSales]
) -> tuple[tuple[int, Usual], ...]:
    found = []
    for product in {*today.products, *(key for day in earlier for key in day.products)}:
        compared = compare_count(
            _count(today.products, product), [_count(day.products, product) for day in earlier]
        )
        if abs(compared.distance) >= FAR_FOR_ONE and abs(compared.difference) >= LEAST_ITEMS:
            found.append((product, compared))
    return tuple(sorted(found, key=lambda item: (-abs(item[1].distance), item[0])))


def _count(contributions: Mapping[int, Contribution], key: int) -> int:
    return contributions[key].count if key in contributions else 0


def find_cause(
    today: KnownSales, earlier: Sequence[KnownSales], categories: Mapping[int, str], *, of: Usual
) -> Cause | None:
    """Return the narrowest cause that explains most of the difference in net sales.

    None if more orders brought lower net sales, or fewer orders higher ones.
    """
    difference = float(today.net_amount) - fmean(float(day.net_amount) for day in earlier)
    if difference * of.difference <= 0:
        return None
    groups: Sequence[tuple[str, Callable[[KnownSales], Mapping[Any, Contribution]]]] = (
        ("product", lambda day: day.products),
        ("category", lambda day: _by_category(day.products, categories)),
        ("hour", lambda day: day.hours),
    )
    for kind, contributions_of in groups:
        now, before = contributions_of(today), [contributions_of(day) for day in earlier]
        causes = [
            _cause(kind, key, now, before, difference)
            for key in {*now, *(key for day in before for key in day)}
        ]
        best = max(causes, key=lambda cause: cause.share, default=None)
        if best is not None and best.share >= LEAST_SHARE:
            return best
    return None


def _cause(
    kind: str,
    key: Any,
    now: Mapping[Any, Contribution],
    before: Sequence[Mapping[Any, Contribution]],
    difference: float,
) -> Cause:
    nets = [float(day[key].net_amount) if key in day else 0.0 for day in before]
    net = float(now[key].net_amount) if key in now else 0.0
    return Cause(
        kind,
        key,
        value=now[key].count if key in now else 0,
        usual=fmean(day[key].count if key in day else 0 for day in before),
        share=(net - fmean(nets)) / difference,
    )


def _by_category(
    products: Mapping[int, Contribution], categories: Mapping[int, str]
) -> dict[Any, Contribution]:
    summed: dict[Any, Contribution] = {}
    for product, sold in products.items():
        name = categories.get(product, "")
        so_far = summed.get(name, Contribution(0, sold.net_amount * 0))
        summed[name] = Contribution(so_far.count + sold.count, so_far.net_amount + sold.net_amount)
    return summed
