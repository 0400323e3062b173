"""Levels, weekday indices and holiday factors of daily series. Pure. Numpy only.

Series are (T, P), one column each. A factor is a day's demand relative to an ordinary day; a level
is the demand of an ordinary day.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Weight of the starting level, in days.
START_DAYS = 3.0
CENTRED_HALF_LIFE = 28.0
# Days of sales in the prior that shrinks a holiday's factor to its kind's, and a kind's to 1.
HOLIDAY_PRIOR = 2.0


def levels_by_day(
    series: Floats, factor: Floats, usable: Bools, half_life: float, start: Floats
) -> Floats:
    """Return (T, P): the exponentially smoothed level at the end of each day.

    The ratio of two sums, of sales and of the days' factors, which decay at the same rate (Brown
    1959): a day that is not usable changes nothing.
    """
    keep = 0.5 ** (1.0 / half_life)
    factor = np.broadcast_to(factor, series.shape)
    sold, expected = start * START_DAYS, np.full(series.shape[1], START_DAYS)
    levels = np.empty(series.shape)
    for day in range(len(series)):
        here = usable[day]
        sold = np.where(here, sold * keep + series[day], sold)
        expected = np.where(here, expected * keep + factor[day], expected)
        levels[day] = sold / np.maximum(expected, 1e-9)
    return levels


def centred_levels(series: Floats, factor: Floats, usable: Bools, start: Floats) -> Floats:
    """Return (T, P): the mean of forward and backward smoothed levels."""
    factor = np.broadcast_to(factor, series.shape)
    usable = np.broadcast_to(usable, series.shape)
    forwards = levels_by_day(series, factor, usable, CENTRED_HALF_LIFE, start)
    backwards = levels_by_day(
        series[::-1], factor[::-1], usable[::-1], CENTRED_HALF_LIFE, forwards[-1]
    )
    centred: Floats = (forwards + backwards[::-1]) / 2
    return centred


def weekday_indices(
    series: Floats,
    expected: Floats,
    usable: Bools,
    weekdays: NDArray[np.int64],
    weight: Floats,
    prior: Floats,
    strength: Floats,
) -> Floats:
    """Return (7, P): each weekday's demand relative to the level.

    A ratio of sums, shrunk to `prior` (7, P) by `strength` (P,) pseudo-items (an empirical Bayes
    estimate for counts: gamma prior, Poisson sales).
    """
    weighed = weight[:, None] * np.broadcast_to(usable, series.shape)
    indices = np.empty_like(prior)
    for weekday in range(7):
        rows = weekdays == weekday
        sold = (weighed[rows] * series[rows]).sum(axis=0)
        usual = (weighed[rows] * expected[rows]).sum(axis=0)
        indices[weekday] = (sold + strength * prior[weekday]) / np.maximum(usual + strength, 1e-9)
    return indices


def holiday_factors(
    shop: Floats, expected: Floats, is_open: Bools, holiday: NDArray[np.int64]
) -> Floats:
    """Return (N,): each kind of day relative to its expected demand; 1 for kind 0."""
    kinds = int(holiday.max(initial=0)) + 1
    factors = np.ones(kinds)
    usual_day = expected[is_open].mean() if is_open.any() else 1.0
    for kind in range(1, kinds):
        rows = (holiday == kind) & is_open[:, 0]
        prior = HOLIDAY_PRIOR * usual_day
        factors[kind] = (shop[rows].sum() + prior) / (expected[rows].sum() + prior)
    return np.clip(factors, 0.2, 5.0)
