"""The checks of script/demo --check, with a line of output for each."""

import json
import re
import time
from collections.abc import Callable
from html import escape

from django.urls import reverse
from django.utils import timezone

from cafe_site.menu.models import Product
from cafe_site.orders.changes import cancel_order
from cafe_site.orders.models import Order
from reports.models import Delivery, Job
from script.demo_parts.browser import Browser
from script.demo_parts.environment import Secrets
from script.demo_parts.offer import find_orderable
from script.demo_parts.schedule import Evening
from script.demo_parts.show import last_daily

ORDER_PATH = re.compile(r"/orders/(\d+)/[\w-]+/$")
EMAIL = "check@example.com"
EXPORT_SECONDS = 30
MAIL_SECONDS = 10


class CheckFailed(Exception):
    """A check failed; the message says what is wrong."""


def check_all(site: str, evening: Evening, bodies: list[str], secrets: Secrets) -> bool:
    """Print a line for each check; return whether all of them passed."""
    parts: dict[str, Callable[[], None]] = {
        "report of the last closed business day": lambda: check_report(evening),
        "message in the subscribed queue": lambda: check_message(evening, bodies),
        "menu page": lambda: check_menu_page(site),
        "order page and its e-mail": lambda: check_order_page(site),
        "history page": lambda: check_history_page(site, evening, secrets),
        "today and patterns": lambda: check_owners_pages(site, secrets),
        "export of a month": lambda: check_export(site, secrets),
    }
    outcomes = [_passes(name, check) for name, check in parts.items()]
    return all(outcomes)


def _passes(name: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception as error:
        # After any error, the other checks run as well.
        print(f"failed  {name}: {type(error).__name__}: {error}", flush=True)
        return False
    print(f"ok      {name}", flush=True)
    return True


def check_report(evening: Evening) -> None:
    state = evening.report.deliveries.get(number=1).state
    if state != Delivery.State.PUBLISHED:
        raise CheckFailed(f"Its delivery is {state}, not published.")


def check_message(evening: Evening, bodies: list[str]) -> None:
    """Compare the message with the report; a report of an earlier run must not send any."""
    if not evening.is_published_now:
        if bodies:
            raise CheckFailed("It was published by an earlier run, and now once more.")
        return
    received, stored = last_daily(bodies), json.loads(evening.report.payload)
    if received is None:
        raise CheckFailed("The report was published, and the queue received nothing.")
    if received["business_day"] != evening.day.isoformat():
        raise CheckFailed(f"It is the report of {received['business_day']}, not of {evening.day}.")
    net, stored_net = (payload["totals"]["net_amount"] for payload in (received, stored))
    if net != stored_net:
        raise CheckFailed(f"It says net sales of {net}; the report says {stored_net}.")


def check_menu_page(site: str) -> None:
    text = Browser(site).get(reverse("menu:menu")).text
    names = Product.objects.on_sale().values_list("name", flat=True)
    if missing := [name for name in names if escape(name) not in text]:
        raise CheckFailed(f"It lacks {', '.join(missing)}.")


def check_order_page(site: str) -> None:
    """Order as a customer, read the order page and the e-mail, and delete the order."""
    found = find_orderable(timezone.now())
    if found is None:
        raise CheckFailed("Nothing on the menu can be ordered for any day.")
    browser, checkout = Browser(site), reverse("orders:checkout")
    product_page = browser.get(found.product.get_absolute_url())
    browser.submit(product_page, reverse("orders:add"), quantity=str(found.quantity))
    page = browser.submit(
        browser.get(checkout),
        checkout,
        name="Demo Check",
        email=EMAIL,
        pickup_at=found.pickup_at.isoformat(),
    )
    matched = ORDER_PATH.search(page.address)
    if matched is None:
        raise CheckFailed(f"The checkout led to {page.address}, not to an order.")
    number = int(matched[1])
    try:
        if escape(found.product.name) not in page.text:
            raise CheckFailed(f"It does not name {found.product.name}.")
        check_mail(browser, number)
    finally:
        # A second check must find the same orders and stock as the first.
        cancel_order(number, refund_amount=None, reason="Demo Check", by=None, now=timezone.now())
        Order.objects.filter(pk=number, customer_email=EMAIL).delete()


def check_mail(browser: Browser, number: int) -> None:
    """Wait for the confirmation, which is sent after the response."""
    deadline = time.monotonic() + MAIL_SECONDS
    while f"Order {number} at " not in (page := browser.get(reverse("demo_mails"))).text:
        if time.monotonic() > deadline:
            raise CheckFailed(f"{page.address} does not show the e-mail of order {number}.")
        time.sleep(0.2)


def sign_in_as_owner(site: str, secrets: Secrets) -> Browser:
    browser = Browser(site)
    path = reverse("sign_in")
    browser.submit(browser.get(path), path, username="owner", password=secrets.owner_password)
    return browser


def check_owners_pages(site: str, secrets: Secrets) -> None:
    """Check that the charts appear, which need the rollups of closed days."""
    browser = sign_in_as_owner(site, secrets)
    for address, count in (
        (reverse("dashboard:today"), 4),
        (reverse("dashboard:patterns_page", args=["times"]), 3),
        (reverse("dashboard:patterns_page", args=["products"]), 3),
    ):
        drawn = browser.get(address).text.count('<svg class="')
        if drawn < count:
            raise CheckFailed(f"{address} shows {drawn} charts, not {count}.")


def check_export(site: str, secrets: Secrets) -> None:
    """Start an export of order lines, wait for the job, and download the file."""
    browser = sign_in_as_owner(site, secrets)
    page = browser.get(reverse("dashboard:exports"))
    page = browser.submit(page, reverse("dashboard:add_export"))
    job = Job.objects.latest("pk")
    deadline = time.monotonic() + EXPORT_SECONDS
    while job.is_active and time.monotonic() < deadline:
        time.sleep(0.2)
        job.refresh_from_db()
    if job.state != Job.State.DONE:
        raise CheckFailed(f"It is {job.state} after {EXPORT_SECONDS} seconds: {job.error or '-'}.")
    text = browser.get(reverse("dashboard:export_file", args=[job.pk])).text
    if "net sales" not in text.splitlines()[0]:
        raise CheckFailed("Its file does not begin with the names of its columns.")


def check_history_page(site: str, evening: Evening, secrets: Secrets) -> None:
    browser = sign_in_as_owner(site, secrets)
    link = reverse("dashboard:report", args=[evening.report.pk])
    if f'"{link}"' not in browser.get(reverse("dashboard:reports")).text:
        raise CheckFailed(f"It has no link to the report of {evening.day}.")
