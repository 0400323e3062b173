from secrets import compare_digest
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cafe_site.identity.form_fields import first_error
from cafe_site.menu.models import Product
from cafe_site.menu.options import ChoiceRefused, choose_options, line_name, names_of
from cafe_site.once.forms import OnceForm
from cafe_site.once.services import AlreadyDone, FormReused
from cafe_site.orders.basket import Basket, BasketFull, ChosenLine, digest_of, tax_of, total_of
from cafe_site.orders.calendar_file import Appointment, render_calendar
from cafe_site.orders.changes import can_cancel, cancel_by_customer
from cafe_site.orders.checkout import (
    CheckoutDetails,
    available_slots,
    find_order_by_checkout,
    place_order,
)
from cafe_site.orders.errors import CheckoutKeyReused, OrderError, SlotUnavailable, VoucherRefused
from cafe_site.orders.forms import AddForm, ChangeForm, CheckoutForm, VoucherForm
from cafe_site.orders.menu_views import show_product
from cafe_site.orders.models import Order, Status
from cafe_site.orders.payments.stripe_checkout import is_available
from cafe_site.orders.vouchers import find_voucher, take_off
from cafe_site.shop.contact import read_contact, with_how_to_reach_us
from cafe_site.shop.facts import phone_words
from cafe_site.shop.opening import shop_calendar, shop_currency


@login_not_required
@never_cache
@require_safe
def basket(request: HttpRequest) -> HttpResponse:
    chosen = Basket(request.session)
    gone = chosen.quantities.keys() - {line.key for line in chosen.lines()}
    if gone:
        for key in gone:
            chosen.change(key, 0)
        messages.warning(request, _("Something you chose is no longer on sale and was taken out."))
    return render(request, "orders/basket.html", basket_context(chosen))


def basket_context(chosen: Basket) -> dict[str, Any]:
    """Return the basket's lines and what it comes to; a voucher that no longer holds is dropped."""
    lines = priced = chosen.lines()
    if chosen.voucher_code:
        try:
            voucher = find_voucher(
                chosen.voucher_code, today=shop_calendar().day_of(timezone.now())
            )
            priced = take_off(lines, voucher, shop_currency())
        except VoucherRefused:
            chosen.keep_voucher("")
    total = total_of(priced)
    return {
        "lines": lines,
        "total": total,
        "tax": tax_of(priced),
        "discount": total_of(lines) - total,
        "voucher_code": chosen.voucher_code,
        "shown": digest_of(priced),
    }


@login_not_required
@require_POST
def voucher(request: HttpRequest) -> HttpResponse:
    """Keep a voucher's code for the checkout, or take it out when it is left empty."""
    chosen = Basket(request.session)
    form = VoucherForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("orders:basket")
    code = form.cleaned_data["code"]
    try:
        if code:
            code = find_voucher(code, today=shop_calendar().day_of(timezone.now())).code
    except VoucherRefused as error:
        messages.error(request, str(error))
    else:
        chosen.keep_voucher(code)
    return redirect("orders:basket")


