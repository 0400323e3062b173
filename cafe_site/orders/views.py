from secrets import compare_digest
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cafe_site.menu.models import Product
from cafe_site.orders.basket import Basket, tax_of, total_of
from cafe_site.orders.forms import ChangeForm, CheckoutForm, QuantityForm
from cafe_site.orders.models import Order
from cafe_site.orders.services import (
    CheckoutKeyReused,
    OrderError,
    SlotUnavailable,
    available_slots,
    place_order,
)


def first_error(form: QuantityForm) -> str:
    return str(next(iter(form.errors.values()))[0])


@login_not_required
@never_cache
@require_safe
def basket(request: HttpRequest) -> HttpResponse:
    chosen = Basket(request.session)
    lines = chosen.lines()
    if len(lines) < len(chosen.quantities):
        kept = {line.product.pk for line in lines}
        for product_id in chosen.quantities.keys() - kept:
            chosen.change(product_id, 0)
        messages.warning(request, _("Something you chose is no longer on sale and was taken out."))
    return render(request, "orders/basket.html", basket_context(chosen))


def basket_context(chosen: Basket) -> dict[str, Any]:
    lines = chosen.lines()
    return {"lines": lines, "total": total_of(lines), "tax": tax_of(lines)}


@login_not_required
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    form = QuantityForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("menu:menu")
    product = Product.objects.on_sale().filter(pk=form.cleaned_data["product"]).first()
    if product is None:
        messages.error(request, _("This product is no longer on sale. Please choose another one."))
        return redirect("menu:menu")
    total = Basket(request.session).add(product.pk, form.cleaned_data["quantity"])
    messages.success(
        request,
        _("%(product)s: %(count)s in your basket.") % {"product": product.name, "count": total},
    )
    # Back to where the customer was on the menu, not to its top.
    return redirect(f"{reverse('menu:menu')}#product-{product.pk}")


@login_not_required
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    form = ChangeForm(request.POST)
    if form.is_valid():
        chosen = Basket(request.session)
        if form.cleaned_data["product"] in chosen.quantities:
            chosen.change(form.cleaned_data["product"], form.cleaned_data["quantity"])
    else:
        messages.error(request, first_error(form))
    return redirect("orders:basket")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return take_order(request)
    chosen = Basket(request.session)
    if not chosen.lines():
        return to_the_menu(request)
    form = CheckoutForm(
        days=available_slots(timezone.now()), initial={"checkout_key": chosen.checkout_key}
    )
    return show_checkout(request, form, chosen)


def take_order(request: HttpRequest) -> HttpResponse:
    """Place the order, or show the form again with everything that was typed."""
    now = timezone.now()
    chosen = Basket(request.session)
    form = CheckoutForm(request.POST, days=available_slots(now))
    # An empty basket is no reason yet: the form may be one whose order was placed before.
    if form.is_valid():
        try:
            placed = place_order(
                form.details(),
                chosen.quantities,
                checkout_key=form.cleaned_data["checkout_key"],
                now=now,
            )
        except SlotUnavailable as error:
            form.add_error("pickup_at", str(error))
        except CheckoutKeyReused as error:
            form.add_error(None, str(error))
            return show_checkout(request, form, chosen)
        except OrderError as error:
            form.add_error(None, str(error))
        else:
            chosen.clear()
            return redirect(placed)
    if not chosen.lines():
        return to_the_menu(request)
    return show_checkout(request, form, chosen)


def to_the_menu(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("Your basket is empty. Choose something first."))
    return redirect("menu:menu")


def show_checkout(request: HttpRequest, form: CheckoutForm, chosen: Basket) -> HttpResponse:
    special = [day for day in form.days if day.sentence]
    context = {"form": form, "special_days": special, **basket_context(chosen)}
    return render(request, "orders/checkout.html", context, status=422 if form.errors else 200)


@login_not_required
@never_cache
@require_safe
def order(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """Show an order to whoever holds its link; a wrong token looks like no order at all."""
    found = Order.objects.filter(pk=number).prefetch_related("lines", "events").first()
    if found is None or not compare_digest(found.token.encode(), token.encode()):
        raise Http404
    return render(request, "orders/order.html", {"order": found})
