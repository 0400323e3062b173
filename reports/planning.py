"""Planning what to bake on the coming days, and scoring how the days behind went.

This brings numpy with it: whoever plans imports it when it is time to, and no page does.
"""

import datetime
import logging
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet, Sum

from cafe_site.menu.models import Product
from cafe_site.orders.models import OrderLine
from cafe_site.shop.business_day import DAY
from cafe_site.shop.opening import OpeningDay, opening_days, shop_calendar, shop_currency
from cafe_site.stock.models import DailyStock
from reports.bake_plan import (
    Demand,
    ProductTerms,
    UnitCosts,
    cost_of_quantity,
    quantity_to_bake,
    score_day,
)
from reports.baking import FARTHEST
from reports.demand import ShopDemand, holiday_kinds, load_demand, usual_pickups
from reports.forecast import ComingDay, Forecast, forecast_demand
from reports.models import BakePlanLine, BakeScore

logger = logging.getLogger(__name__)

DAYS_AHEAD = 7
DAYS_SCORED = 28
WEEKS_IN_REASON = 4


def plan_baking(last: datetime.date) -> None:
    """Plan the next open days after a closed one, and score the days up to it. Safe to repeat.

    The quantity of a line that an owner has accepted or changed stays as it is. Two processes
    that plan at once leave the plan of one of them.
    """
    products = products_to_plan(last)
    demand = load_demand(last, products) if products else None
    if demand is None:
        _forget_lines(last, kept=())
        return
    days = coming_days(last)
    ahead = ordered_ahead([opening.day for opening, _coming in days], products)
    forecast = forecast_demand(
        demand.history, [coming for _opening, coming in days], ordered_ahead=ahead
    )
    try:
        with transaction.atomic():
            _write_lines(last, _lines(last, days, demand, forecast, ahead))
            _write_scores(last, demand)
    except IntegrityError:
        logger.warning("bake_plan_written_meanwhile after=%s", last)
        return
    logger.info("bake_plan_written after=%s days=%s products=%s", last, len(days), len(products))


def products_to_plan(last: datetime.date) -> list[Product]:
    """Return what is baked and on sale, and what was baked on a day that is to be scored."""
    scored = _stock_to_score(last - DAY * (DAYS_SCORED - 1), last)
    products = Product.objects.filter(
        Q(is_on_sale=True, is_baked=True) | Q(pk__in=scored.values("product"))
    )
    return list(products.select_related("category").order_by("pk"))


def coming_days(last: datetime.date) -> list[tuple[OpeningDay, ComingDay]]:
    """Return the next open days with what is known of them now."""
    kinds = holiday_kinds(last + DAY, FARTHEST)
    found: list[tuple[OpeningDay, ComingDay]] = []
    for place, opening in enumerate(opening_days(last + DAY, FARTHEST)):
        if opening.is_closed or len(found) == DAYS_AHEAD:
            continue
        share = usual_pickups(last).share_within(opening) if opening.is_special else 1.0
        found.append((opening, ComingDay(place + 1, share, int(kinds[place]))))
    return found


def ordered_ahead(days: Sequence[datetime.date], products: Sequence[Product]) -> Any:
    """Return (H, P): how many of each product are ordered already."""
    places = {product.pk: place for place, product in enumerate(products)}
    rows = (
        OrderLine.objects.filter(business_day__in=days, counted=True, product__in=places)
        .values_list("business_day", "product_id")
        .annotate(Sum("quantity"))
    )
    ordered = np.zeros((len(days), len(products)))
    for day, product_id, quantity in rows:
        ordered[days.index(day), places[product_id]] = quantity
    return ordered


def terms_of(product: Product) -> ProductTerms:
    """Return what a product earns and costs; its price without the tax that the menu's holds."""
    price = product.price_amount
    if settings.SHOP_PRICES_INCLUDE_TAX:
        price = price / (1 + product.tax_rate)
    return ProductTerms(
        price_amount=price,
        unit_cost_amount=product.unit_cost_amount,
        leftover_value_amount=product.leftover_value_amount,
        shelf_life_days=product.shelf_life_days,
        batch_size=product.batch_size,
        bake_least=product.bake_least,
        bake_most=product.bake_most,
    )


