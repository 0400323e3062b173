"""How many queries each page takes, on the demo's café: none takes more without being seen here."""

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.site_pages import MORNING, PAGES, client_of, fill_cafe, find_places

# For each page its visitor and its number of queries, those of session, user and groups among
# them. A page that needs another one gets its number here, and its reason in the commit.
QUERIES: dict[tuple[str, str], int] = {}


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
