"""Tests of two simultaneous counts on MariaDB: no customer counts as new twice."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection, connections

from reports.figures.summary import totals_of_days
from reports.models import CustomerRollup, DayRollup
from reports.patterns import rollups
from reports.patterns.rollups import rebuild_days
from tests.factories import make_order
from tests.fixtures.shop import SATURDAY, SUNDAY, Shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def needs_mariadb() -> None:
    if connection.vendor != "mysql":
        pytest.skip("SQLite lets one writer in at a time: there is nothing to compete for")


def side_by_side(*works: Callable[[], None]) -> list[str]:
    """Run each in a thread of its own; return the names of what they raised."""
    raised: list[str] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except OperationalError as error:
            raised.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_a_customer_is_new_once_whoever_counts_which_day(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in (SATURDAY, SUNDAY):
        make_order(shop.at(day, 9), {shop.coffee: 1})
    both_written = threading.Barrier(2)
    mark = rollups.mark_first_days

    def mark_together(keys: list[int]) -> None:
        # Each has written its day, and neither has committed.
        both_written.wait(10)
        mark(keys)

    monkeypatch.setattr(rollups, "mark_first_days", mark_together)

    raised = side_by_side(lambda: rebuild_days([SATURDAY]), lambda: rebuild_days([SUNDAY]))

    monkeypatch.undo()
    # Who was sent away for the other's sake comes again with the next run.
    rebuild_days([day for day in (SATURDAY, SUNDAY) if not is_counted(day)])
    assert raised in ([], ["OperationalError"])
    firsts = CustomerRollup.objects.order_by("business_day").values_list("is_first", flat=True)
    assert list(firsts) == [True, False]


def test_who_marks_while_another_has_not_committed_sees_its_days(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in (SATURDAY, SUNDAY):
        make_order(shop.at(day, 9), {shop.coffee: 1})
    has_marked, mark = threading.Event(), rollups.mark_first_days

    def mark_and_linger(keys: list[int]) -> None:
        mark(keys)
        has_marked.set()
        time.sleep(0.5)

    def count_saturday() -> None:
        rebuild_days([SATURDAY])

    def count_sunday() -> None:
        has_marked.wait(10)
        rebuild_days([SUNDAY])

    monkeypatch.setattr(rollups, "mark_first_days", mark_and_linger)

    raised = side_by_side(count_saturday, count_sunday)

    assert raised == []
    firsts = CustomerRollup.objects.order_by("business_day").values_list("is_first", flat=True)
    assert list(firsts) == [True, False]


def is_counted(day: object) -> bool:
    return DayRollup.objects.filter(business_day=day).exists()


def test_two_at_the_same_days_leave_them_whole(shop: Shop) -> None:
    for day in (SATURDAY, SUNDAY):
        shop.sell_an_ordinary_sunday(day)

    side_by_side(*[lambda: rebuild_days([SATURDAY, SUNDAY])] * 3)

    totals = totals_of_days([SATURDAY, SUNDAY])
    for day in (SATURDAY, SUNDAY):
        assert DayRollup.objects.get(business_day=day).net_amount == totals[day].net_amount
    assert CustomerRollup.objects.filter(is_first=True).count() == 1