@login_not_required
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Put a product in, or show its page again with what was chosen and a sentence."""
    form = AddForm(request.POST)
    form.is_valid()
    number: int = form.cleaned_data.get("product") or 0
    product = Product.objects.on_sale().with_choices().filter(pk=number).first()
    if product is None:
        messages.error(request, _("This product is no longer on sale. Please choose another one."))
        return redirect("menu:menu")
    if form.errors:
        return ask_again(request, product, form, first_error(form))
    try:
        options = choose_options(product, form.cleaned_data["options"])
        line = ChosenLine(
            product.pk, tuple(option.pk for option in options), form.cleaned_data["quantity"]
        )
        total = Basket(request.session).add(line)
    except (ChoiceRefused, BasketFull) as error:
        return ask_again(request, product, form, str(error))
    name = line_name(product.name, names_of(options))
    messages.success(
        request, _("%(product)s: %(count)s in your basket.") % {"product": name, "count": total}
    )
    # Back to where the customer was on the menu, not to its top.
    return redirect(f"{reverse('menu:menu')}#product-{product.pk}")


def ask_again(request: HttpRequest, product: Product, form: AddForm, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return show_product(
        request,
        product,
        option_ids=form.cleaned_data.get("options", ()),
        quantity=form.data.get("quantity", "1"),
        status=422,
    )


@login_not_required
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    form = ChangeForm(request.POST)
    if form.is_valid():
        chosen = Basket(request.session)
        chosen.change(form.cleaned_data["line"], form.cleaned_data["quantity"])
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
        days=available_slots(timezone.now(), chosen.product_ids),
        can_pay_online=is_available(),
        initial={
            "checkout_key": chosen.checkout_key,
            "shown": basket_context(chosen)["shown"],
        },
    )
    return show_checkout(request, form, chosen)


def take_order(request: HttpRequest) -> HttpResponse:
    """Place the order, or show the form again with everything that was typed."""
    now = timezone.now()
    chosen = Basket(request.session)
    form = CheckoutForm(
        request.POST,
        days=available_slots(now, chosen.product_ids),
        can_pay_online=is_available(),
    )
    # An empty basket is no reason yet: the form may be one whose order was placed before.
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
    """Return the order of a form that was made for an earlier basket, and sent again."""
    return None if chosen.has_checkout_key(key) else find_order_by_checkout(key, details)


def to_earlier_order(request: HttpRequest, earlier: Order, chosen: Basket) -> HttpResponse:
    """Show the order that a form made before; what was put in since is another order's."""
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
    no_times = _("We take no orders for the coming days: no pickup time is left.")
    context |= {
        "form": form,
        "special_days": [day for day in form.days if day.sentence],
        "no_times": "" if form.has_times else with_how_to_reach_us(no_times),
    }
    return render(request, "orders/checkout.html", context, status=422 if form.errors else 200)


def find_order(number: int, token: str) -> Order:
    """Return the order of a link; a wrong token looks like no order at all."""
    found = (
        Order.objects.filter(pk=number)
        .select_related("payment")
        .prefetch_related("lines", "events")
        .first()
    )
    if found is None or not compare_digest(found.token.encode(), token.encode()):
        raise Http404
    return found


def order_context(found: Order) -> dict[str, Any]:
    is_waiting = found.is_open or found.is_unpaid
    return {"order": found, "can_cancel": is_waiting and can_cancel(found, now=timezone.now())}


@login_not_required
@never_cache
@require_safe
def order(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """Show an order to whoever holds its link."""
    return render(request, "orders/order.html", order_context(find_order(number, token)))


@login_not_required
@never_cache
@require_safe
def order_state(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """Show the order page's inner part alone: the page fetches it anew while it is open."""
    return render(request, "orders/order_state.html", order_context(find_order(number, token)))


@login_not_required
@require_POST
def cancel(request: HttpRequest, number: int, token: str) -> HttpResponse:
    found = find_order(number, token)
    form = OnceForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect(found)
    try:
        cancel_by_customer(found.pk, now=timezone.now(), once=form.once)
    except (OrderError, FormReused) as error:
        messages.error(request, str(error))
    except AlreadyDone:
        pass
    return redirect(found)


@login_not_required
@never_cache
@require_safe
def calendar_file(request: HttpRequest, number: int, token: str) -> HttpResponse:
    found = find_order(number, token)
    contact = read_contact()
    lines = [f"{line.quantity} x {line.name}" for line in found.lines.all()]
    appointment = Appointment(
        uid=f"order-{found.pk}@{request.get_host()}",
        start=found.pickup_at,
        title=_("Collect order %(number)s at %(shop)s")
        % {"number": found.pk, "shop": settings.SHOP_NAME},
        text="\n".join([*lines, *([phone_words(contact)] if contact.phone else [])]),
        location=", ".join(contact.address_lines),
        url=request.build_absolute_uri(found.get_absolute_url()),
        is_cancelled=found.status == Status.CANCELLED,
    )
    return HttpResponse(
        render_calendar(appointment, now=timezone.now()),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="order-{found.pk}.ics"'},
    )
