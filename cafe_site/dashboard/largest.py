"""Largest quantity of each product so far, for the check of unlikely entries."""

import datetime
from collections.abc import Collection

from django.db.models import Max

from cafe_site.shop.business_day import DAY
from cafe_site.stock.services import YEAR, most_so_far
from reports.models import ProductRollup


def largest_so_far(product_ids: Collection[int], *, before: datetime.date) -> dict[int, int]:
    """Return each product's largest stock or sales of one day, in the year before a day.

    Both are used because till sales are not part of a day's stock. 0 means none so far.
    """
    largest = most_so_far(product_ids, before=before)
    sold = (
        ProductRollup.objects.filter(
            business_day__range=(before - YEAR, before - DAY), product__in=product_ids
        )
        .values_list("product")
        .annotate(Max("quantity"))
    )
    for product_id, quantity in sold:
        largest[product_id] = max(largest[product_id], quantity)
    return largest
