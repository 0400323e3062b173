"""Quantiles of counts: the negative binomial distribution by its mean and dispersion. Pure."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

QUANTILES = tuple(round(0.05 * number, 2) for number in range(1, 20))
# A count is spread evenly over this much around itself. A quantile in whole items would cover more
# than its share, and by chance; spread over a whole item it would be off by a part of one. So it
# lies close by the item, on the side that keeps its share, and rounds to the item.
WIDTH = 0.2
# Beyond this many standard deviations there is nothing left to count.
TAIL = 9.0
POISSON = 1e-6


def count_quantiles(mean: Floats, dispersion: Floats, levels: tuple[float, ...]) -> Floats:
    """Return (..., Q): the quantiles of counts with variance mean + dispersion * mean ** 2.

    Rounded, each is the smallest count that the level lets be exceeded no more often.
    """
    flat = np.maximum(np.nan_to_num(mean, nan=0.0, posinf=1e6), 0.0).ravel()
    spread = np.broadcast_to(dispersion, mean.shape).ravel()
    wanted = np.asarray(levels)
    quantiles = np.zeros((len(flat), len(wanted)))
    # By the mean: rows of like size share one table of counts.
    order = np.argsort(flat)
    for rows in np.array_split(order, max(1, len(order) // 64)):
        quantiles[rows] = _quantiles_of_rows(flat[rows], spread[rows], wanted)
    return quantiles.reshape(*mean.shape, len(wanted))


def _quantiles_of_rows(mean: Floats, dispersion: Floats, levels: Floats) -> Floats:
    chances = _chances(mean, dispersion)
    reached = np.cumsum(chances, axis=1)
    reached /= reached[:, -1:]
    # The first count at which the level is reached.
    count = (reached[:, None, :] < levels[None, :, None]).sum(axis=2)
    at = np.take_along_axis(reached, count, axis=1)
    below = np.where(count > 0, np.take_along_axis(reached, np.maximum(count - 1, 0), axis=1), 0.0)
    inside = (levels[None] - below) / np.maximum(at - below, 1e-12)
    quantiles: Floats = np.maximum(count + WIDTH * (inside - 0.5), 0.0)
    # Nothing is asked for: no quantile is above nothing.
    quantiles[mean <= 1e-9] = 0.0
    return quantiles


def _chances(mean: Floats, dispersion: Floats) -> Floats:
    """Return (N, K): the chance of each count from 0 on, by the recurrence, in logarithms."""
    dispersion = np.maximum(dispersion, POISSON)
    deviation = np.sqrt(mean + dispersion * mean**2)
    most = int(np.ceil((mean + TAIL * deviation).max(initial=1.0))) + 10
    shape = 1.0 / dispersion
    counts = np.arange(1, most + 1)
    # log P(k) - log P(k - 1) = log((k - 1 + shape) / k) + log(mean / (mean + shape))
    steps = np.log((counts - 1 + shape[:, None]) / counts)
    steps += np.log(np.maximum(mean, 1e-12) / (mean + shape))[:, None]
    first = shape * np.log(shape / (mean + shape))
    logs = np.concatenate([first[:, None], first[:, None] + np.cumsum(steps, axis=1)], axis=1)
    chances: Floats = np.exp(logs)
    return chances
