"""Tests of the demand forecast: properties for any history, and typical cases of a café."""

import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.baking.censoring import days_on_menu, demand_of_sold_out
from reports.baking.count_distribution import count_quantiles
from reports.baking.forecast import ComingDay, DemandHistory, forecast_demand

MONDAY = datetime.date(2026, 1, 5)
WEEK = [ComingDay(ahead) for ahead in range(1, 8)]
OPEN = np.ones(120, dtype=bool)
WEEKDAYS = np.array([0.0, 0.8, 0.9, 1.0, 1.2, 1.5, 1.1])


def history(demand: Any, **changes: Any) -> DemandHistory:
    demand = np.asarray(demand, dtype=float)
    days, products = demand.shape
    fields = {
        "first_day": MONDAY,
        "demand": demand,
        "is_usable": np.ones(demand.shape, dtype=bool),
        "is_open": np.ones(days, dtype=bool),
        "holiday": np.zeros(days, dtype=np.int64),
        "group": np.zeros(products, dtype=np.int64),
    }
    return DemandHistory(**{**fields, **changes})


def drawn_weeks(weeks: int, means: list[float], *, seed: int = 1) -> np.ndarray:
    """Draw sales with the weekdays' course; the shop is closed on Mondays."""
    random = np.random.default_rng(seed)
    course = np.tile(WEEKDAYS, weeks)[:, None] * np.array(means)
    return random.poisson(course).astype(float)


ITEMS = st.one_of(st.integers(0, 40), st.sampled_from([0, 0, 0, 1, 900, 100_000, 1_000_000]))


@pytest.mark.once
@settings(max_examples=150)
@given(
    st.integers(0, 3).flatmap(
        lambda products: st.lists(
            st.lists(ITEMS, min_size=products, max_size=products), min_size=0, max_size=70
        ).map(lambda rows: np.array(rows, dtype=float).reshape(len(rows), products))
    ),
    st.lists(st.booleans(), min_size=70, max_size=70),
    st.lists(st.booleans(), min_size=70, max_size=70),
)
def test_quantiles_never_cross_and_are_never_less_than_nothing(
    demand: np.ndarray, is_open: list[bool], is_usable: list[bool]
) -> None:
    """Empty, one day, all zero, one huge day, gaps: whatever the history."""
    days = len(demand)
    usable = np.repeat(np.array(is_usable[:days], dtype=bool)[:, None], demand.shape[1], axis=1)
    with np.errstate(all="raise", under="ignore"):
        forecast = forecast_demand(
            history(demand, is_open=np.array(is_open[:days], dtype=bool), is_usable=usable), WEEK
        )

    assert forecast.quantiles.shape == (7, demand.shape[1], 19)
    assert np.isfinite(forecast.quantiles).all()
    assert (forecast.quantiles >= 0).all()
    assert (np.diff(forecast.quantiles, axis=-1) >= 0).all()


def test_weekdays_are_told_apart() -> None:
    forecast = forecast_demand(
        history(drawn_weeks(12, [20.0, 6.0]), is_open=np.tile(WEEKDAYS > 0, 12)), WEEK
    )

    saturday, tuesday = forecast.mean[5], forecast.mean[1]
    assert saturday == pytest.approx(np.array([30.0, 9.0]), rel=0.2)
    assert tuesday == pytest.approx(np.array([16.0, 4.8]), rel=0.2)


def test_a_shop_with_a_week_of_history_gets_a_sensible_answer() -> None:
    forecast = forecast_demand(
        history(drawn_weeks(1, [20.0]), is_open=WEEKDAYS > 0), [ComingDay(2)]
    )

    low, middle, high = forecast.quantiles[0, 0, [1, 9, 17]]
    assert 5 < low < middle < high < 45
    assert 12 < middle < 28


def test_on_the_first_day_the_category_and_the_menu_stand_in() -> None:
    demand = np.zeros((10, 3))
    demand[:, 0] = 12.0

    # The second is new in the first's category, the third in one of its own.
    forecast = forecast_demand(
        history(
            demand,
            is_usable=np.array([[True, False, False]] * 10),
            group=np.array([0, 0, 1]),
        ),
        [ComingDay(1)],
    )

    assert forecast.mean[0] == pytest.approx([12.0, 12.0, 12.0], rel=0.35)


def test_closed_days_teach_no_zero() -> None:
    demand = drawn_weeks(8, [20.0])
    closed = np.ones(56, dtype=bool)
    closed[-7:] = False
    with_gap = demand.copy()
    with_gap[-7:] = 0

    told = forecast_demand(history(with_gap, is_open=closed & np.tile(WEEKDAYS > 0, 8)), WEEK)
    untold = forecast_demand(history(with_gap, is_open=np.tile(WEEKDAYS > 0, 8)), WEEK)

    assert told.mean[5, 0] == pytest.approx(30.0, rel=0.2)
    assert untold.mean[5, 0] < 0.8 * told.mean[5, 0]


