"""The bake plan and its scores as reports and pages show them."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cafe_site.menu.models import Product, menu_order
from cafe_site.orders.models import OrderLine
from cafe_site.shop.business_day import DAY
from cafe_site.shop.money import ZERO, Currency
from cafe_site.shop.opening import next_open_day, opening_day, shop_calendar, shop_currency
from cafe_site.stock.models import DailyStock
from reports.figures.summary import first_business_day
from reports.models import BakePlanLine, BakeScore
from reports.plan_problems import plan_problem

DAYS_COMPARED = 28
# Beyond these days ahead, nothing is planned: the shop is on holiday.
FARTHEST = 30


@dataclass(frozen=True, slots=True)
class PlannedProduct:
    name: str
    category: str
    quantity: int
    batch_size: int
    batches: int
    ordered_ahead: int
    reason: str


@dataclass(frozen=True, slots=True)
class ScoredProduct:
    """How one product went; `sold_out_at` is a time of the shop's clock, or empty."""

    name: str
    planned: int | None
    baked: int
    sold: int
    left_over: int
    sold_out_at: str
    is_sold_out: bool
    missed: Decimal
    # None where the product has no unit cost.
    waste_amount: Decimal | None
    missed_amount: Decimal


@dataclass(frozen=True, slots=True)
class Savings:
    """What the quantities of some weeks cost, beside those sold a week before each day."""

    days: int
    cost_amount: Decimal
    as_last_week_amount: Decimal


@dataclass(frozen=True, slots=True)
class Baking:
    """A day's part of a report: how its baking went, and the plan for the next open day."""

    plan_day: datetime.date | None
    plan: tuple[PlannedProduct, ...]
    scores: tuple[ScoredProduct, ...]
    savings: Savings | None
    # Of all scores, also of those that a message does not name.
    waste_amount: Decimal = ZERO
    missed_amount: Decimal = ZERO
    # How many of plan and scores a message that would be too long does not name.
    left_out_products: int = 0
    # Why there is no plan, or none of this evening; empty where it could be made.
    plan_problem: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.plan and not self.scores and not self.plan_problem


def baking_of(day: datetime.date, *, plan_day: datetime.date | None) -> Baking:
    """Return what is known of a business day's baking, and the plan of the next open day."""
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
    """Whether a plan knows of a closed day, or there is no open day to plan."""
    following = next_open_day(day)
    if following is None or (following - day).days > FARTHEST:
        return True
    return BakePlanLine.objects.filter(planned_after__gte=day).exists()


def is_score_missing(last: datetime.date, first: datetime.date | None = None) -> bool:
    """Whether leftovers of a closed day were entered late, so that it is not scored yet.

    Days before `first`, the shop's first business day, are never scored; it is asked for where it
    is not given.
    """
    first = first or first_business_day()
    if first is None:
        return False
    first = max(first, last - DAY * (DAYS_COMPARED - 1))
    scored = BakeScore.objects.filter(
        business_day=OuterRef("business_day"), product=OuterRef("product")
    )
    rows = DailyStock.objects.filter(
        business_day__range=(first, last),
        left_over__isnull=False,
        product__is_baked=True,
    ).exclude(planned=None, baked=None)
    return rows.filter(~Exists(scored)).exists()


def is_anything_baked() -> bool:
    return Product.objects.filter(is_on_sale=True, is_baked=True).exists()


def plan_lines(day: datetime.date, *, is_over: bool = False) -> list[BakePlanLine]:
    """Return a day's plan in the menu's order, with what has been ordered until now.

    Until it is accepted, a line has at least as many as customers have been promised since it was
    planned. Of a day that is not over, what has gone off sale is left out, and a closed day has
    no plan at all.
    """
    lines = BakePlanLine.objects.filter(business_day=day).select_related("product__category")
    if is_over:
        return list(lines.order_by(*menu_order("product__")))
    if opening_day(day).is_closed:
        return []
    lines = lines.filter(product__is_on_sale=True, product__is_baked=True)
    promised = promised_quantities(day)
    found = list(lines.order_by(*menu_order("product__")))
    for line in found:
        line.ordered_ahead = promised.get(line.product_id, 0)
        if not line.is_accepted:
            least = line.ordered_ahead - line.carried_over
            line.proposed, line.quantity = max(line.proposed, least), max(line.quantity, least)
    return found


