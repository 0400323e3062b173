"""Backtest of the forecasts: rolling origins over past sales. Numpy only.

Scaled error: Hyndman and Koehler 2006. Quantile loss: Koenker and Bassett 1978.
"""

import csv
import datetime
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cafe_site.shop.business_day import DAY, parse_day
from reports.baking.censoring import days_on_menu
from reports.baking.forecast import ComingDay, DemandHistory, forecast_demand
from reports.baking.outliers import counted_sales
from reports.baking.quantities import Demand

Floats = NDArray[np.float64]

LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
HORIZON = 7
STEP = 5
# Two weeks before the first origin: one to learn from, and the one before to compare it with.
LEAST_HISTORY = 14
COLUMNS = ("product", "day", "quantity")


class BadSeries(Exception):
    """The sales cannot be read or used; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Series:
    """T consecutive days of P products; `sold` is (T, P), items. `price` is (P,), 1 if unknown."""

    first_day: datetime.date
    products: tuple[str, ...]
    sold: Floats
    price: Floats

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """Mark the open days; a day without any sale counts as closed."""
        opened: NDArray[np.bool_] = self.sold.sum(axis=1) > 0
        return opened


# Returns quantiles (HORIZON, P, len(LEVELS)) for the days from an origin on, given the days before
# it. Every method knows the coming closed days, as an owner does.
Method = Callable[[Series, int, NDArray[np.int64]], Floats]


@dataclass(frozen=True, slots=True)
class Score:
    """One method's results; `pinball` and `mase` are scaled by the history's weekly changes."""

    pinball: float
    mase: float
    wape: float
    coverage: tuple[float, ...]
    # Missed margin and waste of its quantities: in currency if prices are known, else in items.
    cost: float
    seconds: float


def read_series(path: Path) -> Series:
    """Read a CSV file with the columns product, day, quantity, and optionally price."""
    totals: dict[tuple[datetime.date, str], float] = {}
    prices: dict[str, float] = {}
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            for line, row in _rows_of(path, file):
                try:
                    key = parse_day(row["day"]), row["product"]
                    totals[key] = totals.get(key, 0.0) + _quantity_in(row["quantity"])
                    if row.get("price"):
                        prices[row["product"]] = float(row["price"])
                except ValueError as error:
                    raise BadSeries(f"{path}, line {line}: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadSeries(f"{path} cannot be read: {error}") from error
    if not totals:
        raise BadSeries(f"{path} contains no sales.")
    return series_of(totals, prices)


def _rows_of(path: Path, file: Iterator[str]) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(file)
    if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
        raise BadSeries(
            f"{path} has no column {missing[0]!r}; it needs {', '.join(COLUMNS)}, "
            "and may have price."
        )
    for row in reader:
        yield reader.line_num, row


def _quantity_in(text: str) -> float:
    quantity = float(text)
    if not 0 <= quantity < 1e6:
        raise ValueError(f"{text!r} is not a quantity.")
    return quantity


def series_of(
    totals: Mapping[tuple[datetime.date, str], float], prices: Mapping[str, float]
) -> Series:
    """Return daily series, from the first day with a sale to the last."""
    days = [day for (day, _product), quantity in totals.items() if quantity]
    first, last = min(days), max(days)
    products = sorted({product for _day, product in totals})
    indexes = {product: index for index, product in enumerate(products)}
    sold = np.zeros(((last - first).days + 1, len(products)))
    for (day, product), quantity in totals.items():
        if first <= day <= last:
            sold[(day - first).days, indexes[product]] += quantity
    price = np.array([prices.get(product, 1.0) for product in products])
    return Series(first, tuple(products), sold, price)


def run_backtest(
    series: Series, methods: Mapping[str, Method], *, days: int, products: int, margin: float
) -> dict[str, Score]:
    """Run methods on the last days: every fifth day is an origin; a week ahead, open days only.

    The best sellers and the scale are taken from the history before these days. `margin` is the
    share of the price that a sale earns; the quantity is the demand's quantile at that share.
    """
    start = len(series.sold) - days
    if start < LEAST_HISTORY:
        raise BadSeries(
            f"There are {len(series.sold)} days of sales; {days} to try and {LEAST_HISTORY} before "
            f"them would be needed. Try fewer days: --days {max(len(series.sold) // 3, 1)}."
        )
    scale = np.abs(series.sold[7:start] - series.sold[: start - 7]).mean(axis=0)
    # A product with constant weekly sales has no scale to measure errors with.
    ranked = np.argsort(-series.sold[:start].sum(axis=0), kind="stable")
    chosen = np.array([index for index in ranked if scale[index] > 0][:products], dtype=np.int64)
    if not len(chosen):
        raise BadSeries("No product sold anything before the days to try.")
    return {
        name: _score(series, method, chosen, scale[chosen], start=start, margin=margin)
        for name, method in methods.items()
    }


def _score(
    series: Series,
    method: Method,
    chosen: NDArray[np.int64],
    scale: Floats,
    *,
    start: int,
    margin: float,
) -> Score:
    price = series.price[chosen]
    levels = np.array(LEVELS)
    parts: list[tuple[Floats, ...]] = []
    began = time.perf_counter()
    for origin in range(start, len(series.sold), STEP):
        quantiles = method(series, origin, chosen)
        rows = np.flatnonzero(series.is_open[origin : origin + HORIZON])
        sold, quantiles = series.sold[origin + rows][:, chosen], quantiles[rows]
        short = sold[..., None] - quantiles
        loss = np.maximum(levels * short, (levels - 1) * short) / scale[:, None]
        baked = _quantities(quantiles, margin)
        cost = price * np.where(
            sold > baked, margin * (sold - baked), (1 - margin) * (baked - sold)
        )
        parts.append(
            (loss, np.abs(sold - quantiles[..., 0]), sold, (short <= 0).astype(float), cost)
        )
    seconds = time.perf_counter() - began
    loss, errors, sold, covered, cost = (
        np.concatenate([part[index] for part in parts]) for index in range(5)
    )
    return Score(
        pinball=float(loss.mean()),
        mase=float((errors / scale).mean()),
        wape=float(errors.sum() / max(sold.sum(), 1.0)),
        coverage=tuple(float(share) for share in covered.mean(axis=(0, 1))),
        cost=float(cost.sum()),
        seconds=seconds,
    )


def _quantities(quantiles: Floats, margin: float) -> Floats:
    """Return (H, P): the quantile at `margin`, rounded to whole items."""
    quantities = np.empty(quantiles.shape[:2])
    for index in np.ndindex(quantities.shape):
        items = tuple(float(item) for item in quantiles[index])
        quantities[index] = round(Demand(LEVELS, items).at(margin))
    return quantities


def our_forecast(series: Series, origin: int, chosen: NDArray[np.int64]) -> Floats:
    """Forecast with the bake plan's model."""
    sold, is_open = series.sold[:origin][:, chosen], series.is_open[:origin]
    there = days_on_menu(sold, is_open, is_on_sale=np.ones(len(chosen), dtype=bool))
    holiday = np.zeros(origin, dtype=np.int64)
    weekdays = (series.first_day.weekday() + np.arange(origin)) % 7
    history = DemandHistory(
        first_day=series.first_day,
        demand=counted_sales(sold, there & is_open[:, None], weekdays, holiday),
        is_usable=there,
        is_open=is_open,
        holiday=holiday,
        group=np.zeros(len(chosen), dtype=np.int64),
    )
    days = [
        ComingDay(ahead + 1, share=float(_is_open_on(series, origin + ahead)))
        for ahead in range(HORIZON)
    ]
    return forecast_demand(history, days, levels=LEVELS).quantiles


