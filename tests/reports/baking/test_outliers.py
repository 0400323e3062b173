"""Tests that days far above the usual count for less, and lasting changes are learned."""

import datetime

import numpy as np
import pytest

from reports.baking.censoring import days_on_menu
from reports.baking.forecast import ComingDay, DemandHistory, forecast_demand
from reports.baking.outliers import counted_sales

MONDAY = datetime.date(2026, 1, 5)
SATURDAY = 5


def counted(sold: np.ndarray, **changes: np.ndarray) -> np.ndarray:
    """Return what the days of some products, open every day, count as."""
    days = len(sold)
    fields = {
        "is_known": np.ones(sold.shape, dtype=bool),
        "weekdays": np.arange(days) % 7,
        "holiday": np.zeros(days, dtype=np.int64),
    }
    return counted_sales(sold, **{**fields, **changes})


def planned(sold: np.ndarray, *, is_open: np.ndarray | None = None) -> np.ndarray:
    """Return (7, P): the quantity that covers four days in five, for the coming week."""
    days, products = sold.shape
    is_open = np.ones(days, dtype=bool) if is_open is None else is_open
    there = days_on_menu(sold, is_open, is_on_sale=np.ones(products, dtype=bool))
    history = DemandHistory(
        first_day=MONDAY,
        demand=counted(sold, is_known=there & is_open[:, None]),
        is_usable=there,
        is_open=is_open,
        holiday=np.zeros(days, dtype=np.int64),
        group=np.zeros(products, dtype=np.int64),
    )
    week = [ComingDay(ahead) for ahead in range(1, 8)]
    return np.round(forecast_demand(history, week).quantiles[..., 15])


def drawn(mean: float, days: int, *, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).poisson(mean, (days, 1)).astype(float)


@pytest.mark.parametrize("typed", [100.0, 1_000.0, 10_000.0])
@pytest.mark.parametrize("back", [1, 120])
def test_of_ten_a_day_one_wrong_day_moves_no_quantity_by_more_than_one(
    typed: float, back: int
) -> None:
    steady, noisy = np.full((182, 1), 10.0), drawn(10, 182)

    for sold in (steady, noisy):
        before = planned(sold)
        wrong = sold.copy()
        wrong[-back] = typed
        assert np.abs(planned(wrong) - before).max() <= 1


def test_an_ordinary_good_day_counts_in_full() -> None:
    sold = drawn(10, 365)

    assert (counted(sold) == sold).mean() > 0.99


def test_what_is_just_above_the_bound_counts_for_more_than_what_is_far_above() -> None:
    sold = np.full((60, 3), 10.0)
    sold[40] = (23.0, 30.0, 1_000.0)

    assert counted(sold)[40].tolist() == [23.0, 19.0, 11.0]


@pytest.mark.parametrize("mean", [0.2, 1.0])
def test_a_slow_product_keeps_its_sales(mean: float) -> None:
    sold = drawn(mean, 365)
    wrong = sold.copy()
    wrong[-3] = 500

    assert (counted(sold) == sold).mean() > 0.98
    assert np.abs(planned(wrong) - planned(sold)).max() <= 1


def test_a_product_new_since_a_week_is_judged_by_its_week() -> None:
    sold = np.full((7, 1), 8.0)
    wrong = sold.copy()
    wrong[4] = 800

    assert (counted(sold) == sold).all()
    assert counted(wrong)[4] < 12
    # Of two days the higher one may be the error; a single day says nothing of what is usual.
    assert counted(np.array([[10.0], [1_000.0]]))[1] < 15
    assert counted(np.array([[40.0]])) == 40


def test_what_sells_on_saturdays_alone_keeps_its_saturdays() -> None:
    sold = np.zeros((70, 1))
    sold[SATURDAY::7] = 50
    wrong = sold.copy()
    wrong[33] = 5_000

    assert (counted(sold) == sold).all()
    assert counted(wrong)[33] < 70
    assert planned(wrong)[5] == pytest.approx(planned(sold)[5], abs=5)


def test_a_shop_that_opens_on_five_days_is_judged_by_these() -> None:
    is_open = np.arange(140) % 7 < 5
    sold = np.where(is_open[:, None], 10.0, 0.0)
    wrong = sold.copy()
    wrong[-5] = 900
    known = is_open[:, None]

    assert (counted(sold, is_known=known) == sold).all()
    assert counted(wrong, is_known=known)[-5] < 14
    assert np.abs(planned(wrong, is_open=is_open) - planned(sold, is_open=is_open))[:5].max() <= 1


@pytest.mark.parametrize("days_since", [14, 28])
def test_a_lasting_rise_is_learned_within_two_weeks(days_since: int) -> None:
    sold = drawn(8, 150)
    sold[-days_since:] += np.random.default_rng(2).poisson(20, (days_since, 1))

    assert (counted(sold)[-days_since:] == sold[-days_since:]).all()
    assert planned(sold).mean() > 22


def test_a_day_that_is_good_for_the_whole_shop_counts_in_full() -> None:
    sold = np.random.default_rng(3).poisson(12, (90, 8)).astype(float)
    sold[60] *= 4
    of_one_product = sold[:, :1]

    assert (counted(sold)[60] == sold[60]).all()
    assert (counted(of_one_product)[60] < of_one_product[60]).all()


def test_a_holiday_may_sell_three_times_the_usual() -> None:
    sold = np.full((60, 1), 10.0)
    sold[40] = 40
    holiday = np.zeros(60, dtype=np.int64)
    holiday[40] = 1

    assert counted(sold, holiday=holiday)[40] == 40
    assert counted(sold)[40] < 20


def test_days_that_say_nothing_are_not_judged() -> None:
    sold = np.full((60, 1), 10.0)
    sold[40] = 400
    known = np.ones((60, 1), dtype=bool)
    known[40] = False

    assert counted(sold, is_known=known)[40] == 400


def test_sixty_days_without_a_sale_plan_none() -> None:
    others = np.random.default_rng(4).poisson(10, (180, 3)).astype(float)
    others[-60:, 0] = 0

    assert planned(others)[:, 0].max() == 0
    assert planned(others)[:, 1].min() > 5


def test_two_weeks_without_a_sale_are_evidence_and_one_is_not_enough_for_none() -> None:
    sold = np.full((120, 1), 10.0)
    one, three = sold.copy(), sold.copy()
    one[-7:] = 0
    three[-21:] = 0

    assert 0 < planned(one).mean() < planned(sold).mean()
    assert planned(three).max() <= 1


def test_a_last_gap_off_sale_is_no_evidence() -> None:
    sold = np.full((120, 2), 5.0)
    sold[-40:] = 0
    is_open = np.ones(120, dtype=bool)
    # The second came back on sale ten days ago: the plans of the thirty days before had it not.
    was_planned = np.ones((120, 2), dtype=bool)
    was_planned[80:110, 1] = False

    there = days_on_menu(sold, is_open, is_on_sale=np.array([False, True]), was_planned=was_planned)

    assert there[:80].all()
    assert not there[80:].any()


def test_one_large_order_makes_no_gap_of_the_days_after_it() -> None:
    sold = np.zeros((120, 1))
    sold[10] = 1_000

    assert days_on_menu(sold, np.ones(120, dtype=bool), is_on_sale=np.array([True]))[10:].all()
