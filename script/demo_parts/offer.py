"""The search for an orderable product, for `--check`."""

import datetime
from dataclasses import dataclass

from cafe_site.menu.models import Product
from cafe_site.menu.options import groups_to_choose
from cafe_site.orders.checkout import available_slots
from cafe_site.shop.opening import shop_calendar
from cafe_site.stock.services import free_quantities

MOST = 2


@dataclass(frozen=True, slots=True)
class Orderable:
    """A product, a quantity and an available pickup time; `pickup_at` is UTC."""

    product: Product
    quantity: int
    pickup_at: datetime.datetime


def find_orderable(now: datetime.datetime) -> Orderable | None:
    """Return the first orderable product of the menu, for its first possible day.

    None if nothing can be ordered.
    """
    for product in Product.objects.on_sale().with_choices().in_menu_order():
        if any(group.is_required for group in groups_to_choose(product)):
            continue
        for day in available_slots(now, {product.pk}):
            # Not the next one, which may have passed when the form is sent.
            for pickup_at in day.free_starts[1:2] or day.free_starts:
                business_day = shop_calendar().day_of(pickup_at)
                free = free_quantities([product.pk], business_day)[product.pk]
                if free is None or free > 0:
                    return Orderable(product, min(MOST, free or MOST), pickup_at)
    return None
