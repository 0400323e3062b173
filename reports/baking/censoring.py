"""Estimated demand of days that sold out, and the days a product was on the menu. Pure."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# A product expected to sell this many in a gap, with no sale, was not on the menu.
TOO_MANY_TO_MISS = 8.0
LEAST_GAP = 14
# If the time of selling out is unknown, assume that 0.9 of the day had passed.
UNKNOWN_SHARE = 0.9


def demand_of_sold_out(
    sold: Floats, usual: Floats, dispersion: Floats, share_until_then: Floats
) -> Floats:
    """Return the estimated demand of a sold-out day, given the sales until the product ran out.

    Demand has a gamma prior with the usual mean and dispersion; the sales are Poisson in the
    observed share of the day. The rest of the day is expected at the posterior mean rate. So a
    product that sells out in the first hour does not count as ten times its sales, and no estimate
    is below the sales.
    """
    shape = 1.0 / np.maximum(dispersion, 1e-6)
    share = np.clip(share_until_then, 0.0, 1.0)
    rate = (sold + shape) / (share + shape / np.maximum(usual, 1e-6))
    rest: Floats = sold + (1.0 - share) * rate
    return rest


def days_on_menu(
    sold: Floats, is_open: Bools, *, is_on_sale: Bools, was_planned: Bools | None = None
) -> Bools:
    """Return (T, P): the days, from a product's first sale on, that are evidence of its demand.

    A gap is two weeks or more without a sale in which at least eight were expected; it is not
    chance. A gap inside the history means that the product was not offered, so the gap is ignored.
    A gap up to the last day, for a product on sale, means that demand has ended: only the zeros
    after its last sale are used. `is_on_sale` is (P,). `was_planned` (T, P) marks the days whose
    bake plan had the product, or that have no plan; on other days of the last gap it was not
    offered either.
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
    """Return (P,): the products with earlier sales but none in the last two weeks."""
    is_quiet = (sold[-LEAST_GAP:] <= 0).all(axis=0)
    gaps: Bools = np.logical_and(is_quiet, (sold > 0).any(axis=0))
    return gaps


def _is_no_chance(sold: Floats, is_open: Bools, edges: tuple[int, int, int]) -> bool:
    """Whether a gap is too long to be chance, at the product's rate on the other days.

    The best day is left out of the rate, because it may be a typing error.
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
