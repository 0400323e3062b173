from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cafe_site.menu.models import Product


@login_not_required
@require_safe
def menu(request: HttpRequest) -> HttpResponse:
    products = Product.objects.on_sale().in_menu_order()
    categories = [
        (category, list(members))
        for category, members in groupby(products, key=lambda product: product.category)
    ]
    return render(request, "menu/menu.html", {"categories": categories})


@login_not_required
@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    chosen = get_object_or_404(Product.objects.on_sale().select_related("category"), slug=slug)
    return render(request, "menu/product.html", {"product": chosen})
