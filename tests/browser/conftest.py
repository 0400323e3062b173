"""A real browser, Debian's Chromium, on the demo's café."""

import datetime
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from cafe_site.accounts.models import OWNERS, STAFF
from reports import issuing, jobs, publishing
from reports.publishers import RecordingPublisher
from script.demo_parts import seed
from script.demo_parts.environment import Secrets
from tests.conftest import group

# Playwright keeps an event loop in this thread; Django's own guard takes it for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# How customers and staff come: on a telephone or at a desk, and with or without JavaScript. What
# works on the narrow screen without it is not looked at on the wide one as well.
VISITS = pytest.mark.parametrize(
    ("screen", "javascript"),
    [("telephone", True), ("desk", True), ("telephone", False)],
    ids=["telephone", "desk", "without-script"],
)

# A Tuesday at ten on the shop's clock: open, with times left to choose, whenever the tests run.
MORNING = datetime.datetime(2026, 11, 24, 9, tzinfo=datetime.UTC)
SCREENSHOTS = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
PASSWORDS = Secrets(
    secret_key="unused", owner_password="owner-password", staff_password="staff-password"
)
WIDTHS = {"telephone": 390, "desk": 1280}
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
    for name in (OWNERS, STAFF):
        group(name)
    seed.seed_shop(morning, weeks=5)
    seed.keep_people(PASSWORDS)
    last = jobs.last_closed_day(morning)
    jobs.plan_after(last)
    report = issuing.issue_report(last)
    publishing.publish_delivery(report.deliveries.get().pk, RecordingPublisher())
    return str(live_server.url)


@pytest.fixture(params=WIDTHS)
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
            viewport={"width": WIDTHS[screen], "height": 844 if screen == "telephone" else 800},
            locale="en-GB",
            timezone_id="Europe/Berlin",
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: note(page, message.type, message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    def note(page: Page, kind: str, text: str) -> None:
        # Django's admin sets styles in its scripts here and there, which the policy leaves out.
        if "/admin/" in page.url and "Applying inline style" in text:
            return
        # A form that is shown again answers 422, a link that was used 410; Chromium reports both.
        if kind == "error" and "status of 422" not in text and "status of 410" not in text:
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


def sign_in(page: Page, name: str, password: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    follow(page.get_by_role("button", name="Sign in"))


def complaints_about(page: Page) -> list[str]:
    """Return what axe finds on a page."""
    results = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    return [
        f"{page.url}: {violation['id']}: {node['html'][:160]}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]
