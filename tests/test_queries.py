"""Tests of the number of queries of each page, on the demo's café."""

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.site_pages import (
    CUSTOMER,
    MORNING,
    OWNER,
    PAGES,
    REGULAR,
    STAFF_MEMBER,
    STRANGER,
    client_of,
    fill_cafe,
    find_places,
)

# For each page its visitor and its number of queries, those of session, user and groups among
# them; two are what a customers' page says of the shop at its foot. A page that needs another one
# gets its number here, and its reason in the commit.
QUERIES = {
    (STRANGER, "/"): 11,
    (STRANGER, "/basket/"): 2,
    (STRANGER, "/my-orders/"): 2,
    (STRANGER, "/my-orders/a-link-that-was-used/"): 2,
    (STRANGER, "/legal-notice/"): 3,
    (STRANGER, "/sign-in/"): 2,
    (STRANGER, "/no-such-page/"): 0,
    (CUSTOMER, "/"): 12,
    (CUSTOMER, "/products/{product}/"): 11,
    (CUSTOMER, "/products/{with_options}/"): 12,
    (CUSTOMER, "/basket/"): 7,
    (CUSTOMER, "/checkout/"): 14,
    (CUSTOMER, "/orders/{order}/{token}/"): 11,
    (REGULAR, "/my-orders/"): 8,
    (STAFF_MEMBER, "/dashboard/orders/"): 9,
    (STAFF_MEMBER, "/dashboard/reports/"): 3,
    (OWNER, "/dashboard/"): 31,
    (OWNER, "/dashboard/orders/"): 9,
    (OWNER, "/dashboard/orders/?day={empty_day}"): 8,
    (OWNER, "/dashboard/orders/{order}/"): 6,
    (OWNER, "/dashboard/stock/"): 6,
    (OWNER, "/dashboard/bake-plan/"): 23,
    (OWNER, "/dashboard/bake-plan/?day={empty_day}"): 19,
    (OWNER, "/dashboard/bake-plan/sheet/"): 16,
    (OWNER, "/dashboard/leftovers/?day={day}"): 5,
    (OWNER, "/dashboard/leftovers/?day={empty_day}"): 5,
    (OWNER, "/dashboard/exports/"): 6,
    (OWNER, "/dashboard/patterns/"): 20,
    (OWNER, "/dashboard/patterns/times/?measure=net&period=7"): 19,
    (OWNER, "/dashboard/patterns/products/"): 15,
    (OWNER, "/dashboard/patterns/baking/"): 12,
    (OWNER, "/dashboard/patterns/customers/"): 12,
    (OWNER, "/dashboard/patterns/comparison/?period=7"): 15,
    (OWNER, "/dashboard/patterns/products/?first=2020-01-01&last=2020-01-31"): 14,
    (OWNER, "/dashboard/reports/"): 8,
    (OWNER, "/dashboard/reports/?month=2020-01"): 7,
    (OWNER, "/dashboard/reports/{report}/"): 37,
    (OWNER, "/dashboard/reports/{digest}/"): 7,
    (OWNER, "/dashboard/reports/recipients/"): 8,
}


@pytest.mark.xdist_group("queries")
@pytest.mark.django_db
def test_every_page_takes_as_many_queries_as_it_may(settings: Any) -> None:
    settings.REPORT_CHANNEL = "email"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    counted: dict[tuple[str, str], int] = {}
    with time_machine.travel(MORNING, tick=False):
        fill_cafe(MORNING)
        places = find_places()
        for listed in PAGES:
            client, address = client_of(listed.visitor), listed.address.format(**places)
            # The first look may leave something behind, such as a day's stock.
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counted[listed.visitor, listed.address] = len(queries)

    assert counted == QUERIES
