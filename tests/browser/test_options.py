"""Browser tests of product options and photos, with and without JavaScript."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from cafe_site.menu.models import Product
from cafe_site.menu.photos import encode_photo, store_photo
from cafe_site.orders.models import Order
from tests.browser.conftest import VISITS, assert_fits, follow
from tests.pictures import photo

pytestmark = pytest.mark.browser


@VISITS
def test_a_customer_orders_a_large_cappuccino_with_oat_milk(
    new_page: Callable[..., Page], screen: str, keep: Callable[..., None], javascript: bool
) -> None:
    before = set(Order.objects.values_list("pk", flat=True))
    page = new_page(screen, java_script_enabled=javascript)
    page.goto("/")
    follow(page.get_by_role("link", name="Choose Cappuccino"))
    keep(page, "options")

    # The browser asks for the size itself: nothing was sent yet.
    page.get_by_role("button", name="Add to basket").click()
    expect(page.get_by_role("status")).to_have_count(0)
    page.get_by_label("Large").check()
    page.get_by_label("Oat milk").check()
    page.get_by_label("Quantity").fill("2")
    follow(page.get_by_role("button", name="Add to basket"))
    expect(page.get_by_role("status")).to_contain_text(
        "Cappuccino (Large, Oat milk): 2 in your basket."
    )
    follow(page.get_by_role("link", name="Choose Cappuccino"))
    page.get_by_label("Regular").check()
    follow(page.get_by_role("button", name="Add to basket"))
    follow(page.get_by_role("link", name="View basket: 3 items"))
    keep(page, "options-basket")
    follow(page.get_by_role("button", name="Remove Cappuccino (Regular)"))
    follow(page.get_by_role("link", name="Go to checkout"))
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("E-mail").fill("ada@example.com")
    last_time = page.locator("#id_pickup_at option").last.get_attribute("value")
    page.get_by_label("Pickup time").select_option(last_time)
    follow(page.get_by_role("button", name="Place the order"))

    expect(page.get_by_text("Cappuccino (Large, Oat milk)")).to_be_visible()
    line = Order.objects.exclude(pk__in=before).get().lines.get()
    assert (line.options, str(line.unit_price_amount)) == ("Large, Oat milk", "4.90")


def test_options_are_chosen_by_keyboard_alone(new_page: Callable[..., Page]) -> None:
    page = new_page("desk")
    page.goto(Product.objects.get(name="Cappuccino").get_absolute_url())

    page.get_by_label("Regular").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text(
        "Cappuccino (Large, Oat milk): 1 in your basket."
    )


def test_a_photo_takes_the_drawings_place(new_page: Callable[..., Page], screen: str) -> None:
    encoded = encode_photo(photo())
    store_photo(encoded)
    Product.objects.filter(name="Strawberry shortcake").update(photo=encoded.stem)
    page = new_page(screen)

    page.goto("/")
    card = page.locator(".card", has_text="Strawberry shortcake")
    on_the_card = card.locator("picture img")
    expect(on_the_card).to_have_js_property("complete", True)
    follow(page.get_by_role("link", name="Strawberry shortcake"))
    on_the_page = page.locator("picture img")
    expect(on_the_page).to_have_js_property("complete", True)

    assert_fits(page)
    assert on_the_page.evaluate("image => image.naturalWidth") > 0
    assert on_the_page.evaluate("image => image.currentSrc").endswith(".avif")
