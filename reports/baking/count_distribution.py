"""Quantiles of the negative binomial distribution, by mean and dispersion. Pure.

Up to MOST_COUNTS, the probabilities of the counts are summed. Above, where one item is less than
a thousandth, the gamma distribution with the same mean and variance is used: the limit of the
negative binomial for large means (Johnson, Kemp and Kotz, Univariate Discrete Distributions, 2005,
5.12). So memory does not grow with the mean.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

QUANTILES = tuple(round(0.05 * number, 2) for number in range(1, 20))
# Each count is spread evenly over this width. A whole-item quantile covers more than its nominal
# share; spread over a full item, it would be off by a fraction of one. With this width it stays
# close to the item, on the side that keeps its share, and rounds to it.
WIDTH = 0.2
# Counts more than this many standard deviations above the mean are ignored.
TAIL = 9.0
POISSON = 1e-6
# Largest count in the table. One item is 0.05 % of it, and a batch of rows takes 3 MB.
MOST_COUNTS = 2_000
# Points for integrating the gamma distribution, and the reach of its logarithm: e ** -REACH is
# below every level in use.
POINTS = 2_000
REACH = 30.0
LARGEST_MEAN = 1e12


def count_quantiles(mean: Floats, dispersion: Floats, levels: tuple[float, ...]) -> Floats:
    """Return (..., Q): the quantiles of counts with variance mean + dispersion * mean ** 2.

    Rounded, each is the smallest count whose cumulative probability reaches the level.
    """
    finite = np.nan_to_num(mean, nan=0.0, posinf=LARGEST_MEAN)
    flat = np.clip(finite, 0.0, LARGEST_MEAN).ravel()
    spread = np.broadcast_to(dispersion, mean.shape).ravel()
    wanted = np.asarray(levels)
    quantiles = np.zeros((len(flat), len(wanted)))
    # Sorted by mean, so that rows of similar size share one table of counts.
    order = np.argsort(flat)
    for rows in np.array_split(order, max(1, len(order) // 64)):
        quantiles[rows] = _quantiles_of_rows(flat[rows], spread[rows], wanted)
    return quantiles.reshape(*mean.shape, len(wanted))


def _quantiles_of_rows(mean: Floats, dispersion: Floats, levels: Floats) -> Floats:
    reached = np.cumsum(_chances(mean, dispersion), axis=1)
    last = reached.shape[1] - 1
    # The first count at which the level is reached.
    count = (reached[:, None, :] < levels[None, :, None]).sum(axis=2)
    is_beyond = count > last
    count = np.minimum(count, last)
    at = np.take_along_axis(reached, count, axis=1)
    below = np.where(count > 0, np.take_along_axis(reached, np.maximum(count - 1, 0), axis=1), 0.0)
    inside = np.clip((levels[None] - below) / np.maximum(at - below, 1e-12), 0.0, 1.0)
    quantiles: Floats = np.maximum(count + WIDTH * (inside - 0.5), 0.0)
    rows = np.flatnonzero(is_beyond.any(axis=1))
    if len(rows):
        # Never below the table's last quantile, so they do not cross.
        far = np.maximum(gamma_quantiles(mean[rows], dispersion[rows], levels), last + WIDTH / 2)
        quantiles[rows] = np.where(is_beyond[rows], far, quantiles[rows])
    # Without demand, every quantile is 0.
    quantiles[mean <= 1e-9] = 0.0
    return quantiles


def gamma_quantiles(mean: Floats, dispersion: Floats, levels: Floats) -> Floats:
    """Return (N, Q): the quantiles of the gamma distribution with this mean and variance.

    Integrated over the logarithm of the rate, where the density has one peak and thin tails.
    """
    shape = mean**2 / np.maximum(mean + np.maximum(dispersion, POISSON) * mean**2, 1e-12)
    # At t = log(rate / shape) the density is proportional to exp(shape * (t - exp(t))).
    reach = np.sqrt(2 * REACH / shape)
    low, high = -reach - REACH / shape, np.minimum(reach, np.log1p(reach + REACH / shape))
    share = np.linspace(0.0, 1.0, POINTS)
    points = low[:, None] + (high - low)[:, None] * share
    logs = shape[:, None] * (points - np.exp(points) + 1.0)
    density = np.exp(logs)
    reached = np.cumsum((density[:, 1:] + density[:, :-1]) / 2, axis=1)
    reached = np.concatenate([np.zeros((len(mean), 1)), reached / reached[:, -1:]], axis=1)
    found = [np.interp(levels, row, index) for row, index in zip(reached, points, strict=True)]
    quantiles: Floats = mean[:, None] * np.exp(np.array(found))
    return quantiles


def _chances(mean: Floats, dispersion: Floats) -> Floats:
    """Return (N, K): the probability of each count from 0 on, by recurrence, in logarithms."""
    dispersion = np.maximum(dispersion, POISSON)
    deviation = np.sqrt(mean + dispersion * mean**2)
    needed = np.ceil((mean + TAIL * deviation).max(initial=1.0)) + 10
    counts = np.arange(1, int(min(needed, MOST_COUNTS)) + 1)
    shape = 1.0 / dispersion
    # log P(k) - log P(k - 1) = log((k - 1 + shape) / k) + log(mean / (mean + shape))
    steps = np.log((counts - 1 + shape[:, None]) / counts)
    steps += np.log(np.maximum(mean, 1e-12) / (mean + shape))[:, None]
    first = shape * np.log(shape / (mean + shape))
    logs = np.concatenate([first[:, None], first[:, None] + np.cumsum(steps, axis=1)], axis=1)
    chances: Floats = np.exp(logs)
    return chances