def test_a_closed_day_asks_for_nothing_and_short_hours_for_their_share() -> None:
    past = history(drawn_weeks(8, [20.0]), is_open=np.tile(WEEKDAYS > 0, 8))

    closed, half, whole = (
        forecast_demand(past, [ComingDay(6, share=share)]) for share in (0.0, 0.5, 1.0)
    )

    assert (closed.quantiles == 0).all()
    assert half.mean == pytest.approx(whole.mean / 2)


def test_a_holiday_changes_the_days_beside_it() -> None:
    demand = drawn_weeks(20, [20.0])
    kinds = np.zeros(140, dtype=np.int64)
    for place in (33, 75, 117):
        kinds[place] = 1
        demand[place] *= 2.5

    forecast = forecast_demand(
        history(demand, holiday=kinds, is_open=np.tile(WEEKDAYS > 0, 20)),
        [ComingDay(6), ComingDay(6, holiday=1)],
    )

    ordinary, before = forecast.mean[:, 0]
    assert ordinary == pytest.approx(30.0, rel=0.2)
    assert before > 1.4 * ordinary


@pytest.mark.parametrize("factor", [2.5, 4.0])
def test_holidays_neither_raise_ordinary_days_nor_spread_them(factor: float) -> None:
    demand = np.full((140, 1), 20.0)
    kinds = np.zeros(140, dtype=np.int64)
    kinds[12::9] = 1
    demand[12::9] *= factor

    forecast = forecast_demand(
        history(demand, holiday=kinds), [ComingDay(6), ComingDay(6, holiday=1)]
    )

    without = forecast_demand(history(np.full((140, 1), 20.0)), [ComingDay(6)])
    ordinary, holiday = forecast.mean
    assert ordinary == pytest.approx(without.mean[0], rel=0.05)
    assert holiday == pytest.approx(factor * without.mean[0], rel=0.1)
    # What a holiday sells more is explained by it, and is no error.
    assert forecast.dispersion == pytest.approx(np.repeat(without.dispersion, 2, axis=0), rel=0.01)


def test_last_years_season_is_expected_again() -> None:
    days = np.arange(450)
    # The last day lies where the year before began to rise.
    season = 200 * (1 + 0.8 * np.sin(2 * np.pi * (days - 60) / 364))
    demand = np.random.default_rng(2).poisson(season)[:, None]

    with_a_year = forecast_demand(history(demand), WEEK).mean[:, 0]
    without = forecast_demand(history(demand[203:]), WEEK).mean[:, 0]

    assert with_a_year[-1] / with_a_year[0] > 1.005 * without[-1] / without[0]


def test_what_is_ordered_ahead_is_the_least() -> None:
    past = history(drawn_weeks(8, [3.0]), is_open=np.tile(WEEKDAYS > 0, 8))

    forecast = forecast_demand(past, [ComingDay(2)], ordered_ahead=np.array([[25.0]]))

    assert (forecast.quantiles >= 25).all()


@pytest.mark.parametrize(("mean", "dispersion"), [(0.3, 0.5), (4.0, 0.2), (30.0, 0.05), (400, 0.1)])
def test_quantiles_cover_their_share_of_counts(mean: float, dispersion: float) -> None:
    random = np.random.default_rng(3)
    rates = random.gamma(1 / dispersion, mean * dispersion, 40_000)
    counts = random.poisson(rates)
    levels = (0.5, 0.8, 0.95)

    quantiles = count_quantiles(np.array([mean]), np.array([dispersion]), levels)[0]

    for level, quantile in zip(levels, quantiles, strict=True):
        whole = round(float(quantile))
        # The smallest count that is exceeded no more often than the level lets it.
        assert (counts <= whole).mean() >= level - 0.01
        assert whole == 0 or (counts <= whole - 1).mean() < level + 0.01


def test_more_is_expected_of_what_sold_out_early() -> None:
    sold, usual = np.array([10.0, 10.0, 10.0]), np.array([12.0, 12.0, 12.0])
    dispersion = np.array([0.1, 0.1, 0.1])

    noon, afternoon, closing = demand_of_sold_out(
        sold, usual, dispersion, np.array([0.4, 0.8, 1.0])
    )

    assert noon > afternoon > closing == 10.0
    # Gone at noon, it is no fourth as good again as the course of the day alone would say.
    assert noon < 10.0 / 0.4


def test_a_product_that_was_away_and_comes_back_is_known_again() -> None:
    sold = np.full((120, 2), 5.0)
    sold[40:80, 0] = 0
    sold[:100, 1] = 0

    there = days_on_menu(
        sold, np.ones(120, dtype=bool), is_on_sale=np.ones(sold.shape[1], dtype=bool)
    )

    assert not there[40:80, 0].any()
    assert there[:40, 0].all()
    assert there[80:, 0].all()
    assert not there[:100, 1].any()
    assert there[100:, 1].all()


def test_what_sells_rarely_was_there_all_the_same() -> None:
    sold = np.zeros((120, 1))
    sold[[0, 30, 75, 110], 0] = 1

    assert days_on_menu(
        sold, np.ones(120, dtype=bool), is_on_sale=np.ones(sold.shape[1], dtype=bool)
    ).all()
