"""Reads of the bake plan and its scores, for reports and pages."""

import datetime

from django.db.models import Exists, OuterRef, Sum

from cafe_site.menu.models import Product, menu_order
from cafe_site.shop.business_day import DAY
from cafe_site.shop.opening import next_open_day, shop_calendar, shop_currency
from cafe_site.stock.models import DailyStock
from reports.baking.facts import Baking, PlannedProduct, Savings, ScoredProduct, waste_of
from reports.baking.plan_lines import plan_lines
from reports.baking.problems import plan_problem
from reports.baking.reasons import reason_of
from reports.figures.summary import first_business_day
from reports.models import BakePlanLine, BakeScore

DAYS_COMPARED = 28
# No planning further ahead than this: a shop closed that long is on holiday.
FARTHEST = 30


def baking_of(day: datetime.date, *, plan_day: datetime.date | None) -> Baking:
    """Return the scores of a business day, and the plan of the next open day."""
    scores = tuple(scored_products(day))
    waste, missed = waste_of(scores)
    return Baking(
        plan_day=plan_day,
        plan=tuple(planned_products(plan_day)) if plan_day else (),
        scores=scores,
        savings=savings_until(day),
        waste_amount=waste,
        missed_amount=missed,
        plan_problem=plan_problem(day, plan_day),
    )


def is_planned_after(day: datetime.date) -> bool:
    """Whether a plan includes the sales of a closed day, or there is no open day to plan."""
    following = next_open_day(day)
    if following is None or (following - day).days > FARTHEST:
        return True
    return BakePlanLine.objects.filter(planned_after__gte=day).exists()


def is_score_missing(last: datetime.date, first: datetime.date | None = None) -> bool:
    """Whether a closed day is not scored yet because its leftovers were entered late.

    Days before `first`, the shop's first business day, are never scored; it is queried if not
    given.
    """
    first = first or first_business_day()
    if first is None:
        return False
    first = max(first, last - DAY * (DAYS_COMPARED - 1))
    scored = BakeScore.objects.filter(
        business_day=OuterRef("business_day"), product=OuterRef("product")
    )
    stock = DailyStock.objects.between(first, last).limited()
    rows = stock.filter(left_over__isnull=False, product__is_baked=True)
    return rows.filter(~Exists(scored)).exists()


def is_anything_baked() -> bool:
    return Product.objects.filter(is_on_sale=True, is_baked=True).exists()


def planned_products(day: datetime.date) -> list[PlannedProduct]:
    return [
        PlannedProduct(
            name=line.product.name,
            category=line.product.category.name,
            quantity=line.quantity,
            batch_size=line.batch_size,
            batches=line.batches,
            ordered_ahead=line.ordered_ahead,
            reason=reason_of(line),
        )
        for line in plan_lines(day)
    ]


def scored_products(day: datetime.date) -> list[ScoredProduct]:
    scores = BakeScore.objects.filter(business_day=day).select_related("product")
    calendar = shop_calendar()
    return [
        ScoredProduct(
            name=score.product.name,
            planned=score.planned,
            baked=score.baked,
            sold=score.sold,
            left_over=score.left_over,
            sold_out_at=f"{calendar.local(score.sold_out_at):%H:%M}" if score.sold_out_at else "",
            is_sold_out=score.is_sold_out,
            missed=score.missed,
            waste_amount=score.waste_amount,
            missed_amount=score.missed_amount,
        )
        for score in scores.order_by(*menu_order("product__"))
    ]


def savings_until(day: datetime.date) -> Savings | None:
    """Return the cost of four weeks compared with "same as last week"; None without data."""
    scores = BakeScore.objects.filter(
        business_day__range=(day - DAY * (DAYS_COMPARED - 1), day),
        as_last_week_amount__isnull=False,
    )
    sums = scores.aggregate(
        waste=Sum("waste_amount"), missed=Sum("missed_amount"), before=Sum("as_last_week_amount")
    )
    if sums["before"] is None:
        return None
    currency = shop_currency()
    return Savings(
        days=scores.values("business_day").distinct().count(),
        cost_amount=currency.round(sums["waste"] + sums["missed"]),
        as_last_week_amount=currency.round(sums["before"]),
    )
