"""Detection of days with unusually high sales of a product, and the capped sales. Pure.

A typing error or a single large order says little about demand, but least squares would give it
the most weight. So sales far above the usual are capped before the forecast learns from them
(winsorizing: Tukey 1962; the cap from medians and median absolute deviations: Hampel 1974). A
median follows a lasting rise as soon as half of its window contains it.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# The usual is the median of the days around a day, times that of the same weekdays around it.
WINDOW_DAYS = 29
WINDOW_WEEKS = 9
LEAST_WEEKS = 2
# Up to this many robust standard deviations above the usual, a day counts in full.
MOST_DEVIATIONS = 4.0
# Converts a normal distribution's median absolute deviation into its standard deviation.
MAD_SCALE = 1.4826
# A good day for the whole shop is not an error. Its factor is the median of at least this many
# products.
LEAST_PRODUCTS = 5
MOST_FACTOR = 5.0
# Sales of a holiday relative to an ordinary day, if too few products are known for that day.
HOLIDAY_FACTOR = 3.0
# Products per batch, to limit the memory of their windows.
PRODUCTS_AT_ONCE = 32


def counted_sales(
    sold: Floats, is_known: Bools, weekdays: NDArray[np.int64], holiday: NDArray[np.int64]
) -> Floats:
    """Return (T, P): the sales to count for each day, in whole items where capped.

    `is_known` (T, P) marks the days when the shop was open and the product was offered. Up to the
    cap a day counts in full. Above it, the farther a day is, the closer it counts to the usual (a
    redescending influence: Hampel 1974), because it is less likely to be demand.
    """
    values = np.where(is_known, sold, np.nan)
    usual = np.fmax(
        _running_median(values, WINDOW_DAYS, least=2), _weekday_median(values, weekdays)
    )
    spread = MAD_SCALE * _running_median(np.abs(values - usual), WINDOW_DAYS, least=2)
    deviation = np.fmax(spread, np.sqrt(usual + 1.0))
    factor = _shop_factors(values, usual)
    factor = np.where(holiday > 0, np.maximum(factor, HOLIDAY_FACTOR), factor)[:, None]
    usual = usual * factor
    most = MOST_DEVIATIONS * deviation * np.sqrt(factor)
    above = values - usual
    # Without known days both are NaN, and no comparison is true.
    is_far = above > most
    counted = np.ceil(usual + most**2 / np.where(is_far, above, 1.0))
    far: Floats = np.where(is_far, np.minimum(counted, sold), sold)
    return far


def _running_median(values: Floats, window: int, *, least: int) -> Floats:
    """Return (T, P): the median of known values around each day; NaN with fewer than `least`.

    Of two values it takes the lower one, because the higher one may be the error.
    """
    if not len(values):
        return values
    half = window // 2
    medians = np.empty(values.shape)
    for start in range(0, values.shape[1], PRODUCTS_AT_ONCE):
        block = slice(start, start + PRODUCTS_AT_ONCE)
        padded = np.pad(values[:, block], ((half, half), (0, 0)), constant_values=np.nan)
        # NaN is sorted to the end.
        sorted_values = np.sort(sliding_window_view(padded, window, axis=0), axis=-1)
        count = (~np.isnan(sorted_values)).sum(axis=-1)
        low = np.maximum(count - 1, 0) // 2
        high = np.where(count > 2, count // 2, low)
        middle = np.take_along_axis(sorted_values, np.stack([low, high], axis=-1), axis=-1)
        medians[:, block] = np.where(count >= least, middle.mean(axis=-1), np.nan)
    return medians


def _weekday_median(values: Floats, weekdays: NDArray[np.int64]) -> Floats:
    medians = np.empty(values.shape)
    for weekday in range(7):
        rows = weekdays == weekday
        medians[rows] = _running_median(values[rows], WINDOW_WEEKS, least=LEAST_WEEKS)
    return medians


def _shop_factors(values: Floats, usual: Floats) -> Floats:
    """Return (T,): the factor by which the shop as a whole sold more than usual."""
    is_comparable = ~np.isnan(values) & (usual >= 1.0)
    factors = np.ones(len(values))
    for day in np.flatnonzero(is_comparable.sum(axis=1) >= LEAST_PRODUCTS):
        here = is_comparable[day]
        factors[day] = np.median(values[day, here] / usual[day, here])
    clipped: Floats = np.clip(factors, 1.0, MOST_FACTOR)
    return clipped
