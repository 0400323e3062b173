"""Browser tests of returning customers: sign-in link, order list, ordering again."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from cafe_site.menu.models import Product
from cafe_site.orders.models import Order, OutgoingMail
from tests.browser.conftest import VISITS, complaints_about, follow

pytestmark = pytest.mark.browser


def order_of_the_past() -> Order:
    """Return a collected order of the web site, given to Ada."""
    order = Order.objects.filter(channel="web", status="collected").latest("pickup_at")
    Order.objects.filter(pk=order.pk).update(customer_email="ada@example.com")
    return order


def link_sent_to(email: str) -> str:
    text = OutgoingMail.objects.filter(to=email, kind="sign_in").latest("pk").text
    found = re.search(r"https?://[^/]+(/my-orders/\S+)", text)
    assert found is not None
    return found[1]


@VISITS
def test_a_customer_orders_the_same_again(
    new_page: Callable[..., Page], screen: str, keep: Callable[..., None], javascript: bool
) -> None:
    order = order_of_the_past()
    [gone, *_] = order.lines.all()
    Product.objects.filter(pk=gone.product_id).update(is_on_sale=False)
    left = order.lines.exclude(product=gone.product)
    for line in left:
        Product.objects.filter(pk=line.product_id).update(
            price_amount=line.product.price_amount + Decimal("0.50")
        )
    page = new_page(screen, java_script_enabled=javascript)

    page.goto("/")
    follow(page.get_by_role("link", name="My orders"))
    keep(page, "ask-for-link")
    page.get_by_label("E-mail").fill("Ada@Example.com")
    follow(page.get_by_role("button", name="Send me the link"))
    expect(page.get_by_role("status")).to_contain_text("we have sent an e-mail with a link")
    page.goto(link_sent_to("ada@example.com"))
    if javascript:
        assert complaints_about(page) == []
    follow(page.get_by_role("button", name="Show my orders"))
    expect(page.get_by_role("heading", level=1)).to_have_text("My orders")
    keep(page, "my-orders")
    if javascript:
        assert complaints_about(page) == []
    follow(page.get_by_role("button", name="Order the same again"))

    expect(page.get_by_role("status")).to_contain_text(f"No longer on sale: {gone.name}.")
    for line in left:
        expect(page.get_by_role("status")).to_contain_text(f"{line.name} €")
    assert page.locator(".line").count() == left.count()
    keep(page, "same-again")
    page.goto(link_sent_to("ada@example.com"))
    expect(page.get_by_text("This link no longer works.")).to_be_visible()
