"""What owners make of the bake plan: every write, in one transaction each."""

import datetime
from collections.abc import Mapping

from django.db import transaction

from cafe_site.accounts.models import User
from cafe_site.stock.services import plan_quantities, prepare_stock
from reports.models import BakePlanLine


def accept_plan(
    day: datetime.date, quantities: Mapping[int, int], *, by: User, now: datetime.datetime
) -> int:
    """Take a day's plan as it is given, by the line's number, and plan the day's stock by it.

    Lines of other days are left alone; accepting again changes the quantities once more. Returns
    how many lines there were. Raises StockRefused when a product has more orders than that.
    """
    lines = list(BakePlanLine.objects.filter(business_day=day, pk__in=quantities))
    # Before the transaction, as always: two that insert the same row would wait for each other.
    prepare_stock([line.product_id for line in lines], day)
    with transaction.atomic():
        for line in lines:
            line.quantity = quantities[line.pk]
            line.accepted_at, line.accepted_by = now, by
        BakePlanLine.objects.bulk_update(
            lines, ["quantity", "accepted_at", "accepted_by"], batch_size=200
        )
        plan_quantities({line.product_id: line.quantity for line in lines}, day)
    return len(lines)