def promised_quantities(day: datetime.date) -> dict[int, int]:
    """Return how many of each product are ordered for a day, or held while a payment is due."""
    ordered = (
        OrderLine.objects.filter(business_day=day, counted=True, product__isnull=False)
        .values_list("product")
        .annotate(Sum("quantity"))
    )
    promised = dict(ordered.values_list("product", "quantity__sum"))
    held = DailyStock.objects.filter(business_day=day, reserved__gt=0)
    for product, reserved in held.values_list("product", "reserved"):
        promised[product] = max(reserved, promised.get(product, 0))
    return promised


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


def reason_of(line: BakePlanLine) -> str:
    """Return in a sentence why so many: what is usual, what is ordered, how it went last week."""
    facts: Mapping[str, Any] = line.facts
    day = line.business_day
    parts = []
    if facts.get("weeks"):
        parts.append(
            _("%(weekdays)s ask for %(count)s on average")
            % {"weekdays": _weekdays()[day.weekday()], "count": _decimal_words(facts["usual"])}
        )
    else:
        parts.append(_("too new for an average of its own"))
    if line.ordered_ahead:
        parts.append(_("%(count)s ordered ahead") % {"count": line.ordered_ahead})
    if line.carried_over:
        parts.append(_("%(count)s carried over") % {"count": line.carried_over})
    if "sold_out" in facts:
        parts.append(_("sold out by %(time)s a week before") % {"time": facts["sold_out"]})
    elif facts.get("left_over"):
        parts.append(_("%(count)s left over a week before") % {"count": facts["left_over"]})
    if facts.get("holiday"):
        parts.append(_holiday_words(facts["holiday"]))
    if facts.get("is_special"):
        parts.append(_("special hours"))
    return "; ".join(parts)


def _decimal_words(count: float) -> str:
    """Write a mean with one digit after the point, where that is not 0: 1,234.5."""
    return f"{count:,.1f}".removesuffix(".0")


def _weekdays() -> tuple[str, ...]:
    return (
        _("Mondays"),
        _("Tuesdays"),
        _("Wednesdays"),
        _("Thursdays"),
        _("Fridays"),
        _("Saturdays"),
        _("Sundays"),
    )


def _holiday_words(kind: int) -> str:
    """Return what demand.py's kinds of days are called."""
    return {
        1: _("the day before a holiday"),
        2: _("a holiday"),
        3: _("the day after a holiday"),
    }[kind]


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
    """Return what four weeks cost beside "the same as last week"; None with nothing to compare."""
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


def score_words(score: ScoredProduct, currency: Currency) -> str:
    """Return what became of a product in words: what ran out when, what was left over."""
    if score.is_sold_out:
        words = _("sold out")
        if score.sold_out_at:
            words = _("sold out at %(time)s") % {"time": score.sold_out_at}
        missed = round(score.missed)
        if missed:
            words += "; " + ngettext(
                "about %(count)s more wanted", "about %(count)s more wanted", missed
            ) % {"count": missed}
        return words
    if not score.left_over:
        return _("none left over")
    if score.waste_amount is None:
        return _("%(count)s left over") % {"count": score.left_over}
    return _("%(count)s left over, %(amount)s") % {
        "count": score.left_over,
        "amount": currency.plain(score.waste_amount),
    }


def waste_of(scores: tuple[ScoredProduct, ...]) -> tuple[Decimal, Decimal]:
    """Return what was wasted, as far as unit costs are known, and what was missed on a day."""
    return (
        sum((score.waste_amount or ZERO for score in scores), ZERO),
        sum((score.missed_amount for score in scores), ZERO),
    )
