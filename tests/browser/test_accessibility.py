"""axe finds nothing on any page: WCAG 2.2 A and AA, and its best practices."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from cafe_site.menu.models import Product
from cafe_site.orders.models import Order
from cafe_site.shop.business_day import DAY
from reports import issuing
from reports.models import Report
from tests.browser.conftest import PASSWORDS, assert_fits, complaints_about, follow, sign_in

pytestmark = pytest.mark.browser


def test_every_page_is_accessible(
    new_page: Callable[..., Page], screen: str, settings: Any
) -> None:
    settings.REPORT_CHANNEL = "email"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    page = new_page(screen)
    product = Product.objects.on_sale().earliest("pk")
    order = Order.objects.earliest("pk")
    report = Report.objects.get()
    digest = issuing.issue_digest([report.business_day - DAY * back for back in (3, 2, 1)])
    assert digest is not None
    found: list[str] = []

    def look_at(*addresses: str) -> None:
        for address in addresses:
            page.goto(address)
            assert_fits(page)
            found.extend(complaints_about(page))

    with_options = Product.objects.get(name="Cappuccino").get_absolute_url()
    look_at("/basket/", "/sign-in/", order.get_absolute_url(), with_options)
    look_at(product.get_absolute_url())
    follow(page.get_by_role("button", name="Add to basket"))
    look_at("/", "/basket/", "/checkout/")
    follow(page.get_by_role("button", name="Place the order"))
    found.extend(complaints_about(page))
    sign_in(page, "owner", PASSWORDS.owner_password)
    look_at(
        "/dashboard/",
        "/dashboard/orders/",
        f"/dashboard/orders/{order.pk}/",
        "/dashboard/stock/",
        "/dashboard/reports/",
        f"/dashboard/reports/{report.pk}/",
        f"/dashboard/reports/{digest.pk}/",
        "/dashboard/bake-plan/",
        "/dashboard/bake-plan/sheet/",
        f"/dashboard/leftovers/?day={report.business_day}",
        "/dashboard/reports/recipients/",
    )
    # As an owner finds it who has let nobody in yet, and with somebody on the list.
    follow(page.get_by_role("button", name="Add", exact=True))
    found.extend(complaints_about(page))
    page.get_by_label("E-mail").fill("olga@example.com")
    follow(page.get_by_role("button", name="Add", exact=True))
    assert_fits(page)
    found.extend(complaints_about(page))

    assert found == []


def test_the_admin_is_accessible(new_page: Callable[..., Page]) -> None:
    page = new_page("desk")
    sign_in(page, "owner", PASSWORDS.owner_password)
    product = Product.objects.earliest("pk")
    found: list[str] = []

    for address in (
        "/admin/",
        "/admin/menu/product/",
        f"/admin/menu/product/{product.pk}/change/",
        "/admin/menu/category/",
        "/admin/shop/openinghours/",
        "/admin/shop/specialday/add/",
        "/admin/shop/pickuprules/",
        "/admin/orders/voucher/add/",
        "/admin/accounts/user/",
    ):
        page.goto(address)
        found.extend(complaints_about(page))

    # Django's own: in a table of rows to edit, the column of each row's name has no heading.
    assert [line for line in found if "empty-table-header" not in line] == []
