"""Browser tests of accessibility: each page fits its screen in both schemes and languages.

axe checks WCAG 2.2 A and AA, and its best practices.
"""

from collections.abc import Callable
from itertools import groupby
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cafe_site.menu.models import Product
from tests.browser.conftest import (
    PASSWORDS,
    assert_fits,
    come_as,
    complaints_about,
    follow,
    open_more,
    sign_in,
)
from tests.site_pages import CUSTOMER, PAGES, find_places

pytestmark = [pytest.mark.browser, pytest.mark.once]

BY_DAY, BY_NIGHT = {"color_scheme": "light"}, {"color_scheme": "dark"}
ENGLISH, CHINESE = {"locale": "en-GB"}, {"locale": "zh-CN"}
WITHOUT_SCRIPT = {"java_script_enabled": False}

# Each width, scheme and language is met; with --long each pair of them, without every three.
LOOKS = pytest.mark.parametrize(
    ("screen", "options"),
    [
        pytest.param("telephone", BY_DAY | ENGLISH, id="telephone"),
        pytest.param("desk", BY_NIGHT | CHINESE, id="desk-chinese-by-night"),
        # As wide as a desk's screen at four times the size.
        pytest.param("narrow", BY_NIGHT | ENGLISH | WITHOUT_SCRIPT, id="narrow"),
        pytest.param(
            "telephone", BY_NIGHT | CHINESE, id="telephone-chinese-by-night", marks=pytest.mark.long
        ),
        pytest.param("desk", BY_NIGHT | ENGLISH, id="desk-by-night", marks=pytest.mark.long),
        pytest.param(
            "desk",
            BY_DAY | CHINESE | WITHOUT_SCRIPT,
            id="desk-chinese-without-script",
            marks=pytest.mark.long,
        ),
    ],
)


@pytest.fixture
def by_mail(settings: Any) -> None:
    settings.REPORT_CHANNEL = "email"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@LOOKS
@pytest.mark.usefixtures("by_mail")
def test_every_page_fits_and_is_accessible(
    new_page: Callable[..., Page], cafe: str, screen: str, options: dict[str, Any]
) -> None:
    places = find_places()
    found: list[str] = []

    for visitor, pages in groupby(PAGES, key=lambda page: page.visitor):
        page = new_page(screen, **options)
        come_as(page, visitor, cafe)
        for listed in pages:
            answer = page.goto(listed.address.format(**places))
            assert answer is not None
            assert (answer.url, answer.status) == (page.url, listed.status)
            assert_fits(page)
            # axe is a script itself.
            if options.get("java_script_enabled", True):
                found.extend(complaints_about(page))

    assert found == []


@pytest.mark.usefixtures("by_mail")
def test_what_comes_of_a_form_is_accessible(new_page: Callable[..., Page], screen: str) -> None:
    page = new_page(screen, color_scheme="dark")
    found: list[str] = []

    page.goto(Product.objects.on_sale().earliest("pk").get_absolute_url())
    follow(page.get_by_role("button", name="Add to basket"))
    found.extend(complaints_about(page))
    page.goto("/checkout/")
    follow(page.get_by_role("button", name="Place the order"))
    found.extend(complaints_about(page))
    sign_in(page, "owner", PASSWORDS.owner_password)
    page.goto("/dashboard/reports/recipients/")
    # As an owner finds it who has let nobody in yet, and with somebody on the list.
    follow(page.get_by_role("button", name="Add", exact=True))
    found.extend(complaints_about(page))
    page.get_by_label("E-mail").fill("olga@example.com")
    follow(page.get_by_role("button", name="Add", exact=True))
    assert_fits(page)
    found.extend(complaints_about(page))

    assert found == []


@pytest.mark.usefixtures("by_mail")
def test_text_of_twice_the_size_fits(new_page: Callable[..., Page], cafe: str, screen: str) -> None:
    page = new_page(screen)
    come_as(page, CUSTOMER, cafe)

    for address in ("/", "/basket/", "/checkout/"):
        page.goto(address)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert_fits(page)
    come_as(page, "owner", cafe)
    for address in ("/dashboard/orders/", "/dashboard/stock/", "/dashboard/bake-plan/"):
        page.goto(address)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert_fits(page)


def test_the_admin_is_accessible(new_page: Callable[..., Page], cafe: str) -> None:
    page = new_page("desk")
    come_as(page, "owner", cafe)
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
        page.emulate_media(color_scheme="light")
        page.goto(address)
        found.extend(complaints_about(page))
        # By night only the colours differ.
        page.emulate_media(color_scheme="dark")
        page.goto(address)
        found.extend(complaints_about(page, rules=["color-contrast"]))

    # Django's own: in a table of rows to edit, the column of each row's name has no heading.
    assert [line for line in found if "empty-table-header" not in line] == []


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "without-script"])
@pytest.mark.parametrize("visitor", ["owner", "staff"])
def test_the_dashboards_entries_take_one_row(
    new_page: Callable[..., Page], cafe: str, screen: str, visitor: str, javascript: bool
) -> None:
    page = new_page(screen, java_script_enabled=javascript)
    come_as(page, visitor, cafe)

    page.goto("/dashboard/leftovers/")

    subnav = page.get_by_role("navigation", name="Dashboard")
    box = subnav.bounding_box()
    assert box is not None
    assert box["height"] < 60
    expect(subnav.get_by_role("link", name="Left over")).to_have_attribute("aria-current", "page")
    expect(subnav.locator("[aria-current]:visible")).to_have_count(1)
    if screen == "telephone":
        page.locator(".subnav_more summary").focus()
        page.keyboard.press("Enter")
    everything = {
        "owner": "Today, Order board, Stock, Bake plan, Left over, Reports, Recipients, ",
        "staff": "Order board, Stock, Left over, ",
    }
    shown = sorted(subnav.get_by_role("link").all_inner_texts())
    # Each once, in the row or below "More"; the others' developers add theirs.
    assert set((everything[visitor] + "Menu and hours").split(", ")) <= set(shown)
    assert len(set(shown)) == len(shown)
    if javascript:
        assert complaints_about(page) == []


def test_more_leads_on(new_page: Callable[..., Page], cafe: str) -> None:
    page = new_page("telephone", java_script_enabled=False)
    come_as(page, "owner", cafe)
    page.goto("/dashboard/")

    open_more(page)
    follow(page.get_by_role("link", name="Recipients"))

    current = page.locator(".subnav [aria-current]:visible")
    expect(current).to_have_text("Recipients")
