"""Planning of the bake quantities for the coming days.

Imports numpy. So this module is imported only when planning starts, and by no page.
"""

import datetime
import logging
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Q, Sum

from cafe_site.menu.models import Product
from cafe_site.orders.models import OrderLine
from cafe_site.shop.business_day import DAY
from cafe_site.shop.opening import opening_days, shop_calendar
from cafe_site.shop.opening_day import OpeningDay
from cafe_site.stock.models import DailyStock
from reports.baking.demand import ShopDemand, demand_of, holiday_kinds, load_days, load_sales
from reports.baking.forecast import ComingDay, Forecast, forecast_demand
from reports.baking.plan_writing import forget_lines, write_lines, write_outliers
from reports.baking.plans import FARTHEST
from reports.baking.quantities import Demand, quantity_to_bake
from reports.baking.scoring import DAYS_SCORED, forget_scores, stock_to_score, write_scores
from reports.baking.terms import terms_of
from reports.baking.times_of_day import TimesOfDay, usual_pickup_times
from reports.models import BakePlanLine

logger = logging.getLogger(__name__)

DAYS_AHEAD = 7
WEEKS_IN_REASON = 4
# Products per forecast, so that memory does not grow with the menu.
PRODUCTS_AT_ONCE = 250
# Maximum of a line's columns.
MOST_ITEMS = 9_999_999

Coming = Sequence[tuple[OpeningDay, ComingDay]]


def plan_baking(last: datetime.date) -> None:
    """Plan the next open days after a closed one, and score the days up to it. Safe to repeat.

    Quantities that an owner accepted or changed stay as they are. If two processes plan at once,
    the plan of one of them remains.
    """
    products = products_to_plan(last)
    days = load_days(last) if products else None
    if days is None:
        forget_lines(last, days=(), products=())
        return
    coming, sales = coming_days(last), load_sales(days, products)
    for part in _parts_of(len(products)):
        _plan_products(coming, demand_of(days, sales.of(part), products[part]), last)
    with transaction.atomic():
        planned = {product.pk for product in products if product.is_on_sale and product.is_baked}
        forget_lines(last, days={opening.day for opening, _coming in coming}, products=planned)
        forget_scores(last, products=[product.pk for product in products])
    logger.info("bake_plan_written after=%s days=%s products=%s", last, len(coming), len(products))


