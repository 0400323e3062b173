"""Tests of the quantiles of counts, from the table and from the gamma distribution."""

import tracemalloc

import numpy as np
import pytest

from reports.baking.count_distribution import (
    MOST_COUNTS,
    QUANTILES,
    WIDTH,
    count_quantiles,
    gamma_quantiles,
)

LEVELS = np.array(QUANTILES)


def exact_quantiles(mean: float, dispersion: float) -> np.ndarray:
    """Add up the chance of each count, however many there are."""
    shape = 1 / dispersion
    deviation = np.sqrt(mean + dispersion * mean**2)
    counts = np.arange(1, int(mean + 12 * deviation) + 50)
    steps = np.log((counts - 1 + shape) / counts) + np.log(mean / (mean + shape))
    first = shape * np.log(shape / (mean + shape))
    reached = np.cumsum(np.exp(np.concatenate([[first], first + np.cumsum(steps)])))
    return (reached[None] < LEVELS[:, None]).sum(axis=1)


@pytest.mark.parametrize(
    ("mean", "dispersion"),
    # Below the border, across it, and above.
    [
        (1_500, 0.005),
        (1_800, 0.15),
        (1_000, 0.5),
        (1_900, 1e-6),
        (2_100, 1e-6),
        (2_500, 0.15),
        (3_000, 1.0),
        (5_000, 0.005),
        (10_000, 0.15),
        (20_000, 0.5),
    ],
)
def test_table_and_gamma_distribution_agree_with_the_exact_counts(
    mean: float, dispersion: float
) -> None:
    found = count_quantiles(np.array([mean]), np.array([dispersion]), QUANTILES)[0]

    # A tenth of an item at the low counts, a thousandth of the quantile elsewhere.
    assert found == pytest.approx(exact_quantiles(mean, dispersion), rel=1e-3, abs=0.2)


@pytest.mark.parametrize("dispersion", [0.01, 0.15, 0.5])
def test_just_below_the_border_both_ways_agree(dispersion: float) -> None:
    mean = np.array([0.4 * MOST_COUNTS])

    by_table = count_quantiles(mean, np.array([dispersion]), QUANTILES)[0]
    by_gamma = gamma_quantiles(mean, np.array([dispersion]), LEVELS)[0]

    is_in_table = by_table < MOST_COUNTS
    assert is_in_table.sum() >= 15
    assert by_gamma[is_in_table] == pytest.approx(by_table[is_in_table], rel=0.01)


@pytest.mark.parametrize("mean", [0.0, 1e-9, 0.4, 30.0, 2000.0, 1e6, 1e9, np.inf, np.nan])
@pytest.mark.parametrize("dispersion", [0.0, 0.005, 0.15, 5.0, 1e4, 1e9])
def test_quantiles_of_any_mean_are_finite_and_in_order(mean: float, dispersion: float) -> None:
    with np.errstate(all="raise", under="ignore"):
        found = count_quantiles(np.array([mean]), np.array([dispersion]), QUANTILES)[0]

    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert (np.diff(found) >= 0).all()


def test_a_larger_mean_has_no_smaller_quantiles() -> None:
    means = np.linspace(1500, 2600, 56)

    found = count_quantiles(means, np.full(56, 0.05), QUANTILES)

    assert (np.diff(found, axis=0) > -0.5).all()


def test_the_memory_needed_does_not_grow_with_the_mean() -> None:
    def peak_of(mean: float) -> int:
        tracemalloc.start()
        count_quantiles(np.full((7, 100), mean), np.full((7, 100), 0.15), QUANTILES)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    at_the_border, far_beyond = peak_of(3_000), peak_of(10_000_000)

    assert far_beyond < 1.1 * at_the_border
    assert far_beyond < 32 * 2**20


def test_a_level_within_one_item_lies_by_its_share_of_that_item() -> None:
    # Poisson with a mean of 1: no item on 36.8 % of the days, one on as many.
    none = one = np.exp(-1.0)

    [quantile] = count_quantiles(np.array([1.0]), np.array([0.0]), (0.5,))[0]

    assert quantile == pytest.approx(1 + WIDTH * ((0.5 - none) / one - 0.5), abs=1e-4)
