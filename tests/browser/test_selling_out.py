"""Browser tests of a product, a slot or an order that disappears while a customer chooses."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cafe_site.menu.models import Product
from cafe_site.orders.models import Order, Payment, PickupSlot, Status
from cafe_site.shop.models import PickupRules
from cafe_site.shop.opening import shop_calendar
from cafe_site.stock.models import DailyStock
from tests.browser.conftest import VISITS, complaints_about, follow
from tests.stripe_stand_in import SECRET_KEY, WEBHOOK_SECRET, StripeStandIn, running_stripe

pytestmark = pytest.mark.browser


def fill_checkout(page: Page) -> str:
    """Put a lemon tart into the basket, fill the checkout in, and return the chosen time."""
    page.goto("/")
    follow(page.get_by_role("button", name="Add Lemon tart"))
    page.goto("/checkout/")
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("E-mail").fill("ada@example.com")
    free = page.locator("#id_pickup_at option:not([disabled])")
    # In the middle of the last day: others come before it and after it.
    time = free.nth(free.count() - 8).get_attribute("value")
    assert time
    page.get_by_label("Pickup time").select_option(time)
    return time


@VISITS
def test_what_sells_out_while_it_is_in_the_basket_is_told_at_the_checkout(
    new_page: Callable[..., Page], screen: str, keep: Callable[..., None], javascript: bool
) -> None:
    orders = Order.objects.count()
    page = new_page(screen, java_script_enabled=javascript)
    time = fill_checkout(page)
    tart = Product.objects.get(name="Lemon tart")
    day = shop_calendar().day_of(datetime.datetime.fromisoformat(time))
    DailyStock.objects.update_or_create(
        product=tart, business_day=day, defaults={"planned": 0, "baked": None}
    )

    follow(page.get_by_role("button", name="Place the order"))

    expect(page.get_by_role("alert")).to_contain_text("Lemon tart is sold out for this day.")
    expect(page.get_by_label("Your name")).to_have_value("Ada Lovelace")
    keep(page, "sold-out")
    if javascript:
        assert complaints_about(page) == []
    assert Order.objects.count() == orders


@VISITS
def test_a_slot_that_fills_up_offers_the_next_one(
    new_page: Callable[..., Page], screen: str, keep: Callable[..., None], javascript: bool
) -> None:
    PickupRules.objects.update_or_create(pk=1, defaults={"slot_capacity": 5})
    page = new_page(screen, java_script_enabled=javascript)
    time = fill_checkout(page)
    PickupSlot.objects.update_or_create(start=time, defaults={"taken": 5})

    follow(page.get_by_role("button", name="Place the order"))

    expect(page.get_by_text("This pickup time is no longer available.")).to_be_visible()
    chosen = page.get_by_label("Pickup time").input_value()
    assert chosen > time
    full = page.locator(f"#id_pickup_at option[value='full:{time}']")
    expect(full).to_be_disabled()
    expect(full).to_contain_text("full")
    keep(page, "full-slot")
    follow(page.get_by_role("button", name="Place the order"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, your order is placed")
    assert PickupSlot.objects.get(start=chosen).taken == 1


@VISITS
def test_a_customer_cancels(new_page: Callable[..., Page], screen: str, javascript: bool) -> None:
    page = new_page(screen, java_script_enabled=javascript)
    time = fill_checkout(page)
    follow(page.get_by_role("button", name="Place the order"))

    follow(page.get_by_role("button", name="Cancel the order"))

    expect(page.get_by_role("heading", level=1)).to_have_text("Your order was cancelled")
    assert PickupSlot.objects.get(start=time).taken == 0


@pytest.fixture
def stripe(settings: Any, cafe: str) -> Any:
    settings.SITE_URL = cafe
    settings.STRIPE_SECRET_KEY = SECRET_KEY
    settings.STRIPE_WEBHOOK_SECRET = WEBHOOK_SECRET
    with running_stripe() as stand_in:
        settings.STRIPE_API_BASE = stand_in.address
        stand_in.webhook = f"{cafe}/payments/stripe/"
        yield stand_in


@VISITS
def test_a_customer_pays_online(
    new_page: Callable[..., Page],
    screen: str,
    keep: Callable[..., None],
    javascript: bool,
    stripe: StripeStandIn,
) -> None:
    page = new_page(screen, java_script_enabled=javascript)
    fill_checkout(page)
    expect(page.get_by_label("When I collect it")).to_be_checked()
    page.get_by_label("Now, by card").check()
    keep(page, "checkout-online")
    if javascript:
        assert complaints_about(page) == []
    follow(page.get_by_role("button", name="Place the order"))
    expect(page.get_by_role("heading", level=1)).to_have_text("One step left: your payment")
    keep(page, "unpaid")
    if javascript:
        assert complaints_about(page) == []

    follow(page.get_by_role("link", name="Pay €4.20 now"))
    follow(page.get_by_role("link", name="Back"))
    follow(page.get_by_role("link", name="Pay €4.20 now"))
    follow(page.get_by_role("button", name="Pay"))

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, your order is placed")
    expect(page.get_by_text("Paid online.")).to_be_visible()
    payment = Payment.objects.get()
    assert (payment.state, payment.amount) == (Payment.State.PAID, Decimal("4.20"))
    assert payment.order.status == Status.PLACED
