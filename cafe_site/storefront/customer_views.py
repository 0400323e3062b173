"""Pages "My orders": sign-in by e-mailed link, list of orders, reorder."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cafe_site.accounts.models import User
from cafe_site.accounts.sign_in_links import customer_of_token, use_token
from cafe_site.orders.basket import Basket, BasketFull
from cafe_site.orders.customers import orders_of, send_sign_in_link
from cafe_site.orders.reorder import Reorder, choose_again
from cafe_site.shop.opening import shop_currency
from cafe_site.storefront.forms import AddressForm
from cafe_site.storefront.order_links import find_order

PAGE_SIZE = 20


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_orders(request: HttpRequest) -> HttpResponse:
    """List the customer's orders, or ask for the address to send the link to."""
    if request.method == "POST":
        return ask_for_link(request)
    if isinstance(request.user, User) and request.user.customer_email:
        page = Paginator(orders_of(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
        return render(request, "orders/my_orders.html", {"page": page})
    return render(request, "orders/ask_for_link.html", {"form": AddressForm()})


def ask_for_link(request: HttpRequest) -> HttpResponse:
    form = AddressForm(request.POST)
    if not form.is_valid():
        return render(request, "orders/ask_for_link.html", {"form": form}, status=422)
    send_sign_in_link(form.cleaned_data["email"], now=timezone.now())
    messages.success(
        request,
        _(
            "If there are orders with %(email)s, we have sent an e-mail with a link. The "
            "link works once, for 15 minutes."
        )
        % {"email": form.cleaned_data["email"]},
    )
    return redirect("orders:my_orders")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """Sign a customer in with a button, because mail scanners follow links."""
    if request.method != "POST":
        customer = customer_of_token(token)
        status = 200 if customer else 410
        return render(request, "orders/sign_in.html", {"customer": customer}, status=status)
    customer = use_token(token, now=timezone.now())
    if customer is None:
        return render(request, "orders/sign_in.html", {"customer": None}, status=410)
    login(request, customer, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("orders:my_orders")


@login_not_required
@require_POST
def order_again(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """Put an order's products into the basket, and report missing products and higher prices."""
    again = choose_again(find_order(number, token))
    basket = Basket(request.session)
    try:
        for line in again.lines:
            basket.add(line)
    except BasketFull as error:
        messages.error(request, str(error))
    show_changes(request, again)
    return redirect("orders:basket")


def show_changes(request: HttpRequest, again: Reorder) -> None:
    currency = shop_currency()
    if again.gone:
        messages.warning(
            request, _("No longer on sale: %(names)s.") % {"names": "; ".join(again.gone)}
        )
    if again.dearer:
        dearer = [
            _("%(name)s %(now)s (it was %(before)s)")
            % {
                "name": line.name,
                "now": currency.text(line.now),
                "before": currency.text(line.before),
            }
            for line in again.dearer
        ]
        messages.warning(request, _("Price increased: %(lines)s.") % {"lines": "; ".join(dearer)})
    if again.lines:
        messages.success(request, _("The products of that order are in your basket."))
