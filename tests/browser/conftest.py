"""Fixtures for a real browser, Debian's Chromium, on the demo's café."""

import datetime
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from tests.site_pages import MORNING, PASSWORDS, client_of, fill_cafe
from tests.table_copies import Rows, copy_tables, put_back

__all__ = ["MORNING", "PASSWORDS"]

# Playwright keeps an event loop in this thread; Django's own guard takes it for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# How customers and staff come: on a telephone or at a desk, and with or without JavaScript. What
# works on the narrow screen without it is not looked at on the wide one as well; that all pages fit
# the wide one and are accessible there, test_accessibility.py says.
VISITS = pytest.mark.parametrize(
    ("screen", "javascript"),
    [
        pytest.param("telephone", True, id="telephone"),
        pytest.param("desk", True, id="desk", marks=(pytest.mark.once, pytest.mark.long)),
        pytest.param("telephone", False, id="without-script", marks=pytest.mark.once),
    ],
)

# The café's rows, once they were made in this process.
CAFE: dict[str, Rows] = {}
SCREENSHOTS = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
WIDTHS = {"narrow": 320, "telephone": 390, "desk": 1280}
# What the policy leaves out, and a browser tells only in a console that nobody reads.
TELL_VIOLATIONS = """document.addEventListener("securitypolicyviolation", event => console.error(
    `The policy forbids ${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));"""
# Without the passes: to find their places and to hand them over takes half of the time.
FIND_VIOLATIONS = """async options => {
    const {violations} = await axe.run(document, options);
    return violations.flatMap(({id, nodes}) => nodes.map(({html}) => [id, html]));
}"""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing. On Debian: apt-get install chromium")
        pytest.skip("Chromium is missing. On Debian: apt-get install chromium")
    return {
        **browser_type_launch_args,
        "executable_path": chromium,
        # Containers have neither user namespaces nor a large /dev/shm; nothing calls home.
        "args": [
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
        ],
    }


@pytest.fixture
def morning() -> Iterator[datetime.datetime]:
    """Let the site's clock run from a fixed moment on; the database's and the browser's do not."""
    with time_machine.travel(MORNING, tick=True):
        yield MORNING


@pytest.fixture
def cafe(transactional_db: None, live_server: Any, morning: datetime.datetime) -> str:
    """Return the address of a café with five weeks of orders and a report."""
    if CAFE:
        put_back(CAFE)
    else:
        fill_cafe(morning)
        CAFE.update(copy_tables())
    return str(live_server.url)


@pytest.fixture(params=["telephone", pytest.param("desk", marks=pytest.mark.once)])
def screen(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def new_page(browser: Browser, cafe: str) -> Iterator[Callable[..., Page]]:
    """Open pages of a width; each fails its test when the browser reports an error in it."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(screen: str, **options: Any) -> Page:
        context = browser.new_context(
            base_url=cafe,
            viewport={"width": WIDTHS[screen], "height": 800 if screen == "desk" else 844},
            timezone_id="Europe/Berlin",
            **{"locale": "en-GB", **options},
        )
        contexts.append(context)
        context.add_init_script(TELL_VIOLATIONS)
        page = context.new_page()
        page.on("console", lambda message: note(page, message.type, message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    def note(page: Page, kind: str, text: str) -> None:
        # Django's admin sets styles in its scripts here and there, which the policy leaves out.
        if "/admin/" in page.url and re.search("Applying inline style|forbids style-src", text):
            return
        # A form that is shown again answers 422, a link that was used 410; Chromium reports all
        # such answers, and a page that is meant to answer so says it in the list of pages.
        if kind == "error" and not re.search(r"status of (403|404|410|422)", text):
            complaints.append(text)

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def keep(screen: str) -> Callable[[Page, str], None]:
    """Keep a screenshot for the documentation, when SCREENSHOTS=1 asks for it."""

    def keep_screenshot(page: Page, name: str, *, full_page: bool = True) -> None:
        assert_fits(page)
        if os.environ.get("SCREENSHOTS") == "1":
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            # What is above a place that an address names belongs to the picture.
            page.evaluate("window.scrollTo(0, 0)")
            page.screenshot(path=SCREENSHOTS / f"{name}-{screen}.png", full_page=full_page)

    return keep_screenshot


def assert_fits(page: Page) -> None:
    """No page is wider than its screen: nobody scrolls sideways to read."""
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def follow(control: Locator) -> None:
    """Click a link or a button that leads to another page, and wait until it is there."""
    with control.page.expect_navigation():
        control.click()


def come_as(page: Page, visitor: str, cafe: str) -> None:
    """Give a browser the cookies of somebody who has signed in or filled a basket already."""
    cookies = client_of(visitor).cookies.items()
    page.context.add_cookies(
        [{"name": name, "value": cookie.value, "url": cafe} for name, cookie in cookies]
    )


def open_more(page: Page) -> None:
    """Open the rest of the dashboard's entries, where the screen has no room for them."""
    more = page.locator(".subnav_more summary")
    if more.is_visible():
        more.click()


def sign_in(page: Page, name: str, password: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(password)
    follow(page.get_by_role("button", name="Sign in"))


def complaints_about(page: Page, *, rules: Sequence[str] = ()) -> list[str]:
    """Return what axe finds on a page, by all rules of its tags or by some alone."""
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(Axe().axe_script)
    found = page.evaluate(FIND_VIOLATIONS, {"runOnly": only, "resultTypes": ["violations"]})
    return [f"{page.url}: {rule}: {html[:160]}" for rule, html in found]
