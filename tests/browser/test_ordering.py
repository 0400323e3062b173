"""Browser tests of an order for pickup, on a phone and a desktop, with and without JavaScript."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from cafe_site.menu.models import Product
from cafe_site.orders.models import Order, OutgoingMail
from tests.browser.conftest import VISITS, follow

pytestmark = pytest.mark.browser


def choose(page: Page, keep: Callable[..., None]) -> None:
    page.goto("/")
    keep(page, "menu", full_page=False)
    follow(page.get_by_role("button", name="Add Lemon tart"))
    expect(page.get_by_role("status")).to_contain_text("Lemon tart: 1 in your basket.")
    follow(page.get_by_role("link", name="Black Forest cake"))
    keep(page, "product")
    page.get_by_label("Quantity").fill("2")
    follow(page.get_by_role("button", name="Add to basket"))
    follow(page.get_by_role("link", name="View basket: 3 items"))
    keep(page, "basket")
    page.get_by_label("Quantity of Lemon tart").fill("4")
    follow(page.get_by_role("button", name="Change Lemon tart"))
    expect(page.get_by_label("Quantity of Lemon tart")).to_have_value("4")


@VISITS
def test_a_customer_orders(
    new_page: Callable[..., Page], screen: str, keep: Callable[..., None], javascript: bool
) -> None:
    before = set(Order.objects.values_list("pk", flat=True))
    page = new_page(screen, java_script_enabled=javascript)
    choose(page, keep)

    follow(page.get_by_role("link", name="Go to checkout"))
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("Note (optional)").fill("Happy birthday on the cake, please")
    follow(page.get_by_role("button", name="Place the order"))
    expect(page.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("Please enter an e-mail address for the confirmation.")).to_be_visible()
    expect(page.get_by_label("Your name")).to_have_value("Ada Lovelace")
    keep(page, "checkout")
    page.get_by_label("E-mail").fill("ada@example.com")
    last_time = page.locator("#id_pickup_at option").last.get_attribute("value")
    page.get_by_label("Pickup time").select_option(last_time)
    follow(page.get_by_role("button", name="Place the order"))

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, your order is placed")
    expect(page).to_have_url(re.compile(r"/orders/\d+/[\w-]{22}/$"))
    keep(page, "order")
    order = Order.objects.exclude(pk__in=before).get()
    assert (order.customer_name, order.note) == (
        "Ada Lovelace",
        "Happy birthday on the cake, please",
    )
    ordered = dict(order.lines.values_list("product_name", "quantity"))
    assert ordered == {"Lemon tart": 4, "Black Forest cake": 2}
    assert OutgoingMail.objects.get(order=order).state == "sent"


def test_a_refresh_after_ordering_orders_nothing_more(new_page: Callable[..., Page]) -> None:
    page = new_page("telephone")
    product = Product.objects.on_sale().first()
    assert product is not None
    page.goto(product.get_absolute_url())
    follow(page.get_by_role("button", name="Add to basket"))
    page.goto("/checkout/")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("E-mail").fill("ada@example.com")
    last_time = page.locator("#id_pickup_at option").last.get_attribute("value")
    page.get_by_label("Pickup time").select_option(last_time)
    follow(page.get_by_role("button", name="Place the order"))
    address = page.url
    before = Order.objects.count()

    page.reload()
    page.go_back()

    assert Order.objects.count() == before
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, your order is placed")


def test_a_customer_orders_by_keyboard_alone(new_page: Callable[..., Page]) -> None:
    page = new_page("desk")
    page.goto("/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="Add Lemon tart")
    for _ in range(20):
        page.keyboard.press("Tab")
        if button.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("Lemon tart: 1 in your basket.")
