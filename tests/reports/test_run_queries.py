"""Tests of the number of queries of a scheduled run."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cafe_site.shop.models import SpecialDay, SpecialHours
from reports import due
from reports.baking.planning import coming_days
from reports.metrics import emit_run
from tests.fixtures.bakery import CLOSED, DAY, TUESDAY
from tests.fixtures.shop import SUNDAY, Shop


def queries_of_run(now: datetime.datetime) -> list[str]:
    """Run what the schedule runs; its entry parts from the test's connection, so not by that."""
    with CaptureQueriesContext(connection) as captured:
        result = due.run_due_reports(now=now, publisher=None)
        emit_run(result, now=now)
    return [query["sql"] for query in captured.captured_queries]


def test_a_run_with_nothing_due_asks_each_thing_once(bakery: Shop) -> None:
    queries_of_run(CLOSED)

    queries = queries_of_run(CLOSED)

    first_days = [sql for sql in queries if "orders_order" in sql and "LIMIT 1" in sql]
    assert len(first_days) == 1
    # The first business day; the attempt to plan, and scores that are missing; reports and periods
    # that are due; waiting periods (2) and deliveries; rollups (5); what the alarms need (2).
    assert len(queries) == 15


def test_an_evening_takes_no_more_queries_than_it_may(bakery: Shop) -> None:
    queries_of_run(CLOSED)

    queries = queries_of_run(CLOSED + DAY)

    # Savepoints and the level of isolation among them, which differ by database.
    assert len(queries) <= 115


@pytest.mark.parametrize("special_days", [1, 5])
def test_the_usual_pickups_are_read_once_for_all_special_days(
    bakery: Shop, special_days: int, django_assert_num_queries: Any
) -> None:
    for ahead in range(special_days):
        special = SpecialDay.objects.create(day=TUESDAY + ahead * DAY)
        SpecialHours.objects.create(
            special_day=special, opens_at=datetime.time(9), closes_at=datetime.time(10, 30)
        )

    # The hours, the cut-offs, the special days with their hours, and the pickups.
    with django_assert_num_queries(5):
        found = coming_days(SUNDAY)

    assert sum(day.share < 1 for _opening, day in found) == special_days
