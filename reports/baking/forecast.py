"""Forecast of demand per product for the coming days, as quantiles. Pure. Numpy only.

The method in short (docs/forecast.md has the sources and the rejected alternatives):

1. A product's demand is a level, times a weekday index, times the shop's holiday factors. Levels
   are exponentially smoothed with three half-lives. Weekday indices are shrunk to the shop's,
   because a product that sells three a day has little data on its Mondays.
2. One Poisson-type regression over all products and days (negative binomial weights) learns how to
   combine the levels. A ridge penalty pulls it to a default: a shop with a week of history gets the
   default, a shop with years of history its own coefficients.
3. The spread is a negative binomial distribution. Its dispersion comes from the errors of forecasts
   made days ahead, shrunk from each product's to the shop's.

Days when the shop was closed or had unusual hours are not used, nor are days before a product's
first sale. The caller estimates the demand of days that sold out.
"""

import datetime
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reports.baking.count_distribution import QUANTILES, count_quantiles
from reports.baking.smoothing import centred_levels, holiday_factors, levels_by_day, weekday_indices

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Days after which a sale has half its weight.
HALF_LIVES = (7.0, 28.0, 112.0)
WEEKDAY_HALF_LIFE = 200.0
LEARNING_HALF_LIFE = 180.0
# Pseudo-items of the prior that shrinks a product's weekday index to the shop's.
WEEKDAY_PRIOR = 20.0
# The regression is fitted to forecasts this many days ahead.
LAGS = (2, 5)
# Intercept; level; shorter and longer level relative to it; weekday index of the product, and of
# the shop relative to it; the shop's momentum; the season of the year before.
DEFAULT = np.array([0.0, 1.0, 0.4, 0.1, 1.0, 0.0, 0.1, 0.5])
# The ridge penalty, in units of the regression's information.
RIDGE = np.array([500.0, 2000.0, 500.0, 500.0, 500.0, 500.0, 500.0, 500.0])
STEPS = 4
# Days of errors in the prior that shrinks a product's dispersion to the shop's.
DISPERSION_PRIOR = 100.0
# Prior of the shop's dispersion, weighted with the same number of days: a rule of thumb for cafés.
USUAL_DISPERSION = 0.15
USUAL_PRIOR = 50.0
LEAST_DISPERSION = 0.005
# Limits of a forecast's mean, as logarithms: from one in three years to a hundred million.
LINEAR_RANGE = (-7.0, 18.0)
# Added to a level before taking its logarithm.
FLOOR = 0.05
YEAR = 364  # a year of whole weeks
# With less than a week there are no weekday indices, so the forecast is the mean.
LEAST_DAYS = 7


@dataclass(frozen=True, slots=True)
class DemandHistory:
    """Demand history: T consecutive days, P products.

    `demand` is (T, P), in items; `is_usable` is (T, P): whether that day's figure is evidence of
    demand. `is_open` is (T,): open at its usual hours. `holiday` is (T,): 0 for an ordinary day,
    else the kind of the holiday or of the day next to one; the same number means the same kind.
    `group` is (P,): the category of each product.
    """

    first_day: datetime.date
    demand: Floats
    is_usable: Bools
    is_open: Bools
    holiday: NDArray[np.int64]
    group: NDArray[np.int64]

    @property
    def weekdays(self) -> NDArray[np.int64]:
        count = len(self.demand)
        return (self.first_day.weekday() + np.arange(count)) % 7


@dataclass(frozen=True, slots=True)
class ComingDay:
    """A day to forecast, `ahead` days after the history's last one (from 1 on)."""

    ahead: int
    # Share of a usual day's demand within its hours; 1 for usual hours, 0 when closed.
    share: float = 1.0
    holiday: int = 0


@dataclass(frozen=True, slots=True)
class Forecast:
    """`mean` and `dispersion` are (H, P), `quantiles` (H, P, Q) for `levels`; in items."""

    levels: tuple[float, ...]
    mean: Floats
    dispersion: Floats
    quantiles: Floats


def forecast_demand(
    history: DemandHistory,
    days: list[ComingDay],
    *,
    ordered_ahead: Floats | None = None,
    levels: tuple[float, ...] = QUANTILES,
) -> Forecast:
    """Return the quantiles of each product's demand on the coming days.

    They never cross and are never negative. `ordered_ahead` is (H, P), the quantity already
    ordered; no quantile is below it.
    """
    model = _Model(history)
    mean = np.stack([model.mean_on(day) for day in days])
    dispersion = np.repeat(model.dispersion[None], len(days), axis=0)
    quantiles = count_quantiles(mean, dispersion, levels)
    if ordered_ahead is not None:
        mean = np.maximum(mean, ordered_ahead)
        quantiles = np.maximum(quantiles, ordered_ahead[..., None])
    return Forecast(levels, mean, dispersion, quantiles)


