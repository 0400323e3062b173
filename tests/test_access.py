"""Tests of who may open which page: every URL has a row."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from cafe_site.accounts.models import User
from cafe_site.menu.models import Product
from cafe_site.menu.photos import EncodedPhoto, store_photo
from cafe_site.shop.models import ContactDetails
from cafe_site.stock.models import DailyStock
from reports.delivery import issuing
from reports.models import Job
from reports.offloaded.requesting import request_job
from reports.offloaded.running import run_slice
from tests.factories import OptionGroupFactory, ProductFactory, UserFactory, make_order, utc

# A status for each of: anybody, signed in without a group, staff, owner. 302 for nobody means
# the sign-in. POST rows send an empty form, which no view may take.
PAGES = {
    "/": (200, 200, 200, 200),
    "/products/<slug:slug>/": (200, 200, 200, 200),
    "/photos/<photo:name>": (200, 200, 200, 200),
    "/basket/": (200, 200, 200, 200),
    "POST /basket/add/": (302, 302, 302, 302),
    "POST /basket/change/": (302, 302, 302, 302),
    "POST /basket/voucher/": (302, 302, 302, 302),
    "/checkout/": (302, 302, 302, 302),
    "/my-orders/": (200, 200, 200, 200),
    "/my-orders/<str:token>/": (410, 410, 410, 410),
    "POST /orders/<int:number>/<str:token>/again/": (302, 302, 302, 302),
    "/orders/<int:number>/<str:token>/": (200, 200, 200, 200),
    "/orders/<int:number>/<str:token>/state/": (200, 200, 200, 200),
    "POST /orders/<int:number>/<str:token>/cancel/": (302, 302, 302, 302),
    "/orders/<int:number>/<str:token>/pickup.ics": (200, 200, 200, 200),
    "/orders/<int:number>/<str:token>/pay/": (302, 302, 302, 302),
    "/orders/<int:number>/<str:token>/paid/": (302, 302, 302, 302),
    "POST /payments/stripe/": (404, 404, 404, 404),
    "/legal-notice/": (200, 200, 200, 200),
    "/sign-in/": (200, 302, 302, 302),
    "POST /sign-out/": (302, 302, 302, 302),
    "POST /language/": (302, 302, 302, 302),
    "/healthz": (200, 200, 200, 200),
    "/dashboard/": ("sign-in", 403, 302, 200),
    "/dashboard/orders/": ("sign-in", 403, 200, 200),
    "/dashboard/orders/tickets/": ("sign-in", 403, 200, 200),
    "POST /dashboard/orders/pause/": ("sign-in", 403, 302, 302),
    "/dashboard/stock/": ("sign-in", 403, 200, 200),
    "POST /dashboard/stock/<int:number>/": ("sign-in", 403, 302, 302),
    "/dashboard/orders/<int:number>/": ("sign-in", 403, 200, 200),
    "POST /dashboard/orders/<int:number>/status/": ("sign-in", 403, 302, 302),
    "POST /dashboard/orders/<int:number>/cancel/": ("sign-in", 403, 422, 422),
    "POST /dashboard/orders/<int:number>/refund/": ("sign-in", 403, 422, 422),
    "/dashboard/leftovers/": ("sign-in", 403, 200, 200),
    "/dashboard/bake-plan/": ("sign-in", 403, 403, 200),
    "POST /dashboard/bake-plan/accept/": ("sign-in", 403, 403, 302),
    "POST /dashboard/bake-plan/outliers/<int:number>/": ("sign-in", 403, 403, 302),
    "/dashboard/bake-plan/sheet/": ("sign-in", 403, 200, 200),
    "/dashboard/patterns/": ("sign-in", 403, 403, 200),
    "/dashboard/patterns/<slug:page>/": ("sign-in", 403, 403, 200),
    "/dashboard/patterns/<slug:slug>.csv": ("sign-in", 403, 403, 200),
    "/dashboard/patterns/<slug:slug>.xlsx": ("sign-in", 403, 403, 200),
    "/dashboard/exports/": ("sign-in", 403, 403, 200),
    "POST /dashboard/exports/add/": ("sign-in", 403, 403, 422),
    "/dashboard/exports/<int:number>/": ("sign-in", 403, 403, 200),
    "POST /dashboard/exports/<int:number>/cancel/": ("sign-in", 403, 403, 302),
    "POST /dashboard/exports/<int:number>/retry/": ("sign-in", 403, 403, 302),
    "/dashboard/exports/<int:number>/file/": ("sign-in", 403, 403, 200),
    "/dashboard/reports/": ("sign-in", 403, 403, 200),
    "/dashboard/reports/recipients/": ("sign-in", 403, 403, 200),
    "POST /dashboard/reports/recipients/add/": ("sign-in", 403, 403, 422),
    "POST /dashboard/reports/recipients/confirm/": ("sign-in", 403, 403, 422),
    "POST /dashboard/reports/recipients/change/": ("sign-in", 403, 403, 302),
    "POST /dashboard/reports/recipients/remove/": ("sign-in", 403, 403, 302),
    "/dashboard/reports/<int:number>/": ("sign-in", 403, 403, 200),
    "POST /dashboard/reports/<int:number>/send-again/": ("sign-in", 403, 403, 302),
    "/dashboard/reports/<int:number>/report.txt": ("sign-in", 403, 403, 200),
    "/dashboard/reports/<int:number>/report.json": ("sign-in", 403, 403, 200),
    "/dashboard/reports/<int:number>/report.csv": ("sign-in", 403, 403, 200),
}
ADMIN_PAGES = {
    "/admin/": ("sign-in", 403, 200, 200),
    "/admin/menu/product/": ("sign-in", 403, 200, 200),
    "/admin/menu/product/add/": ("sign-in", 403, 200, 200),
    "/admin/menu/optiongroup/<int:group>/change/": ("sign-in", 403, 200, 200),
    "/admin/menu/optiongroup/add/": ("sign-in", 403, 403, 403),
    "/admin/menu/category/": ("sign-in", 403, 200, 200),
    "/admin/shop/openinghours/": ("sign-in", 403, 403, 200),
    "/admin/shop/contactdetails/1/change/": ("sign-in", 403, 403, 200),
    "/admin/shop/specialday/add/": ("sign-in", 403, 403, 200),
    "/admin/orders/voucher/": ("sign-in", 403, 403, 200),
    "/admin/accounts/user/": ("sign-in", 403, 403, 200),
    "/admin/accounts/user/add/": ("sign-in", 403, 403, 200),
}

PHOTO = f"{'0' * 32}-320.avif"


def addresses(resolver: URLResolver, prefix: str = "/") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        elif not route.startswith("/admin/"):
            yield from addresses(pattern, route)


def test_every_address_has_its_row() -> None:
    listed = {row.removeprefix("POST ") for row in PAGES}

    assert set(addresses(get_resolver())) == listed


@dataclass
class Rows:
    """Something behind each address."""

    product: Product
    number: int
    token: str
    report: int
    stock: int
    group: int
    job: int

    def fill(self, route: str) -> str:
        number = self.number
        if "/reports/" in route:
            number = self.report
        elif "/stock/" in route:
            number = self.stock
        elif "/exports/" in route:
            number = self.job
        if "/patterns/" in route:
            return route.replace("<slug:page>", "products").replace("<slug:slug>", "hours")
        return (
            route.replace("<slug:slug>", self.product.slug)
            .replace("<int:number>", str(number))
            .replace("<str:token>", self.token)
            .replace("<photo:name>", PHOTO)
            .replace("<int:group>", str(self.group))
        )


@pytest.fixture
def rows(opening_hours: None, settings: Any) -> Rows:
    # The recipients are then in the database, and no page asks SNS.
    settings.REPORT_CHANNEL = "email"
    ContactDetails.objects.create(legal_notice="Ada Lovelace")
    product = ProductFactory()
    order = make_order(utc(2026, 11, 22, 9), {product: 1})
    report = issuing.issue_report(order.business_day)
    stock = DailyStock.objects.create(product=product, business_day=order.business_day)
    store_photo(EncodedPhoto("0" * 32, {PHOTO: b"a photo"}))
    group = OptionGroupFactory(product=product)
    day = order.business_day
    noon = utc(2026, 11, 22, 12)
    job = request_job(Job.Kind.EXPORT, first=day, last=day, by=None, now=noon)
    run_slice(job.pk, until=1e12)
    return Rows(product, order.pk, order.token, report.pk, stock.pk, group.pk, job.pk)


@pytest.mark.parametrize("role", ["nobody", "visitor", "staff", "owner"])
@pytest.mark.parametrize("row", [*PAGES, *ADMIN_PAGES])
def test_each_page_opens_for_its_roles(
    row: str,
    role: str,
    rows: Rows,
    client: Client,
    owner: User,
    staff_member: User,
    sign_in: Callable[[User], Client],
) -> None:
    users = {"visitor": UserFactory(), "staff": staff_member, "owner": owner}
    if role in users:
        sign_in(users[role])
    expected = (PAGES | ADMIN_PAGES)[row][["nobody", "visitor", "staff", "owner"].index(role)]

    send = client.post if row.startswith("POST ") else client.get
    answer = send(rows.fill(row.removeprefix("POST ")))
    if answer.get("Location", "").startswith("/admin/login/"):
        answer = client.get(answer["Location"])

    if expected == "sign-in":
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/?next=")
    else:
        assert answer.status_code == expected


@pytest.mark.parametrize("row", [row for row in PAGES if not row.startswith("POST ")])
def test_every_page_has_a_strict_policy(
    row: str, rows: Rows, owner: User, sign_in: Callable[[User], Client]
) -> None:
    answer = sign_in(owner).get(rows.fill(row))

    assert set(answer["Content-Security-Policy"].split("; ")) == {
        "default-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    }
    assert (answer["X-Content-Type-Options"], answer["Referrer-Policy"]) == (
        "nosniff",
        "same-origin",
    )
    if row.startswith("/dashboard/"):
        # Nobody who uses the machine afterwards finds it by going back.
        assert "no-store" in answer["Cache-Control"]


# What comes from no form of ours, and is known by its signature.
SIGNED = {"POST /payments/stripe/"}


@pytest.mark.parametrize(
    "row", [row for row in PAGES if row.startswith("POST ") and row not in SIGNED]
)
def test_a_write_wants_a_token_and_is_never_a_link(row: str, rows: Rows, owner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    address = rows.fill(row.removeprefix("POST "))

    assert client.post(address).status_code == 403
    assert client.get(address).status_code == 405
