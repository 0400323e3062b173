"""Tests of finding products that are no longer sold."""

import numpy as np

from reports.baking.censoring import LEAST_GAP, last_gaps


def test_a_product_that_sold_before_and_nothing_for_two_weeks_is_in_a_gap() -> None:
    days = LEAST_GAP + 6
    sold = np.zeros((days, 5))
    # On every day; never; until the gap began; on the first day of the gap; on the day before it.
    sold[:, 0] = 3
    sold[: days - LEAST_GAP, 2] = 3
    sold[days - LEAST_GAP, 3] = 1
    sold[days - LEAST_GAP - 1, 4] = 1

    assert last_gaps(sold).tolist() == [False, False, True, False, True]
