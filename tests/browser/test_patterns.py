"""Browser tests of the pattern pages, by pointer, by keyboard and without JavaScript."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORDS, VISITS, assert_fits, follow, open_more, sign_in

pytestmark = pytest.mark.browser

PAGES = ("times", "products", "baking", "customers", "comparison")


@VISITS
def test_an_owner_looks_through_the_patterns(
    new_page: Callable[..., Page], screen: str, keep: Callable[..., None], javascript: bool
) -> None:
    page = new_page(screen, java_script_enabled=javascript)
    sign_in(page, "owner", PASSWORDS.owner_password)
    open_more(page)
    follow(page.get_by_role("link", name="Patterns").locator("visible=true"))
    expect(page.get_by_text("Busiest:")).to_be_visible()
    for name in PAGES:
        follow(page.locator(".tabs").get_by_role("link", name=name.capitalize()))
        assert_fits(page)
        keep(page, f"patterns-{name}")

    follow(page.locator(".tabs").get_by_role("link", name="Products"))
    figure = page.locator("#ranking")
    follow(figure.get_by_role("link", name="Quantity"))
    expect(figure.get_by_role("link", name="Quantity")).to_have_attribute("aria-current", "true")
    figure.get_by_text("Table", exact=True).click()
    expect(figure.get_by_role("columnheader", name="Margin")).to_be_visible()
    figure.get_by_text("How this is counted").click()
    expect(figure.get_by_text("Margin is net sales less the unit cost")).to_be_visible()
    with page.expect_download() as download:
        figure.get_by_role("link", name="XLSX").click()
    assert download.value.suggested_filename.startswith("ranking-")
    assert download.value.suggested_filename.endswith(".xlsx")


def test_left_and_right_move_the_period(new_page: Callable[..., Page], screen: str) -> None:
    page = new_page(screen)
    sign_in(page, "owner", PASSWORDS.owner_password)
    page.goto("/dashboard/patterns/times/?period=7")
    shown = page.locator(".range_days strong").first
    newest = shown.inner_text()

    with page.expect_navigation():
        page.keyboard.press("ArrowLeft")
    assert shown.inner_text() != newest
    with page.expect_navigation():
        page.keyboard.press("ArrowRight")
    expect(shown).to_have_text(newest)

    # Who writes a date moves in it, and nowhere else.
    page.get_by_text("Other days").click()
    page.get_by_label("First day").press("ArrowLeft")
    page.wait_for_timeout(300)
    expect(shown).to_have_text(newest)


def test_left_and_right_move_the_history(new_page: Callable[..., Page]) -> None:
    page = new_page("desk")
    sign_in(page, "owner", PASSWORDS.owner_password)
    page.goto("/dashboard/reports/?month=2026-12")
    heading = page.get_by_role("heading", level=2).first
    expect(heading).to_have_text("December 2026")

    with page.expect_navigation():
        page.keyboard.press("ArrowLeft")

    expect(heading).to_have_text("November 2026")


def test_a_chart_tells_its_values_by_pointer_and_by_keyboard(
    new_page: Callable[..., Page],
) -> None:
    page = new_page("desk")
    sign_in(page, "owner", PASSWORDS.owner_password)
    page.goto("/dashboard/patterns/times/")
    points = page.locator("#trend .point")
    tips = page.locator("#trend .point .tip")
    last = points.count() - 1
    expect(tips.nth(last)).to_be_hidden()

    points.nth(3).hover(force=True)
    expect(tips.nth(3)).to_be_visible()

    # One stop of the tab key: the newest point; from there the arrows go on.
    points.nth(last).focus()
    expect(tips.nth(last)).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(points.nth(last - 1)).to_be_focused()
    expect(tips.nth(last - 1)).to_be_visible()
    expect(points.nth(last - 1)).to_have_attribute("tabindex", "0")
    expect(points.nth(last)).to_have_attribute("tabindex", "-1")


def test_without_javascript_every_point_is_reached(new_page: Callable[..., Page]) -> None:
    page = new_page("desk", java_script_enabled=False)
    sign_in(page, "owner", PASSWORDS.owner_password)
    page.goto("/dashboard/patterns/times/")

    points = page.locator("#trend .point")

    assert points.count() > 14
    expect(page.locator('#trend .point[tabindex="0"]')).to_have_count(points.count())
