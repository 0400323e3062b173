"""Page of the day's stock: planned, baked, reserved and left over."""

import datetime
from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cafe_site.accounts.access import staff_only
from cafe_site.dashboard.days import requested_day
from cafe_site.dashboard.forms import StockForm
from cafe_site.dashboard.largest import largest_so_far
from cafe_site.menu.models import Product, menu_order
from cafe_site.once.services import AlreadyDone, FormReused
from cafe_site.shop.business_day import DAY
from cafe_site.shop.opening import shop_calendar
from cafe_site.stock.models import DailyStock
from cafe_site.stock.services import StockRefused, prepare_stock, set_quantities

# Viewing a day beyond this, or in the past, creates no stock rows.
DAYS_TO_PLAN = 60


@staff_only
@never_cache
@require_safe
def stock(request: HttpRequest) -> HttpResponse:
    """Show a day's stock of products on sale, and of reserved products now off sale."""
    day = requested_day(request)
    today = shop_calendar().day_of(timezone.now())
    if today <= day <= today + DAY * DAYS_TO_PLAN:
        on_sale = Product.objects.on_sale()
        prepare_stock(list(on_sale.values_list("pk", flat=True)), day)
    return show_stock(request, day)


def show_stock(
    request: HttpRequest, day: datetime.date, *, wrong: Mapping[int, StockForm] | None = None
) -> HttpResponse:
    """Show a day's stock; `wrong` contains an invalid form, by its row's id."""
    rows = (
        DailyStock.objects.on(day)
        .select_related("product__category")
        .order_by(*menu_order("product__"))
    )
    wrong = wrong or {}
    context = {
        "day": day,
        "today": shop_calendar().day_of(timezone.now()),
        "previous_day": day - DAY,
        "next_day": day + DAY,
        # The address that a form is posted to renders this page too.
        "days_path": reverse("dashboard:stock"),
        "wrong": list(wrong.values()),
        "rows": [(row, wrong.get(row.pk) or StockForm(row, 0)) for row in rows],
    }
    return render(request, "dashboard/stock.html", context, status=422 if wrong else 200)


@staff_only
@require_POST
def change_stock(request: HttpRequest, number: int) -> HttpResponse:
    row = get_object_or_404(DailyStock.objects.select_related("product"), pk=number)
    most = largest_so_far([row.product_id], before=row.business_day)
    form = StockForm(row, most[row.product_id], request.POST)
    if form.is_valid():
        try:
            set_quantities(row.pk, **form.quantities, now=timezone.now(), once=form.once)
        except (StockRefused, FormReused) as error:
            form.add_error(None, str(error))
        except AlreadyDone:
            pass
        else:
            messages.success(request, _("%(product)s: saved.") % {"product": row.product.name})
    if form.errors:
        return show_stock(request, row.business_day, wrong={row.pk: form})
    return redirect(
        f"{reverse('dashboard:stock')}?day={row.business_day.isoformat()}#stock-{row.pk}"
    )
