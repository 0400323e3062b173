"""Pages of the menu: products on sale and their remaining stock.

It stands here and not in the menu's own room, which knows nothing of stock and of pickup.
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

# So many or fewer are few enough to say so.
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
    """Show a product, fetched `with_choices`, with what somebody has chosen and typed already."""
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
    """Return what is said of a product's stock: sold out, or how few are left; most have no note.

    It holds for the next day that orders can be collected on: today, while that is possible.
    """
    starts = [start for day in available_slots(now, []) for start in day.free_starts]
    if not starts:
        return {}
    # The stock is that of the business day; after midnight it may be the next one already.
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
