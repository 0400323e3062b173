"""What a day that sold out would have sold, and which days a product was there at all. Pure."""

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


def days_on_menu(sold: Floats, is_open: Bools) -> Bools:
    """Return (T, P): from a product's first sale on, without the long gaps that no chance explains.

    A gap of two weeks or more in which it should have sold eight and sold none is one in which it
    was not offered: it teaches nothing, and the product that comes back is known again.
    """
    days, products = sold.shape
    there = np.zeros((days, products), dtype=bool)
    for number in range(products):
        sales = np.flatnonzero(sold[:, number] > 0)
        if not len(sales):
            continue
        there[sales[0] :, number] = True
        for start, end in _gaps(sales, days):
            open_days = int(is_open[start:end].sum())
            others = int(is_open[sales[0] :].sum()) - open_days
            rate = sold[:, number].sum() / max(others, 1)
            if open_days >= LEAST_GAP and rate * open_days > TOO_MANY_TO_MISS:
                there[start:end, number] = False
    return there


def _gaps(sales: NDArray[np.int64], days: int) -> list[tuple[int, int]]:
    """Return the stretches without a sale after the first one, as half-open ranges of days."""
    edges = [*sales.tolist(), days]
    return [(before + 1, after) for before, after in pairwise(edges) if after - before > LEAST_GAP]
