"""Tests of what the suite assumes about its database."""

import datetime
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from cafe_site.orders.models import Order
from cafe_site.shop.models import OpeningHours
from tests.factories import ProductFactory, make_order, utc
from tests.table_copies import copy_tables, put_back

TEN = datetime.time(10)


def ask_server(sql: str) -> Any:
    """Return the one value that MariaDB answers; SQLite has no server."""
    if connection.vendor != "mysql":
        pytest.skip("only MariaDB has a server, with zone tables and a folder of its own")
    with connection.cursor() as cursor:
        cursor.execute(sql)
        [value] = cursor.fetchone()
    return value


@pytest.mark.django_db
def test_mariadb_knows_no_time_zone_and_the_suite_passes_all_the_same() -> None:
    # On RDS the zone tables may be empty, as here.
    converted = ask_server("SELECT CONVERT_TZ('2026-11-22 12:00:00', 'UTC', 'Europe/Berlin')")

    # A query that asks the database for a zone's time would get nothing, and say nothing.
    assert converted is None


@pytest.mark.django_db
def test_the_suites_server_shares_its_temporary_folder_with_no_other() -> None:
    folder = Path(ask_server("SELECT @@tmpdir"))

    # Any MariaDB that starts removes all temporary tables there, of whatever server they are; the
    # tests of the packages start five.
    assert folder != Path(tempfile.gettempdir())


@pytest.mark.django_db
def test_rows_that_are_put_back_are_those_that_were_copied() -> None:
    make_order(utc(2026, 11, 22, 11), {ProductFactory(): 2})
    OpeningHours.objects.create(weekday=0, opens_at=TEN, closes_at=datetime.time(18))
    copied = copy_tables()
    OpeningHours.objects.update(opens_at=datetime.time(9))
    Order.objects.update(note="changed")
    make_order(utc(2026, 11, 22, 12), {ProductFactory(): 1})

    put_back(copied)

    assert copy_tables() == copied
    assert Order.objects.get().note == ""
    assert OpeningHours.objects.get().opens_at == TEN
