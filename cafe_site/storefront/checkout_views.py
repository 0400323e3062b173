"""Page of the checkout."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cafe_site.orders.basket import Basket
from cafe_site.orders.checkout import (
    CheckoutDetails,
    available_slots,
    find_order_by_checkout,
    place_order,
)
from cafe_site.orders.errors import CheckoutKeyReused, OrderError, SlotUnavailable
from cafe_site.orders.models import Order
from cafe_site.orders.payments.stripe_checkout import is_available
from cafe_site.shop.contact import with_how_to_reach_us
from cafe_site.storefront.basket_views import basket_context
from cafe_site.storefront.forms import CheckoutForm


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
        days=available_slots(timezone.now(), chosen.product_ids),
        can_pay_online=is_available(),
        initial={
            "checkout_key": chosen.checkout_key,
            "shown": basket_context(chosen)["shown"],
        },
    )
    return show_checkout(request, form, chosen)


def take_order(request: HttpRequest) -> HttpResponse:
    """Place the order, or show the form again with all entries."""
    now = timezone.now()
    chosen = Basket(request.session)
    form = CheckoutForm(
        request.POST,
        days=available_slots(now, chosen.product_ids),
        can_pay_online=is_available(),
    )
    # Not refused for an empty basket yet: the form's order may have been placed before.
    if form.is_valid():
        key = form.cleaned_data["checkout_key"]
        try:
            if earlier := earlier_order(chosen, key, form.details()):
                return to_earlier_order(request, earlier, chosen)
            placed = place_order(
                form.details(),
                chosen.chosen,
                checkout_key=key,
                now=now,
                shown=form.cleaned_data["shown"],
                voucher_code=chosen.voucher_code,
            )
        except SlotUnavailable as error:
            form.add_error("pickup_at", str(error))
            form.choose_pickup(error.next_start)
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


def earlier_order(chosen: Basket, key: str, details: CheckoutDetails) -> Order | None:
    """Return the order of a form that belongs to an earlier basket and was sent again."""
    return None if chosen.has_checkout_key(key) else find_order_by_checkout(key, details)


def to_earlier_order(request: HttpRequest, earlier: Order, chosen: Basket) -> HttpResponse:
    """Show the order that a form placed before; items added later stay in the basket."""
    if chosen.quantities:
        messages.info(request, _("This is your earlier order. Your basket is kept."))
    return redirect(earlier)


def to_the_menu(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("Your basket is empty. Choose something first."))
    return redirect("menu:menu")


def show_checkout(request: HttpRequest, form: CheckoutForm, chosen: Basket) -> HttpResponse:
    context = basket_context(chosen)
    if form.is_bound:
        form.show_basket(context["shown"])
    no_times = _("We cannot take orders for the coming days: no pickup times are left.")
    context |= {
        "form": form,
        "special_days": [day for day in form.days if day.sentence],
        "no_times": "" if form.has_times else with_how_to_reach_us(no_times),
    }
    return render(request, "orders/checkout.html", context, status=422 if form.errors else 200)
