"""Pages of the basket."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cafe_site.identity.form_fields import first_error
from cafe_site.menu.models import Product
from cafe_site.menu.options import ChoiceRefused, choose_options, line_name, names_of
from cafe_site.orders.basket import Basket, BasketFull, ChosenLine, fingerprint_of, tax_of, total_of
from cafe_site.orders.errors import VoucherRefused
from cafe_site.orders.vouchers import find_voucher, take_off
from cafe_site.shop.opening import shop_calendar, shop_currency
from cafe_site.storefront.forms import AddForm, ChangeForm, VoucherForm
from cafe_site.storefront.menu_views import show_product


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
    """Return the basket's lines and total; a voucher that is no longer valid is removed."""
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
        "shown": fingerprint_of(priced),
    }


@login_not_required
@require_POST
def voucher(request: HttpRequest) -> HttpResponse:
    """Save a voucher code for the checkout, or remove it if empty."""
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
    """Add a product, or show its page again with the choices and an error."""
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
    # Back to the product on the menu, not to the top.
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