def usual_demand(history: DemandHistory) -> tuple[Floats, Floats]:
    """Return the usual demand of each day in the history, and its dispersion: (T, P) and (P,).

    Used to estimate sold-out days, so mark those as not usable.
    """
    model = _Model(history)
    if not model.has_past:
        return np.broadcast_to(model.start, history.demand.shape), model.dispersion
    factor = model.index[history.weekdays] * model.calendar
    level = centred_levels(model.demand, factor, model.usable, model.start)
    return level * factor, model.dispersion


class _Model:
    """The model fitted to one history."""

    def __init__(self, history: DemandHistory) -> None:
        self.history = history
        days, products = history.demand.shape
        self.usable = history.is_usable & history.is_open[:, None]
        self.demand = np.where(self.usable, history.demand, 0.0)
        # Sold-out sales do not measure the product's demand, but they are part of the shop's sales.
        everything = np.where(history.is_open[:, None], history.demand, 0.0)
        self.shop = everything.sum(axis=1, keepdims=True)
        self.start = _starting_levels(self.demand, self.usable, history.group)
        self.has_past = bool(history.is_open.sum() >= LEAST_DAYS)
        if not self.has_past:
            self.dispersion = np.full(products, 2 * USUAL_DISPERSION)
            return
        self._find_indices()
        self._find_levels()
        self._learn(np.arange(days))

    def _find_indices(self) -> None:
        """Find the shop's and the products' weekday indices, and the holidays' factors."""
        history, weekdays = self.history, self.history.weekdays
        age = np.arange(len(self.demand))[::-1]
        weight = 0.5 ** (age / WEEKDAY_HALF_LIFE)
        shop = self.shop
        is_open = history.is_open[:, None]
        flat = np.ones((len(shop), 1))
        start = shop[history.is_open].mean(axis=0)
        index = np.ones((7, 1))
        self.holidays = np.ones(int(history.holiday.max(initial=0)) + 1)
        for _ in range(2):
            factor = index[weekdays] * self.holidays[history.holiday][:, None]
            level = centred_levels(shop, factor, is_open, start)
            ordinary = is_open & (history.holiday == 0)[:, None]
            index = weekday_indices(
                shop, level * flat, ordinary, weekdays, weight, np.ones((7, 1)), start
            )
            self.holidays = holiday_factors(shop, level * index[weekdays], is_open, history.holiday)
        self.shop_index = index
        self.calendar = self.holidays[history.holiday][:, None]
        wide = np.repeat(index, self.demand.shape[1], axis=1)
        self.index = wide
        for _ in range(2):
            level = centred_levels(
                self.demand, self.index[weekdays] * self.calendar, self.usable, self.start
            )
            self.index = weekday_indices(
                self.demand,
                level * self.calendar,
                self.usable,
                weekdays,
                weight,
                wide,
                np.full(self.demand.shape[1], WEEKDAY_PRIOR),
            )

    def _find_levels(self) -> None:
        """Smooth each product and the shop with every half-life: (T, P) and (T, 1) each."""
        weekdays = self.history.weekdays
        factor = self.index[weekdays] * self.calendar
        shop = self.shop
        shop_factor = self.shop_index[weekdays] * self.calendar
        is_open = self.history.is_open[:, None]
        start = shop[self.history.is_open].mean(axis=0)
        self.levels = [
            levels_by_day(self.demand, factor, self.usable, half_life, self.start)
            for half_life in HALF_LIVES
        ]
        self.shop_levels = [
            levels_by_day(shop, shop_factor, is_open, half_life, start)
            for half_life in HALF_LIVES[:2]
        ]
        self.season = np.log(centred_levels(shop, shop_factor, is_open, start) + FLOOR)[:, 0]

    def _learn(self, days: NDArray[np.int64]) -> None:
        """Fit the regression to forecasts made days ahead; take the dispersion from their errors.

        Iteratively reweighted least squares (McCullagh and Nelder 1989) with a ridge.
        """
        warm = min(21, len(days) // 3)
        parts = []
        for lag in LAGS:
            targets = days[max(warm, lag) :]
            targets = targets[self.history.is_open[targets]]
            weight = 0.5 ** ((len(days) - 1 - targets) / LEARNING_HALF_LIFE)
            parts.append(
                (
                    self._features(targets - lag, self.history.weekdays[targets], targets),
                    self.demand[targets],
                    weight[:, None] * self.usable[targets] / len(LAGS),
                    self.calendar[targets],
                )
            )
        features, demand, weight, calendar = (
            np.concatenate([part[index] for part in parts]) for index in range(4)
        )
        offset = np.log(np.broadcast_to(calendar, demand.shape)).ravel()
        flat = features.reshape(-1, len(DEFAULT))
        asked, flat_weight = demand.ravel(), weight.ravel()
        self.beta = DEFAULT.copy()
        for _ in range(STEPS):
            mean = _mean_of(flat @ self.beta + offset)
            information = mean / (1 + 0.2 * mean) * flat_weight
            gradient = flat.T @ (information * (asked - mean) / mean)
            gradient -= RIDGE * (self.beta - DEFAULT)
            curvature = (flat * information[:, None]).T @ flat + np.diag(RIDGE)
            self.beta = self.beta + np.linalg.solve(curvature, gradient)
        mean = _mean_of(flat @ self.beta + offset).reshape(demand.shape)
        self.dispersion = _dispersion_of(demand, mean, weight)

    def _features(
        self, known: NDArray[np.int64], weekdays: NDArray[np.int64], targets: NDArray[np.int64]
    ) -> Floats:
        """Return (N, P, K): the features known at the end of some days, for later target days."""
        short, middle, long = (np.log(level[known] + FLOOR) for level in self.levels)
        own = np.log(self.index[weekdays] + FLOOR)
        ones = np.ones_like(own)
        shop = np.log(self.shop_index[weekdays] + FLOOR) * ones
        momentum = np.log(
            (self.shop_levels[0][known] + FLOOR) / (self.shop_levels[1][known] + FLOOR)
        )
        season = self._season_between(known, targets)[:, None]
        return np.stack(
            [
                ones,
                middle,
                short - middle,
                long - middle,
                own,
                shop - own,
                momentum * ones,
                season * ones,
            ],
            axis=-1,
        )

    def _season_between(self, known: NDArray[np.int64], targets: NDArray[np.int64]) -> Floats:
        """Return the change of the shop's level between the same days of last year, as a logarithm.

        Zero without such a year. Both days of the year before are in the past, so this does not
        look ahead.
        """
        before, then = known - YEAR, targets - YEAR
        has_year = before >= 14
        change = self.season[np.maximum(then, 0)] - self.season[np.maximum(before, 0)]
        return np.where(has_year, np.clip(change, -0.7, 0.7), 0.0)

    def mean_on(self, day: ComingDay) -> Floats:
        """Return (P,): the mean demand on a coming day."""
        if not self.has_past:
            return self.start * day.share
        last = len(self.demand) - 1
        weekday = (self.history.weekdays[last] + day.ahead) % 7
        features = self._features(
            np.array([last]), np.array([weekday]), np.array([last + day.ahead])
        )
        calendar = self.holidays[day.holiday] if day.holiday < len(self.holidays) else 1.0
        mean: Floats = _mean_of(features[0] @ self.beta) * calendar * day.share
        return mean


def _mean_of(linear: Floats) -> Floats:
    mean: Floats = np.exp(np.clip(linear, *LINEAR_RANGE))
    return mean


def _starting_levels(demand: Floats, usable: Bools, group: NDArray[np.int64]) -> Floats:
    """Return (P,): each product's first mean, shrunk to its category's and the menu's.

    A product without sales gets the mean of its category; a category without sales gets the menu's.
    """
    # The first 28 usable days.
    early = usable & (np.cumsum(usable, axis=0) <= 28)
    days, items = early.sum(axis=0), (demand * early).sum(axis=0)
    known = days > 0
    menu = (items[known] / days[known]).mean() if known.any() else 0.0
    means = np.empty(len(days))
    for category in np.unique(group):
        members = group == category
        of_group = members & known
        mean = (items[of_group] / days[of_group]).mean() if of_group.any() else menu
        # The prior is worth three days of its category.
        means[members] = (items[members] + 3 * mean) / (days[members] + 3)
    return means


def _dispersion_of(demand: Floats, mean: Floats, weight: Floats) -> Floats:
    """Return (P,): the negative binomial's dispersion by moments, shrunk to the shop's."""
    excess = (weight * ((demand - mean) ** 2 - mean)).sum(axis=0)
    scale = (weight * mean**2).sum(axis=0)
    usual = USUAL_PRIOR * scale.sum() / max(weight.sum(), 1.0)
    pooled = max(
        (excess.sum() + USUAL_DISPERSION * usual) / max(scale.sum() + usual, 1e-9),
        LEAST_DISPERSION,
    )
    days = np.maximum((weight > 0).sum(axis=0), 1)
    prior = DISPERSION_PRIOR / days
    own = (excess + pooled * scale * prior) / np.maximum(scale * (1 + prior), 1e-9)
    shrunk: Floats = np.where(scale > 0, np.maximum(own, LEAST_DISPERSION), pooled)
    return shrunk
