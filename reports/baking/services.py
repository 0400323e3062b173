"""Services for the owners' decisions on the bake plan, one transaction each."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cafe_site.accounts.models import User
from cafe_site.once.services import FormKey, use_key
from cafe_site.shop.opening import shop_calendar
from cafe_site.stock.models import DailyStock
from cafe_site.stock.services import StockRefused, lock_stock, plan_quantities, prepare_stock
from reports.baking.plan_lines import promised_quantities
from reports.models import BakePlanLine, OutlierDay


def accept_plan(
    day: datetime.date,
    quantities: Mapping[int, int],
    *,
    by: User,
    now: datetime.datetime,
    once: FormKey | None = None,
) -> int:
    """Accept a day's plan with the given quantities, by line id, and set the day's stock from it.

    Lines of other days are ignored; accepting again replaces the quantities. A line left as
    proposed also includes orders placed since. Returns the number of lines. Raises StockRefused for
    a day that is over, or if a product has more orders than the owner's quantity; AlreadyDone for a
    form that was sent before.
    """
    if day < shop_calendar().day_of(now):
        raise StockRefused(_("This day is over, so its plan can no longer be changed."))
    lines = list(BakePlanLine.objects.filter(business_day=day, pk__in=quantities))
    # Before the transaction: two transactions that insert the same row would wait for each other.
    prepare_stock([line.product_id for line in lines], day)
    with transaction.atomic():
        products = [line.product_id for line in lines]
        lock_stock(DailyStock.objects.on(day).filter(product__in=products))
        use_key(once)
        promised = promised_quantities(day)
        for line in lines:
            quantity = quantities[line.pk]
            if quantity in (line.proposed, line.quantity) and not line.is_accepted:
                quantity = max(quantity, promised.get(line.product_id, 0) - line.carried_over)
            line.quantity = quantity
            line.accepted_at, line.accepted_by = now, by
        BakePlanLine.objects.bulk_update(
            lines, ["quantity", "accepted_at", "accepted_by"], batch_size=200
        )
        plan_quantities(
            {line.product_id: line.quantity for line in lines},
            day,
            carried_over={line.product_id: line.carried_over for line in lines},
            now=now,
        )
    return len(lines)


def count_in_full(outlier_id: int, *, by: User, now: datetime.datetime) -> OutlierDay | None:
    """Let the forecast count an outlier day in full, from the next plan on; None if it is gone."""
    return _decide(outlier_id, counts_in_full=True, decided_by=by, decided_at=now)


def count_as_usual(outlier_id: int, *, by: User, now: datetime.datetime) -> OutlierDay | None:
    """Undo `count_in_full`; None if the day is gone."""
    return _decide(outlier_id, counts_in_full=False, decided_by=by, decided_at=now)


def _decide(outlier_id: int, **decision: Any) -> OutlierDay | None:
    rows = OutlierDay.objects.filter(pk=outlier_id)
    rows.update(**decision)
    return rows.select_related("product").first()
