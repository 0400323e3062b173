"""Pages of the menu: products on sale and their remaining stock.

It is here and not in the menu app, which does not depend on stock and pickup.
"""

import datetime
from collections.abc import Collection
from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from cafe_site.menu.models import Product
from cafe_site.menu.options import groups_to_choose, offer
from cafe_site.orders.checkout import available_slots
from cafe_site.shop.opening import shop_calendar
from cafe_site.stock.services import free_quantities

# The remaining quantity is shown up to this number.
FEW = 5


@login_not_required
@require_safe
def menu(request: HttpRequest) -> HttpResponse:
    products = list(Product.objects.on_sale().with_choices().in_menu_order())
    notes = stock_notes([product.pk for product in products], now=timezone.now())
    categories = [
        (category, [(offer(product), notes.get(product.pk, "")) for product in members])
        for category, members in groupby(products, key=lambda product: product.category)
    ]
    return render(request, "menu/menu.html", {"categories": categories})


@login_not_required
@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    on_sale = Product.objects.on_sale().with_choices().select_related("category")
    return show_product(request, get_object_or_404(on_sale, slug=slug))


def show_product(
    request: HttpRequest,
    chosen: Product,
    *,
    option_ids: Collection[int] = (),
    quantity: str = "1",
    status: int = 200,
) -> HttpResponse:
    """Show a product, fetched `with_choices`, with the options and quantity already entered."""
    context = {
        "product": chosen,
        "offer": offer(chosen),
        "note": stock_notes([chosen.pk], now=timezone.now()).get(chosen.pk, ""),
        "groups": groups_to_choose(chosen),
        "option_ids": option_ids,
        "quantity": quantity,
    }
    return render(request, "menu/product.html", context, status=status)


def stock_notes(product_ids: Collection[int], *, now: datetime.datetime) -> dict[int, str]:
    """Return notes on stock: sold out, or the few remaining; most products have none.

    They refer to the next day with free pickup times: today, while possible.
    """
    starts = [start for day in available_slots(now, []) for start in day.free_starts]
    if not starts:
        return {}
    # Stock is per business day; after midnight this may already be the next one.
    calendar = shop_calendar()
    next_day = calendar.day_of(min(starts))
    is_today = next_day == calendar.day_of(now)
    weekday = date_format(next_day, "l")
    notes = {}
    for product_id, free in free_quantities(product_ids, next_day).items():
        if free is None or free > FEW:
            continue
        if free > 0:
            notes[product_id] = ngettext("%(count)s left", "%(count)s left", free) % {"count": free}
        elif is_today:
            notes[product_id] = _("sold out today")
        else:
            notes[product_id] = _("sold out for %(weekday)s") % {"weekday": weekday}
    return notes
