"""Tests of the backtest on past sales, from the shop or from a file."""

import datetime
import io
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from reports.baking.backtest import (
    LEVELS,
    BadSeries,
    Series,
    our_forecast,
    read_series,
    run_backtest,
    same_as_last_week,
    series_of,
)
from tests.factories import make_order
from tests.fixtures.shop import SUNDAY, Shop

MONDAY = datetime.date(2026, 1, 5)
DAY = datetime.timedelta(days=1)


def drawn_file(folder: Path, days: int = 84) -> Path:
    """Write sales of two products with a weekly course, closed on Mondays."""
    random = np.random.default_rng(5)
    lines = ["product,day,quantity,price"]
    for place in range(days):
        day = MONDAY + DAY * place
        course = (0, 0.8, 0.9, 1.0, 1.2, 1.5, 1.1)[day.weekday()]
        for name, mean, price in (("Tart", 12, "4.50"), ("Bun", 5, "1.50")):
            if quantity := random.poisson(mean * course):
                lines.append(f"{name},{day},{quantity},{price}")
    path = folder / "sales.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_the_forecast_beats_the_same_as_last_week(tmp_path: Path) -> None:
    series = read_series(drawn_file(tmp_path))

    scores = run_backtest(
        series,
        {"ours": our_forecast, "naive": same_as_last_week},
        days=28,
        products=2,
        margin=0.7,
    )

    ours, naive = scores["ours"], scores["naive"]
    assert ours.pinball < 0.8 * naive.pinball
    assert ours.mase < naive.mase
    assert ours.cost < naive.cost
    assert ours.coverage[LEVELS.index(0.8)] == pytest.approx(0.8, abs=0.12)


def test_what_is_scored_is_what_the_definitions_say() -> None:
    def ten(series: Series, origin: int, chosen: np.ndarray) -> np.ndarray:
        return np.full((7, 1, len(LEVELS)), 10.0)

    # Ten or eleven a day, and then one day of sixteen: a forecast of ten at every level.
    totals = {(MONDAY + DAY * place, "Tart"): float(10 + place % 2) for place in range(28)}
    totals[MONDAY + DAY * 27, "Tart"] = 16.0
    series = series_of(totals, {"Tart": 2.0})

    score = run_backtest(
        series,
        {"ten": ten},
        days=1,
        products=5,
        margin=0.75,
    )["ten"]

    # From week to week, an odd number of days apart, it changes by one.
    assert score.pinball == pytest.approx(6 * sum(LEVELS) / len(LEVELS))
    assert (score.mase, score.wape) == (6.0, pytest.approx(6 / 16))
    assert score.coverage == (0.0,) * len(LEVELS)
    assert score.cost == pytest.approx(2.0 * 0.75 * 6)


def test_days_on_which_the_shop_was_closed_are_not_scored(tmp_path: Path) -> None:
    series = read_series(drawn_file(tmp_path))
    seen = []

    def watching(series, origin, chosen):
        seen.append(origin)
        quantiles = same_as_last_week(series, origin, chosen)
        # A forecast for a closed day must not count.
        quantiles[~series.is_open[origin - 7 : origin]] = 1e6
        return quantiles

    score = run_backtest(series, {"w": watching}, days=21, products=1, margin=0.7)["w"]

    assert score.mase < 10
    assert np.diff(seen).tolist() == [5] * (len(seen) - 1)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("product,day\nTart,2026-01-05\n", "has no column 'quantity'"),
        ("product,day,quantity\nTart,5.1.2026,3\n", "line 2"),
        ("product,day,quantity\nTart,2026-01-05,-3\n", "line 2: '-3' is not a quantity."),
        ("product,day,quantity\nTart,2026-01-05,many\n", "line 2"),
        ("product,day,quantity\n", "contains no sales"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_why(
    tmp_path: Path, text: str, sentence: str
) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(text)

    with pytest.raises(BadSeries) as caught:
        read_series(path)

    assert sentence in str(caught.value)


def test_too_short_a_history_names_the_remedy(tmp_path: Path) -> None:
    series = read_series(drawn_file(tmp_path, days=30))

    with pytest.raises(BadSeries, match="Try fewer days: --days 9"):
        run_backtest(series, {"ours": our_forecast}, days=28, products=2, margin=0.7)


def test_the_command_prints_a_row_for_each_method(tmp_path: Path) -> None:
    out = io.StringIO()

    call_command("backtest", data=drawn_file(tmp_path), days=28, products=2, stdout=out)

    text = out.getvalue()
    # The first day was a closed Monday.
    assert "83 days of sales, the last 28 tried" in text
    assert "\nbake plan " in text
    assert "same as last week" in text
    assert "less than the same as last week." in text


def test_the_command_tries_the_shops_own_sales(shop: Shop) -> None:
    for back in range(60):
        make_order(shop.at(SUNDAY - DAY * back, 9), {shop.cheesecake: 3 + back % 4})
    out = io.StringIO()

    call_command("backtest", days=21, stdout=out)

    assert "60 days of sales, the last 21 tried" in out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"days": 0}, "have to be 1 or more"),
        ({"margin": 0.2}, "--margin 0.2 is not between 0.5 and 0.95"),
        ({}, "There are no sales of anything that is baked yet"),
        ({"data": Path("/nowhere.csv")}, "/nowhere.csv cannot be read"),
    ],
)
def test_what_cannot_be_tried_is_told(options: dict[str, object], sentence: str) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("backtest", **options)

    assert sentence in str(caught.value)


def test_without_statsforecast_the_remedy_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "statsforecast", None)

    with pytest.raises(CommandError, match="pip install statsforecast"):
        call_command("backtest", data=drawn_file(tmp_path), against="statsforecast")