def _parts_of(count: int) -> Iterator[slice]:
    """Yield slices of the products, in batches of similar size."""
    parts = -(-count // PRODUCTS_AT_ONCE)
    size = -(-count // parts)
    for start in range(0, count, size):
        yield slice(start, start + size)


def _plan_products(coming: Coming, demand: ShopDemand, last: datetime.date) -> None:
    products = demand.products
    ahead = ordered_ahead([opening.day for opening, _coming in coming], products)
    forecast = forecast_demand(
        demand.history, [day for _opening, day in coming], ordered_ahead=ahead
    )
    lines = _lines(last, coming, demand, forecast, ahead)
    with transaction.atomic():
        write_lines(lines)
        write_outliers(demand.outliers(), last=last, products=[product.pk for product in products])
        write_scores(last, demand)


def products_to_plan(last: datetime.date) -> list[Product]:
    """Return the products baked and on sale, and those baked on a day to be scored."""
    scored = stock_to_score(last - DAY * (DAYS_SCORED - 1), last)
    products = Product.objects.filter(
        Q(is_on_sale=True, is_baked=True) | Q(pk__in=scored.values("product"))
    )
    return list(products.order_by("pk"))


def coming_days(last: datetime.date) -> list[tuple[OpeningDay, ComingDay]]:
    """Return the next open days with their inputs for the forecast."""
    kinds = holiday_kinds(last + DAY, FARTHEST)
    pickups: TimesOfDay | None = None
    found: list[tuple[OpeningDay, ComingDay]] = []
    for index, opening in enumerate(opening_days(last + DAY, FARTHEST)):
        if opening.is_closed or len(found) == DAYS_AHEAD:
            continue
        share = 1.0
        if opening.is_special:
            # Reads all pickups of the last weeks: once, and only if some hours are special.
            pickups = pickups or usual_pickup_times(last)
            share = pickups.share_within(opening)
        found.append((opening, ComingDay(index + 1, share, int(kinds[index]))))
    return found


def ordered_ahead(days: Sequence[datetime.date], products: Sequence[Product]) -> Any:
    """Return (H, P): the quantity of each product that is already ordered."""
    indexes = {product.pk: index for index, product in enumerate(products)}
    rows = (
        OrderLine.objects.sold_on(*days)
        .filter(product__in=indexes)
        .values_list("business_day", "product_id")
        .annotate(Sum("quantity"))
    )
    ordered = np.zeros((len(days), len(products)))
    for day, product_id, quantity in rows:
        ordered[days.index(day), indexes[product_id]] = min(quantity, MOST_ITEMS)
    return ordered


def _lines(
    last: datetime.date, days: Coming, demand: ShopDemand, forecast: Forecast, ahead: Any
) -> list[BakePlanLine]:
    week_before = _stock_by_day([opening.day - DAY * 7 for opening, _coming in days])
    left_today = _stock_by_day([last])
    lines = []
    for column, product in enumerate(demand.products):
        if not (product.is_on_sale and product.is_baked):
            continue
        terms = terms_of(product)
        stock = left_today.get((last, product.pk))
        for row, (opening, coming) in enumerate(days):
            keeps = product.shelf_life_days > coming.ahead
            carried = (stock.left_over or 0) if stock and keeps and row == 0 else 0
            ordered = int(ahead[row, column])
            items = tuple(forecast.quantiles[row, column].tolist())
            quantity = quantity_to_bake(
                Demand(forecast.levels, items),
                terms,
                ordered_ahead=ordered,
                carried_over=carried,
            )
            facts = _weekday_facts(opening.day, column, demand)
            facts |= _facts_of_stock(week_before.get((opening.day - DAY * 7, product.pk)))
            lines.append(
                BakePlanLine(
                    business_day=opening.day,
                    product=product,
                    proposed=min(quantity, MOST_ITEMS),
                    quantity=min(quantity, MOST_ITEMS),
                    mean=_mean_of(forecast.mean[row, column]),
                    quantiles={
                        f"{level:.2f}": round(value, 2)
                        for level, value in zip(forecast.levels, items, strict=True)
                    },
                    batch_size=product.batch_size,
                    ordered_ahead=ordered,
                    carried_over=carried,
                    facts=facts | {"is_special": opening.is_special, "holiday": coming.holiday},
                    planned_after=last,
                )
            )
    return lines


def _mean_of(items: float) -> Decimal:
    return Decimal(str(round(min(float(items), MOST_ITEMS), 2)))


def _weekday_facts(day: datetime.date, column: int, demand: ShopDemand) -> dict[str, Any]:
    """Return the mean and the number of the last usable same weekdays."""
    history = demand.history
    usable = history.is_usable[:, column] & history.is_open
    rows = np.flatnonzero(usable & (history.weekdays == day.weekday()))[-WEEKS_IN_REASON:]
    if not len(rows):
        return {"weeks": 0}
    return {"weeks": len(rows), "usual": round(float(history.demand[rows, column].mean()), 1)}


def _facts_of_stock(stock: DailyStock | None) -> dict[str, Any]:
    if stock is None:
        return {}
    if stock.sold_out_at is not None and not stock.left_over:
        return {"sold_out": f"{shop_calendar().local(stock.sold_out_at):%H:%M}"}
    return {} if stock.left_over is None else {"left_over": stock.left_over}


def _stock_by_day(
    days: Sequence[datetime.date],
) -> dict[tuple[datetime.date, int], DailyStock]:
    rows = DailyStock.objects.filter(business_day__in=days)
    return {(row.business_day, row.product_id): row for row in rows}