def _is_open_on(series: Series, index: int) -> bool:
    return index >= len(series.sold) or bool(series.is_open[index])


def same_as_last_week(series: Series, origin: int, chosen: NDArray[np.int64]) -> Floats:
    """Forecast the sales of the same weekday a week before, at every level."""
    week = series.sold[origin - HORIZON : origin][:, chosen]
    return np.repeat(week[..., None], len(LEVELS), axis=-1)


def statsforecast_methods() -> dict[str, Method]:
    """Return AutoETS, AutoTheta and MSTL, with their own prediction intervals.

    Raises ImportError if statsforecast is not installed.
    """
    from statsforecast import StatsForecast
    from statsforecast.models import MSTL, AutoETS, AutoTheta

    def method_of(model: object) -> Method:
        def forecast(series: Series, origin: int, chosen: NDArray[np.int64]) -> Floats:
            import pandas

            days = [series.first_day + DAY * index for index in range(origin)]
            frame = pandas.concat(
                pandas.DataFrame(
                    {
                        "unique_id": series_id,
                        "ds": pandas.to_datetime(days),
                        "y": series.sold[:origin, index],
                    }
                )
                for series_id, index in enumerate(chosen)
            )
            # Interval widths whose upper ends are the quantiles in LEVELS.
            widths = [round((2 * level - 1) * 100) for level in LEVELS[1:]]
            table = StatsForecast(models=[model], freq="D").forecast(
                df=frame, h=HORIZON, level=widths
            )
            columns = [str(model), *(f"{model}-hi-{width}" for width in widths)]
            quantiles = np.stack(
                [table[name].to_numpy().reshape(len(chosen), HORIZON).T for name in columns],
                axis=-1,
            )
            return np.maximum(np.maximum.accumulate(quantiles, axis=-1), 0.0)

        return forecast

    models = (AutoETS(season_length=7), AutoTheta(season_length=7), MSTL(season_length=7))
    return {str(model): method_of(model) for model in models}
