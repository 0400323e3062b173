"""Browser tests of the report pages and the order board, on a phone and a desktop."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cafe_site.orders.changes import change_status
from cafe_site.orders.models import Order, Status
from cafe_site.stock.models import DailyStock
from reports.models import Report
from tests.browser.conftest import PASSWORDS, VISITS, follow, open_more, sign_in

pytestmark = pytest.mark.browser


def test_an_owner_reads_the_report(
    new_page: Callable[..., Page], screen: str, keep: Callable[..., None]
) -> None:
    page = new_page(screen)
    sign_in(page, "owner", PASSWORDS.owner_password)
    expect(page.get_by_role("heading", level=1)).to_have_text("Today at 10:00")
    keep(page, "today")

    open_more(page)
    follow(page.get_by_role("link", name="Reports", exact=True))
    report = Report.objects.get()
    follow(page.locator("tbody th a").first)

    expect(page.get_by_text(report.subject)).to_be_visible()
    expect(page.locator("pre.mail").first).to_have_text(report.text)
    # Its forty columns fit the screen: nobody scrolls sideways to read the figures.
    assert page.locator("pre.mail").first.evaluate("pre => pre.scrollWidth - pre.clientWidth") == 0
    expect(page.get_by_text("Nothing has changed since")).to_be_visible()
    keep(page, "report")


@VISITS
def test_an_owner_keeps_who_gets_the_reports(
    new_page: Callable[..., Page],
    screen: str,
    keep: Callable[..., None],
    javascript: bool,
    settings: Any,
) -> None:
    settings.REPORT_CHANNEL = "email"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    page = new_page(screen, java_script_enabled=javascript)
    sign_in(page, "owner", PASSWORDS.owner_password)
    expect(page.get_by_role("alert")).to_contain_text("Nobody gets the reports.")
    follow(page.get_by_role("link", name="Add somebody"))
    for address in ("olga@example.com", "otto@example.com"):
        page.get_by_label("E-mail").fill(address)
        follow(page.get_by_role("button", name="Add", exact=True))
        expect(page.get_by_role("status")).to_contain_text(f"{address} gets the reports")

    ottos = page.locator(".recipient", has_text="otto@example.com")
    ottos.get_by_label("monthly").uncheck()
    follow(ottos.get_by_role("button", name="Save"))
    expect(ottos.get_by_label("monthly")).not_to_be_checked()
    keep(page, "recipients")
    ottos.get_by_text("Remove", exact=False).first.click()
    follow(ottos.get_by_role("button", name="Stop sending reports to otto@example.com"))

    expect(page.locator(".recipient")).to_have_count(1)
    expect(page.get_by_role("alert")).to_have_count(0)


@VISITS
def test_an_owner_accepts_the_bake_plan(
    new_page: Callable[..., Page], screen: str, keep: Callable[..., None], javascript: bool
) -> None:
    page = new_page(screen, java_script_enabled=javascript)
    sign_in(page, "owner", PASSWORDS.owner_password)
    open_more(page)
    follow(page.get_by_role("link", name="Bake plan"))
    keep(page, "bake-plan")

    page.get_by_label("Lemon tart").fill("20")
    follow(page.get_by_role("button", name="Accept the plan"))

    expect(page.get_by_role("status")).to_contain_text("The plan is accepted")
    expect(page.get_by_label("Lemon tart")).to_have_value("20")
    expect(page.get_by_text("Accepted by owner")).to_be_visible()
    tart = DailyStock.objects.filter(product__name="Lemon tart").latest("business_day")
    assert DailyStock.objects.filter(product__name="Lemon tart", planned=20).exists(), tart
    follow(page.get_by_role("link", name="Sheet for the kitchen"))
    expect(page.locator(".sheet li", has_text="Lemon tart")).to_contain_text("20")
    keep(page, "bake-sheet")


@VISITS
def test_staff_say_what_is_left_over(
    new_page: Callable[..., Page], screen: str, keep: Callable[..., None], javascript: bool
) -> None:
    day = DailyStock.objects.filter(left_over__isnull=False).latest("business_day").business_day
    DailyStock.objects.filter(business_day=day).update(left_over=None)
    page = new_page(screen, java_script_enabled=javascript)
    sign_in(page, "staff", PASSWORDS.staff_password)
    page.goto(f"/dashboard/leftovers/?day={day}")

    page.get_by_label("Lemon tart").fill("1")
    keep(page, "leftovers")
    follow(page.get_by_role("button", name="Save, with 0 for the empty fields"))

    expect(page.get_by_role("status")).to_contain_text("Saved.")
    left = DailyStock.objects.filter(business_day=day)
    assert left.get(product__name="Lemon tart").left_over == 1
    assert set(left.exclude(product__name="Lemon tart").values_list("left_over", flat=True)) == {0}


@VISITS
def test_staff_keep_the_board(
    new_page: Callable[..., Page], screen: str, keep: Callable[..., None], javascript: bool
) -> None:
    order = Order.objects.filter(status=Status.PLACED).earliest("pickup_at")
    page = new_page(screen, java_script_enabled=javascript)
    sign_in(page, "staff", PASSWORDS.staff_password)
    page.goto(f"/dashboard/orders/?day={order.business_day.isoformat()}")
    keep(page, "board", full_page=False)

    ticket = page.locator(f"#order-{order.pk}")
    follow(ticket.get_by_role("button", name="Ready"))
    expect(ticket.locator(".badge")).to_have_text("ready")
    follow(ticket.get_by_role("link", name=f"Order {order.pk}", exact=True))
    keep(page, "ticket")
    order.refresh_from_db()
    assert order.status == Status.READY

    cancelling = page.locator("form", has=page.get_by_role("button", name="Cancel the order"))
    cancelling.get_by_label("Reason").fill("The oven is broken")
    follow(page.get_by_role("button", name="Cancel the order"))
    expect(page.locator("h1 .badge")).to_have_text("cancelled")
    expect(page.get_by_text("cancelled, staff: The oven is broken")).to_be_visible()
    follow(page.locator(".crumb").get_by_role("link", name="Order board"))
    follow(ticket.get_by_role("button", name="Placed"))
    expect(ticket.locator(".badge")).to_have_text("placed")


def test_staff_keep_the_stock(
    new_page: Callable[..., Page], screen: str, keep: Callable[..., None]
) -> None:
    page = new_page(screen)
    sign_in(page, "staff", PASSWORDS.staff_password)
    follow(page.get_by_role("link", name="Stock"))
    tart = page.locator(".stock_row", has_text="Lemon tart")

    tart.get_by_label("Planned").fill("24")
    follow(tart.get_by_role("button", name="Save"))

    expect(page.get_by_role("status")).to_contain_text("Lemon tart: saved.")
    expect(tart.get_by_label("Planned")).to_have_value("24")
    keep(page, "stock", full_page=False)


def test_the_board_follows_new_orders_without_reload(
    new_page: Callable[..., Page],
) -> None:
    page = new_page("desk")
    sign_in(page, "staff", PASSWORDS.staff_password)
    order = Order.objects.filter(status=Status.PLACED).earliest("pickup_at")
    page.goto(f"/dashboard/orders/?day={order.business_day.isoformat()}")
    badge = page.locator(f"#order-{order.pk} .badge").last
    expect(badge).to_have_text("placed")

    change_status(order.pk, Status.READY, by=None, now=timezone.now())
    # What happens by itself every 20 seconds, at once.
    page.evaluate("htmx.ajax('GET', tickets.getAttribute('data-hx-get'), '#tickets')")

    expect(badge).to_have_text("ready")


def test_staff_are_not_shown_the_reports(new_page: Callable[..., Page]) -> None:
    page = new_page("desk")
    sign_in(page, "staff", PASSWORDS.staff_password)

    expect(page).to_have_url(re.compile(r"/dashboard/orders/$"))
    expect(page.get_by_role("link", name="Reports")).to_have_count(0)
