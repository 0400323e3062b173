"""The daily report: a day's summary beside what it is compared with."""

import datetime
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import override

from cafe_site.shop.opening import opening_days
from cafe_site.shop.opening_day import OpeningDay
from reports.baking import Baking, baking_of
from reports.comparison import WEEK, WEEKS, Comparison, compare, earlier_days
from reports.corrections import Correction
from reports.sales import DailySummary
from reports.summary import first_business_day, summarize_day, totals_of_days


@dataclass(frozen=True, slots=True)
class DailyReport:
    summary: DailySummary
    comparison: Comparison
    # What has changed of earlier days since they were reported.
    corrections: tuple[Correction, ...] = ()
    # How the day's baking went, and what to bake next; None where nobody plans.
    baking: Baking | None = None


@contextmanager
def snapshot() -> Iterator[None]:
    """Run a transaction in which every query sees the same state of the database.

    Django opens MariaDB's transactions as READ COMMITTED, where two queries may see two states
    and a report's parts would not add up. SQLite's transactions are serializable. Inside another
    transaction its level stands, for it can no longer be changed.
    """
    if connection.vendor == "mysql" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    with transaction.atomic():
        yield


def build_report(day: datetime.date) -> DailyReport:
    """Return a business day's report as the figures stand now, read in one snapshot."""
    with snapshot():
        summary = summarize_day(day)
        earlier = totals_of_days(days_to_compare(day))
        ahead = summary.ordered_ahead
        # Whoever looks at a report on the site may read another language than its readers.
        with override(settings.REPORT_LANGUAGE):
            baking = baking_of(day, plan_day=ahead.business_day if ahead else None)
        return DailyReport(
            summary,
            compare(day, earlier, summary.currency),
            baking=None if baking.is_empty else baking,
        )


def days_to_compare(day: datetime.date, *, weeks: int = WEEKS) -> list[datetime.date]:
    """Return which of the same weekdays before count: the shop was there, and was open."""
    return open_days_before(day, opening_days(day - WEEK * weeks, 7 * weeks), weeks=weeks)


def open_days_before(
    day: datetime.date, openings: Iterable[OpeningDay], *, weeks: int
) -> list[datetime.date]:
    """Return the same, of openings that were read already."""
    first = first_business_day()
    if first is None:
        return []
    is_open = {
        opening.day for opening in openings if not opening.is_closed and opening.day >= first
    }
    return [other for other in earlier_days(day, weeks=weeks) if other in is_open]