def _lines(
    last: datetime.date,
    days: Sequence[tuple[OpeningDay, ComingDay]],
    demand: ShopDemand,
    forecast: Forecast,
    ahead: Any,
) -> list[BakePlanLine]:
    week_before = _stock_by_day([opening.day - DAY * 7 for opening, _coming in days])
    left_today = _stock_by_day([last])
    lines = []
    for row, (opening, coming) in enumerate(days):
        for column, product in enumerate(demand.products):
            if not (product.is_on_sale and product.is_baked):
                continue
            stock = left_today.get((last, product.pk))
            keeps = product.shelf_life_days > coming.ahead
            carried = (stock.left_over or 0) if stock and keeps and row == 0 else 0
            ordered = int(ahead[row, column])
            items = tuple(float(value) for value in forecast.quantiles[row, column])
            quantity = quantity_to_bake(
                Demand(forecast.levels, items),
                terms_of(product),
                ordered_ahead=ordered,
                carried_over=carried,
            )
            facts = _weekday_facts(opening.day, column, demand)
            facts |= _facts_of_stock(week_before.get((opening.day - DAY * 7, product.pk)))
            lines.append(
                BakePlanLine(
                    business_day=opening.day,
                    product=product,
                    proposed=quantity,
                    quantity=quantity,
                    mean=Decimal(str(round(float(forecast.mean[row, column]), 2))),
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


def _weekday_facts(day: datetime.date, column: int, demand: ShopDemand) -> dict[str, Any]:
    """Return the mean of the last same weekdays that taught something, and how many they were."""
    history = demand.history
    taught = history.is_taught[:, column] & history.is_open
    rows = np.flatnonzero(taught & (history.weekdays == day.weekday()))[-WEEKS_IN_REASON:]
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


def _forget_lines(last: datetime.date, *, kept: Iterable[int]) -> None:
    """Delete the lines of coming days that are planned no longer and that nobody has accepted."""
    coming = BakePlanLine.objects.filter(business_day__gt=last, accepted_at=None)
    coming.exclude(pk__in=kept).delete()


def _write_lines(last: datetime.date, lines: Sequence[BakePlanLine]) -> None:
    there = {
        (line.business_day, line.product_id): line
        for line in BakePlanLine.objects.filter(
            business_day__in={line.business_day for line in lines}
        )
    }
    new, changed = [], []
    for line in lines:
        old = there.get((line.business_day, line.product_id))
        if old is None:
            new.append(line)
            continue
        if old.quantity != old.proposed:
            # An owner's own number, not accepted yet.
            line.quantity = old.quantity
        line.pk = old.pk
        changed.append(line)
    _forget_lines(last, kept=[line.pk for line in changed])
    BakePlanLine.objects.bulk_create(new)
    BakePlanLine.objects.bulk_update(
        changed,
        ["proposed", "mean", "quantiles", "ordered_ahead", "facts", "planned_after"],
        batch_size=200,
    )
    # Asked of the database, not of what was read: an owner may have accepted meanwhile.
    BakePlanLine.objects.filter(accepted_at=None).bulk_update(
        changed, ["quantity", "batch_size", "carried_over"], batch_size=200
    )


def _stock_to_score(first: datetime.date, last: datetime.date) -> QuerySet[DailyStock]:
    return DailyStock.objects.filter(
        business_day__range=(first, last), product__is_baked=True
    ).exclude(planned=None, baked=None)


def _write_scores(last: datetime.date, demand: ShopDemand) -> None:
    """Score the last days anew: leftovers are written down in the evening, or the day after."""
    first = max(last - DAY * (DAYS_SCORED - 1), demand.history.first_day)
    old = BakeScore.objects.filter(business_day__range=(first, last))
    costs = {
        (score.business_day, score.product_id): UnitCosts(
            score.missed_unit_amount, score.waste_unit_amount
        )
        for score in old
        if score.missed_unit_amount is not None
    }
    old.delete()
    columns = {product.pk: column for column, product in enumerate(demand.products)}
    accepted = BakePlanLine.objects.filter(
        business_day__range=(first, last), accepted_at__isnull=False
    )
    planned = {(line.business_day, line.product_id): line.quantity for line in accepted}
    scores = []
    for row in _stock_to_score(first, last).filter(product__in=columns):
        column, key = columns[row.product_id], (row.business_day, row.product_id)
        unit_costs = costs.get(key) or terms_of(demand.products[column]).unit_costs
        score = _score_of(row, column, demand, unit_costs, planned=planned.get(key, row.planned))
        if score is not None:
            scores.append(score)
    BakeScore.objects.bulk_create(scores)


def _score_of(
    row: DailyStock,
    column: int,
    demand: ShopDemand,
    costs: UnitCosts,
    *,
    planned: int | None,
) -> BakeScore | None:
    """Return how a day's quantity went; None where nobody wrote down what was left of it."""
    place = (row.business_day - demand.history.first_day).days
    is_sold_out = bool(demand.is_sold_out[place, column])
    limit = row.limit
    if limit is None or (row.left_over is None and not is_sold_out):
        return None
    currency = shop_currency()
    wanted = float(demand.demand[place, column])
    left_over = row.left_over or 0
    # Ordered and never collected lies there in the evening too.
    sold = max(min(int(demand.sold[place, column]), limit - left_over), 0)
    result = score_day(
        costs,
        planned=planned,
        baked=limit,
        sold=sold,
        left_over=left_over,
        demand=wanted if is_sold_out else sold,
    )
    before = place - 7
    as_last_week = None
    if before >= 0 and costs.wasted_amount is not None and demand.history.is_open[before]:
        as_last_week = currency.round(
            cost_of_quantity(costs, float(demand.sold[before, column]), wanted)
        )
    return BakeScore(
        business_day=row.business_day,
        product_id=row.product_id,
        planned=result.planned,
        baked=result.baked,
        sold=result.sold,
        left_over=result.left_over,
        sold_out_at=row.sold_out_at if is_sold_out else None,
        is_sold_out=is_sold_out,
        demand=Decimal(str(round(wanted, 2))) if is_sold_out else sold,
        waste_unit_amount=costs.wasted_amount,
        missed_unit_amount=costs.missed_amount,
        waste_amount=None if result.waste_amount is None else currency.round(result.waste_amount),
        missed_amount=currency.round(result.missed_amount),
        as_last_week_amount=as_last_week,
    )
