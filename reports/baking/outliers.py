"""Detection of days with unusually high sales of a product, and the capped sales. Pure.

A typing error and one large order teach a forecast little, and by least squares they would teach it
most. So what is far above the usual is cut to a bound before anything learns from it (winsorizing:
Tukey 1962; the bound from medians and absolute deviations from them: Hampel 1974). A median follows
a lasting rise as soon as half of its window has seen it.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# The usual: the median of the days around a day, and that of the same weekdays around it.
WINDOW_DAYS = 29
WINDOW_WEEKS = 9
LEAST_WEEKS = 2
# How many robust standard deviations above the usual a day still counts in full.
MOST_DEVIATIONS = 4.0
# Turns the median absolute deviation of a normal distribution into its standard deviation.
MAD_SCALE = 1.4826
# A day good for the whole shop is not an error: its factor is the median of this many products.
LEAST_PRODUCTS = 5
MOST_FACTOR = 5.0
# What a holiday may sell beside an ordinary day, where too few products tell of the day.
HOLIDAY_FACTOR = 3.0
# So many products at a time: the windows of all of them would be large.
PRODUCTS_AT_ONCE = 32


def counted_sales(
    sold: Floats, is_known: Bools, weekdays: NDArray[np.int64], holiday: NDArray[np.int64]
) -> Floats:
    """Return (T, P): what each day's sales count as, in whole items where that is less than sold.

    `is_known` (T, P) marks the days on which the shop was open and the product was offered. Up to
    the bound a day counts in full; above it, the farther it is, the nearer it counts to the usual
    (a redescending influence: Hampel 1974), because the less it can have been demand.
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
    # Where nothing is known yet, both are NaN, and nothing is above.
    is_far = above > most
    counted = np.ceil(usual + most**2 / np.where(is_far, above, 1.0))
    far: Floats = np.where(is_far, np.minimum(counted, sold), sold)
    return far


def _running_median(values: Floats, window: int, *, least: int) -> Floats:
    """Return (T, P): the median of the known values around each day; NaN below `least` of them.

    Of two values it is the lower one: the other may be the error.
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
    """Return (T,): how much better than usual a day was for the products of the shop together."""
    is_comparable = ~np.isnan(values) & (usual >= 1.0)
    factors = np.ones(len(values))
    for day in np.flatnonzero(is_comparable.sum(axis=1) >= LEAST_PRODUCTS):
        here = is_comparable[day]
        factors[day] = np.median(values[day, here] / usual[day, here])
    clipped: Floats = np.clip(factors, 1.0, MOST_FACTOR)
    return clipped
