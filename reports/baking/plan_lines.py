"""The lines of a day's bake plan, with the orders placed since."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from cafe_site.accounts.models import User
from cafe_site.menu.models import Product, menu_order
from cafe_site.orders.models import OrderLine
from cafe_site.shop.opening import opening_day
from cafe_site.stock.models import DailyStock
from reports.models import BakePlanLine


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line of the bake plan, with the orders placed since it was written."""

    pk: int
    product: Product
    business_day: datetime.date
    proposed: int
    quantity: int
    batch_size: int
    ordered_ahead: int
    carried_over: int
    # Facts that explain the quantity: see `reason_of`.
    facts: Mapping[str, Any]
    accepted_at: datetime.datetime | None
    accepted_by: User | None

    @property
    def is_accepted(self) -> bool:
        return self.accepted_at is not None

    @property
    def batches(self) -> int:
        """Number of batches for the quantity; the last one may not be full."""
        return -(-self.quantity // self.batch_size)


def plan_lines(day: datetime.date, *, is_over: bool = False) -> list[PlanLine]:
    """Return a day's plan in the menu's order, with the orders placed until now.

    Until a line is accepted, its quantity is at least the quantity promised to customers. On a day
    that is not over, products that went off sale are left out, and a closed day has no plan.
    """
    rows = BakePlanLine.objects.filter(business_day=day).order_by(*menu_order("product__"))
    rows = rows.select_related("product__category", "accepted_by")
    if is_over:
        return [_plan_line(row, row.ordered_ahead, least=0) for row in rows]
    if opening_day(day).is_closed:
        return []
    promised = promised_quantities(day)
    lines = []
    for row in rows.filter(product__is_on_sale=True, product__is_baked=True):
        ordered = promised.get(row.product_id, 0)
        least = 0 if row.is_accepted else ordered - row.carried_over
        lines.append(_plan_line(row, ordered, least=least))
    return lines


def _plan_line(row: BakePlanLine, ordered_ahead: int, *, least: int) -> PlanLine:
    return PlanLine(
        pk=row.pk,
        product=row.product,
        business_day=row.business_day,
        proposed=max(row.proposed, least),
        quantity=max(row.quantity, least),
        batch_size=row.batch_size,
        ordered_ahead=ordered_ahead,
        carried_over=row.carried_over,
        facts=row.facts,
        accepted_at=row.accepted_at,
        accepted_by=row.accepted_by,
    )


def promised_quantities(day: datetime.date) -> dict[int, int]:
    """Return the quantity of each product that is ordered or held for a payment, for a day."""
    ordered = OrderLine.objects.sold_on(day).values_list("product").annotate(Sum("quantity"))
    promised = dict(ordered.values_list("product", "quantity__sum"))
    held = DailyStock.objects.on(day).filter(reserved__gt=0)
    for product, reserved in held.values_list("product", "reserved"):
        promised[product] = max(reserved, promised.get(product, 0))
    return promised
