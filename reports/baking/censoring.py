"""Estimated demand of days that sold out, and the days a product was on the menu. Pure."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# A product that should have sold so many and sold none was not on the menu in that time.
TOO_MANY_TO_MISS = 8.0
LEAST_GAP = 14
# Sold out, and nobody knows when: taken for the last tenth of the day.
UNKNOWN_SHARE = 0.9


def demand_of_sold_out(
    sold: Floats, usual: Floats, dispersion: Floats, share_until_then: Floats
) -> Floats:
    """Return what would have been sold of enough, given what was sold until it ran out.

    Demand is taken as a gamma rate with the usual mean and dispersion, of which a share of the day
    was seen; the rest of the day is expected at the rate that this makes likely (the posterior mean
    of a gamma prior and Poisson sales). So a product that is gone in the first hour does not count
    as ten times as good, and none counts as less than what it sold.
    """
    shape = 1.0 / np.maximum(dispersion, 1e-6)
    share = np.clip(share_until_then, 0.0, 1.0)
    rate = (sold + shape) / (share + shape / np.maximum(usual, 1e-6))
    rest: Floats = sold + (1.0 - share) * rate
    return rest


def days_on_menu(
    sold: Floats, is_open: Bools, *, is_on_sale: Bools, was_planned: Bools | None = None
) -> Bools:
    """Return (T, P): from a product's first sale on, the days that tell what is asked for.

    A gap of two weeks or more in which it should have sold eight and sold none is no chance. In the
    middle of the history, the product was not offered: the gap teaches nothing, and the product
    that comes back is known again. Up to the last day, of a product that is on sale, nobody wants
    it any more: from its last sale on, only the zeros teach. `is_on_sale` is (P,). `was_planned`
    (T, P) marks the days of which a bake plan is known to have had the product, or where nothing is
    known; on other days of the last gap it was not offered either.
    """
    days, products = sold.shape
    there = np.zeros((days, products), dtype=bool)
    for column in range(products):
        sales = np.flatnonzero(sold[:, column] > 0)
        if not len(sales):
            continue
        there[sales[0] :, column] = True
        for start, end in _gaps(sales, days):
            if not _is_no_chance(sold[:, column], is_open, (int(sales[0]), start, end)):
                continue
            offered = is_open[start:end]
            if was_planned is not None:
                offered = offered & was_planned[start:end, column]
            there[start:end, column] = False
            if end == days and is_on_sale[column] and offered.sum() >= LEAST_GAP:
                there[:start, column] = False
                there[start:end, column] = offered
    return there


def last_gaps(sold: Floats) -> Bools:
    """Return (P,): the products that have sold before, and nothing for the last two weeks."""
    is_quiet = (sold[-LEAST_GAP:] <= 0).all(axis=0)
    gaps: Bools = np.logical_and(is_quiet, (sold > 0).any(axis=0))
    return gaps


def _is_no_chance(sold: Floats, is_open: Bools, edges: tuple[int, int, int]) -> bool:
    """Whether the product should have sold some in a gap, at its rate on the other days.

    The best day says nothing of a rate: it may be a typing error.
    """
    first, start, end = edges
    open_days = int(is_open[start:end].sum())
    others = int(is_open[first:].sum()) - open_days
    rate = float(sold.sum() - sold.max()) / max(others - 1, 1)
    return open_days >= LEAST_GAP and rate * open_days > TOO_MANY_TO_MISS


def _gaps(sales: NDArray[np.int64], days: int) -> list[tuple[int, int]]:
    """Return the stretches without a sale after the first one, as half-open ranges of days."""
    edges = [*sales.tolist(), days]
    return [(before + 1, after) for before, after in pairwise(edges) if after - before > LEAST_GAP]
