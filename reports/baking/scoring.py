"""Scoring of past bake plans.

Imports numpy, as planning.py does.
"""

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from cafe_site.shop.business_day import DAY
from cafe_site.shop.opening import shop_currency
from cafe_site.stock.models import DailyStock
from reports.baking.demand import ShopDemand
from reports.baking.quantities import UnitCosts, cost_of_quantity, score_day
from reports.baking.terms import terms_of
from reports.baking.upserts import upsert
from reports.models import BakePlanLine, BakeScore

DAYS_SCORED = 28
# Maximum of a score's columns.
MOST_ITEMS = 2_147_483_647
MOST_AMOUNT = Decimal("9999999999.99")
KEY = ("business_day", "product")
FIELDS = (
    "planned",
    "baked",
    "sold",
    "left_over",
    "sold_out_at",
    "is_sold_out",
    "demand",
    "waste_unit_amount",
    "missed_unit_amount",
    "waste_amount",
    "missed_amount",
    "as_last_week_amount",
)


def stock_to_score(first: datetime.date, last: datetime.date) -> QuerySet[DailyStock]:
    return DailyStock.objects.between(first, last).limited().filter(product__is_baked=True)


def write_scores(last: datetime.date, demand: ShopDemand) -> None:
    """Score the last days of some products; leftovers are entered that evening or a day later.

    Call it in a transaction. Only changed scores are written.
    """
    first = max(last - DAY * (DAYS_SCORED - 1), demand.history.first_day)
    columns = {product.pk: column for column, product in enumerate(demand.products)}
    old = BakeScore.objects.filter(business_day__range=(first, last), product__in=columns)
    there = {(day, product): values for day, product, *values in old.values_list(*KEY, *FIELDS)}
    scores = list(_scores(first, last, demand, columns, there))
    kept = {(score.business_day, score.product_id) for score in scores}
    for day in {day for day, _product in there.keys() - kept}:
        products = [product for other, product in kept if other == day]
        old.filter(business_day=day).exclude(product__in=products).delete()
    changed = [
        score
        for score in scores
        if there.get((score.business_day, score.product_id))
        != [getattr(score, name) for name in FIELDS]
    ]
    upsert(changed, key=KEY, fields=FIELDS)


def forget_scores(last: datetime.date, *, products: Collection[int]) -> None:
    """Delete the scores of other products, whose days have no data any more."""
    first = last - DAY * (DAYS_SCORED - 1)
    scores = BakeScore.objects.filter(business_day__range=(first, last))
    scores.exclude(product__in=products).delete()


def _scores(
    first: datetime.date,
    last: datetime.date,
    demand: ShopDemand,
    columns: Mapping[int, int],
    there: Mapping[tuple[datetime.date, int], Sequence[Any]],
) -> Iterator[BakeScore]:
    waste, missed = FIELDS.index("waste_unit_amount"), FIELDS.index("missed_unit_amount")
    costs = {
        key: UnitCosts(values[missed], values[waste])
        for key, values in there.items()
        if values[missed] is not None
    }
    accepted = BakePlanLine.objects.filter(
        business_day__range=(first, last), product__in=columns, accepted_at__isnull=False
    )
    planned = {
        (day, product): quantity
        for day, product, quantity in accepted.values_list(*KEY, "quantity")
    }
    now = [terms_of(product).unit_costs for product in demand.products]
    for row in stock_to_score(first, last).filter(product__in=columns):
        column, key = columns[row.product_id], (row.business_day, row.product_id)
        unit_costs = costs.get(key) or now[column]
        score = _score_of(row, column, demand, unit_costs, planned=planned.get(key, row.planned))
        if score is not None:
            yield score


def _score_of(
    row: DailyStock,
    column: int,
    demand: ShopDemand,
    costs: UnitCosts,
    *,
    planned: int | None,
) -> BakeScore | None:
    """Return the score of a day's quantity; None if no leftovers were entered."""
    index = (row.business_day - demand.history.first_day).days
    is_sold_out = bool(demand.is_sold_out[index, column])
    limit = row.limit
    if limit is None or (row.left_over is None and not is_sold_out):
        return None
    wanted = float(demand.wanted[index, column])
    left_over = row.left_over or 0
    # Uncollected orders count as leftovers as well.
    sold = max(min(int(demand.sold[index, column]), limit - left_over), 0)
    result = score_day(
        costs,
        planned=planned,
        baked=limit,
        sold=sold,
        left_over=left_over,
        demand=wanted if is_sold_out else sold,
    )
    before = index - 7
    as_last_week = None
    if before >= 0 and costs.wasted_amount is not None and demand.history.is_open[before]:
        as_last_week = _amount(cost_of_quantity(costs, float(demand.sold[before, column]), wanted))
    return BakeScore(
        business_day=row.business_day,
        product_id=row.product_id,
        planned=result.planned,
        baked=min(result.baked, MOST_ITEMS),
        sold=result.sold,
        left_over=result.left_over,
        sold_out_at=row.sold_out_at if is_sold_out else None,
        is_sold_out=is_sold_out,
        demand=Decimal(str(round(wanted, 2))) if is_sold_out else sold,
        waste_unit_amount=costs.wasted_amount,
        missed_unit_amount=costs.missed_amount,
        waste_amount=None if result.waste_amount is None else _amount(result.waste_amount),
        missed_amount=_amount(result.missed_amount),
        as_last_week_amount=as_last_week,
    )


def _amount(amount: Decimal) -> Decimal:
    """Return an amount rounded to the currency, limited to the column's maximum."""
    return min(shop_currency().round(amount), MOST_AMOUNT)
