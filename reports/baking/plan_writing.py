"""Writes of bake plan lines and outlier days, without numpy."""

import datetime
from collections.abc import Collection, Mapping, Sequence

from cafe_site.shop.business_day import DAY
from reports.baking.upserts import upsert
from reports.models import BakePlanLine, OutlierDay

# Outlier days are listed this far back; older ones have almost no weight.
OUTLIER_DAYS = 364
KEY = ("business_day", "product")
FORECAST_FIELDS = ("proposed", "mean", "quantiles", "ordered_ahead", "facts", "planned_after")
# Fields that an owner accepts together.
QUANTITY_FIELDS = ("quantity", "batch_size", "carried_over")


def write_lines(lines: Sequence[BakePlanLine]) -> None:
    """Write lines; a line keeps its quantity if an owner accepted or changed it.

    Call it in a transaction. Lines not yet accepted are locked first, so an owner's concurrent
    acceptance happens before or after, and is kept. SQLite has one writer at a time.
    """
    there = {
        (day, product): (quantity, proposed)
        for day, product, quantity, proposed in BakePlanLine.objects.filter(
            business_day__in={line.business_day for line in lines},
            product__in={line.product_id for line in lines},
            accepted_at=None,
        )
        .order_by("pk")
        .select_for_update()
        .values_list("business_day", "product_id", "quantity", "proposed")
    }
    changed, others = [], []
    for line in lines:
        old = there.get((line.business_day, line.product_id))
        if old is None:
            # New, or accepted: an accepted quantity stays.
            others.append(line)
            continue
        quantity, proposed = old
        if quantity != proposed:
            # An owner's own number, not accepted yet.
            line.quantity = quantity
        changed.append(line)
    upsert(changed, key=KEY, fields=(*FORECAST_FIELDS, *QUANTITY_FIELDS))
    upsert(others, key=KEY, fields=FORECAST_FIELDS)


def forget_lines(
    last: datetime.date, *, days: Collection[datetime.date], products: Collection[int]
) -> None:
    """Delete the lines after `last` that are no longer planned and not accepted."""
    coming = BakePlanLine.objects.filter(business_day__gt=last, accepted_at=None)
    coming.exclude(business_day__in=days, product__in=products).delete()


def write_outliers(
    found: Mapping[tuple[datetime.date, int], tuple[int, int]],
    *,
    last: datetime.date,
    products: Collection[int],
) -> None:
    """Save the outlier days of some products: (day, product) -> (sold, counted as).

    Call it in a transaction. Days that an owner counts in full stay.
    """
    first = last - DAY * (OUTLIER_DAYS - 1)
    rows = OutlierDay.objects.filter(business_day__gte=first, product__in=products)
    there = {
        (day, product): ((sold, counted), pk)
        for pk, day, product, sold, counted in rows.values_list(
            "pk", "business_day", "product_id", "sold", "counted_as"
        )
    }
    gone = [pk for key, (_amounts, pk) in there.items() if key not in found]
    rows.filter(pk__in=gone, counts_in_full=False).delete()
    changed = [
        OutlierDay(business_day=day, product_id=product, sold=sold, counted_as=counted)
        for (day, product), (sold, counted) in found.items()
        if day >= first and there.get((day, product), (None, 0))[0] != (sold, counted)
    ]
    upsert(changed, key=KEY, fields=("sold", "counted_as"))
