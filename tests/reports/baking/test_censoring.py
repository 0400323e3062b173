"""Tests of finding products that are no longer sold."""

import numpy as np

from reports.baking.censoring import LEAST_GAP, days_on_menu, last_gaps


def test_a_product_that_sold_before_and_nothing_for_two_weeks_is_in_a_gap() -> None:
    days = LEAST_GAP + 6
    sold = np.zeros((days, 5))
    # On every day; never; until the gap began; on the first day of the gap; on the day before it.
    sold[:, 0] = 3
    sold[: days - LEAST_GAP, 2] = 3
    sold[days - LEAST_GAP, 3] = 1
    sold[days - LEAST_GAP - 1, 4] = 1

    assert last_gaps(sold).tolist() == [False, False, True, False, True]


def test_a_gap_by_chance_before_a_long_one_leaves_the_long_one_to_be_found() -> None:
    # One item on two of five days, so 15 days without a sale are chance and 60 are not.
    sold = np.tile([[1.0], [0.0], [1.0], [0.0], [0.0]], (80, 1))
    by_chance, not_offered = slice(98, 115), slice(198, 260)
    sold[by_chance] = sold[not_offered] = 0

    there = days_on_menu(sold, np.ones(400, dtype=bool), is_on_sale=np.ones(1, dtype=bool))

    assert there[:198].all()
    assert not there[not_offered].any()
    assert there[260:].all()
