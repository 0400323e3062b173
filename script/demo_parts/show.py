"""The demo's output: the report, the queue's message, and the site's addresses."""

import datetime
import json
from typing import Any

from django.conf import settings
from django.urls import reverse

from cafe_site.orders.models import Order
from cafe_site.shop.opening import shop_calendar
from reports.models import Delivery, Report
from script.demo_parts.environment import ROOT, SECRETS, Secrets

WIDTH = 78


def show_heading(text: str) -> None:
    print(f"\n{f'--- {text} ':-<{WIDTH}}", flush=True)


def show_report(report: Report) -> None:
    """Print a report's e-mail and its delivery to the topic."""
    show_heading("The e-mail of the last closed business day")
    print(f"Subject: {report.subject}\n\n{report.text}")
    for delivery in report.deliveries.all():
        print(_describe(delivery))


def _describe(delivery: Delivery) -> str:
    if delivery.published_at is None:
        return f"Delivery {delivery.number} is {delivery.get_state_display()}."
    at = shop_calendar().local(delivery.published_at)
    return (
        f"Published at {at:%H:%M:%S on %Y-%m-%d} to {settings.REPORT_TOPIC_ARN}\n"
        f"with message id {delivery.message_id}."
    )


def last_daily(bodies: list[str]) -> Any:
    """Return the payload of the last daily report in messages; None if there is none."""
    payloads = [json.loads(body) for body in bodies]
    return next((found for found in reversed(payloads) if found["kind"] == "daily"), None)


def show_received(bodies: list[str]) -> None:
    """Print the last daily report that the queue received."""
    show_heading("What the queue received")
    payload = last_daily(bodies)
    if payload is None:
        print(
            "Nothing: an earlier run published this report, and reports are published once.\n"
            "The stand-in for SNS keeps nothing between runs, so its queue is empty."
        )
        return
    print(format_json(payload))
    if len(bodies) > 1:
        print(
            f"\nThis is one of {len(bodies)} messages: one for each evening of four weeks, and for "
            "each week\nand month that closed."
        )


def format_json(value: object, indent: int = 0) -> str:
    """Return readable JSON: indented, except values that fit on one line."""
    text = json.dumps(value, ensure_ascii=False)
    if len(text) + indent <= WIDTH or not isinstance(value, dict | list) or not value:
        return text
    inner, outer = " " * (indent + 2), " " * indent
    if isinstance(value, list):
        items = [inner + format_json(item, indent + 2) for item in value]
        return "[\n" + ",\n".join(items) + f"\n{outer}]"
    items = [f"{inner}{json.dumps(key)}: {format_json(value[key], indent + 2)}" for key in value]
    return "{\n" + ",\n".join(items) + f"\n{outer}}}"


def show_addresses(secrets: Secrets) -> None:
    show_heading(f"{settings.SHOP_NAME} is open; Ctrl-C closes it")
    for label, path in (
        ("Menu, for customers", reverse("menu:menu")),
        ("Dashboard", reverse("dashboard:today")),
        ("Reports", reverse("dashboard:reports")),
        ("Order board", reverse("dashboard:board")),
        ("Menu, hours and people", reverse("admin:index")),
        ("E-mails to customers", reverse("demo_mails")),
    ):
        print(f"  {label:<24}{settings.SITE_URL}{path}")
    print("\n  Sign in as     with the password")
    print(f"  owner          {secrets.owner_password}")
    print(f"  staff          {secrets.staff_password}")
    print(f"\n  The passwords are kept in {SECRETS.relative_to(ROOT)}.", flush=True)


def show_age(day: datetime.date) -> None:
    """Print a warning if the demo's orders end before the last closed day."""
    newest = Order.objects.order_by("-business_day").values_list("business_day", flat=True).first()
    if newest is not None and newest < day:
        print(
            f"\nThe orders of this demo end on {newest}; remove var/demo/ and run it again "
            "for orders up to today."
        )
