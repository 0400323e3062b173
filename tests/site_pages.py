"""The list of all pages of the site, for tests that check every page.

A new page is one line. tests/browser opens each of them on a telephone and at a desk, by day and
by night, in English and Chinese, and lets axe look at it; tests/test_html.py has its HTML checked.
"""

import datetime
from dataclasses import dataclass

from django.test import Client
from django.utils import timezone

from cafe_site.accounts.models import OWNERS, STAFF, User
from cafe_site.menu.models import Product
from cafe_site.orders.models import Order
from cafe_site.shop.business_day import DAY
from reports import due
from reports.baking import attempts
from reports.delivery import issuing, publishing
from reports.figures.closed_days import last_closed_day
from reports.models import Job, OutlierDay, Report
from reports.offloaded.requesting import request_job
from reports.offloaded.running import run_slice
from script.demo_parts import seed
from script.demo_parts.environment import Secrets
from tests.fixtures.people import group
from tests.recording_publisher import RecordingPublisher

# A Tuesday at ten on the shop's clock: open, with times left to choose, whenever the tests run.
MORNING = datetime.datetime(2026, 11, 24, 9, tzinfo=datetime.UTC)
PASSWORDS = Secrets(
    secret_key="unused", owner_password="owner-password", staff_password="staff-password"
)

# Who comes: somebody new, somebody with a full basket, a customer who is signed in by a link, and
# those who work here.
STRANGER, CUSTOMER, REGULAR, OWNER, STAFF_MEMBER = (
    "stranger",
    "customer",
    "regular",
    "owner",
    "staff",
)


@dataclass(frozen=True, slots=True)
class SitePage:
    """An address, with names of `find_places` in braces, and who opens it."""

    address: str
    visitor: str = OWNER
    status: int = 200


PAGES = (
    SitePage("/", STRANGER),
    SitePage("/basket/", STRANGER),
    SitePage("/my-orders/", STRANGER),
    SitePage("/my-orders/a-link-that-was-used/", STRANGER, 410),
    SitePage("/legal-notice/", STRANGER),
    SitePage("/sign-in/", STRANGER),
    SitePage("/no-such-page/", STRANGER, 404),
    SitePage("/", CUSTOMER),
    SitePage("/products/{product}/", CUSTOMER),
    SitePage("/products/{with_options}/", CUSTOMER),
    SitePage("/basket/", CUSTOMER),
    SitePage("/checkout/", CUSTOMER),
    SitePage("/orders/{order}/{token}/", CUSTOMER),
    SitePage("/my-orders/", REGULAR),
    SitePage("/dashboard/orders/", STAFF_MEMBER),
    SitePage("/dashboard/reports/", STAFF_MEMBER, 403),
    SitePage("/dashboard/"),
    SitePage("/dashboard/orders/"),
    SitePage("/dashboard/orders/?day={empty_day}"),
    SitePage("/dashboard/orders/{order}/"),
    SitePage("/dashboard/stock/"),
    SitePage("/dashboard/bake-plan/"),
    SitePage("/dashboard/bake-plan/?day={empty_day}"),
    SitePage("/dashboard/bake-plan/sheet/"),
    SitePage("/dashboard/leftovers/?day={day}"),
    SitePage("/dashboard/leftovers/?day={empty_day}"),
    SitePage("/dashboard/exports/"),
    SitePage("/dashboard/patterns/"),
    SitePage("/dashboard/patterns/times/?measure=net&period=7"),
    SitePage("/dashboard/patterns/products/"),
    SitePage("/dashboard/patterns/baking/"),
    SitePage("/dashboard/patterns/customers/"),
    SitePage("/dashboard/patterns/comparison/?period=7"),
    SitePage("/dashboard/patterns/products/?first=2020-01-01&last=2020-01-31"),
    SitePage("/dashboard/reports/"),
    SitePage("/dashboard/reports/?month=2020-01"),
    SitePage("/dashboard/reports/{report}/"),
    SitePage("/dashboard/reports/{digest}/"),
    SitePage("/dashboard/reports/recipients/"),
)


def fill_cafe(now: datetime.datetime) -> None:
    """Write a café with five weeks of orders, two people and a report."""
    for name in (OWNERS, STAFF):
        group(name)
    seed.seed_shop(now, weeks=5)
    seed.keep_people(PASSWORDS)
    last = last_closed_day(now)
    attempts.plan_before_reports(last)
    due.count_closed_days(last)
    report = issuing.issue_report(last)
    publishing.publish_delivery(report.deliveries.get().pk, RecordingPublisher())


def find_places() -> dict[str, str]:
    """Return what stands for the names in the addresses, and write what is missing for them."""
    order = Order.objects.filter(status="placed").earliest("pickup_at", "pk")
    report = Report.objects.get(kind="daily")
    digest = issuing.issue_digest([report.business_day - DAY * back for back in (3, 2, 1)])
    assert digest is not None
    ask_for_exports(report.business_day)
    mark_days_far_above_the_usual(report.business_day)
    return {
        "product": Product.objects.on_sale().earliest("pk").slug,
        "with_options": Product.objects.get(name="Cappuccino").slug,
        "order": str(order.pk),
        "token": order.token,
        "report": str(report.pk),
        "digest": str(digest.pk),
        "day": report.business_day.isoformat(),
        "empty_day": (report.business_day + DAY * 60).isoformat(),
    }


def mark_days_far_above_the_usual(day: datetime.date) -> None:
    """Mark two days of what the plan has: one counts for less, the other in full."""
    products = Product.objects.filter(bake_plan_lines__isnull=False).distinct().order_by("pk")
    for product, in_full in zip(products[:2], (False, True), strict=True):
        OutlierDay.objects.create(
            business_day=day - DAY * 2,
            product=product,
            sold=1000,
            counted_as=24,
            counts_in_full=in_full,
            decided_by=User.objects.get(username="owner") if in_full else None,
        )


def ask_for_exports(day: datetime.date) -> None:
    """Write an export that is done, one that somebody is at, and one that came to nothing."""
    now = timezone.now()
    done = request_job(Job.Kind.EXPORT, first=day, last=day, by=None, now=now)
    run_slice(done.pk, until=0.0)
    run_slice(done.pk, until=1e12)
    days = {"first_day": day - DAY, "last_day": day, "total_days": 2, "created_at": now}
    Job.objects.create(
        kind=Job.Kind.SALES,
        state=Job.State.RUNNING,
        done_days=1,
        active_key="sales",
        lease_expires_at=now + DAY,
        error="OperationalError",
        **days,
    )
    Job.objects.create(
        kind=Job.Kind.REBUILD, state=Job.State.FAILED, error="OperationalError", **days
    )


def client_of(visitor: str) -> Client:
    """Return a client as a visitor has come by: signed in, or with something in the basket."""
    client = Client()
    if visitor in (OWNER, STAFF_MEMBER):
        sign_in(client, User.objects.get(username=visitor))
    elif visitor == REGULAR:
        order = Order.objects.filter(channel="web", status="collected").latest("pickup_at")
        Order.objects.filter(pk=order.pk).update(customer_email="ada@example.com")
        User.objects.get_or_create(username="ada", customer_email="ada@example.com")
        sign_in(client, User.objects.get(username="ada"))
    elif visitor == CUSTOMER:
        product = Product.objects.on_sale().earliest("pk")
        client.post("/basket/add/", {"product": product.pk, "quantity": "2"})
    return client


def sign_in(client: Client, user: User) -> None:
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
