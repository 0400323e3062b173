"""Calendar of the report history: one month of days, each with its report."""

import calendar
import datetime
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cafe_site.shop.money import Currency
from cafe_site.shop.periods import Period
from reports.models import Delivery, Report

TINTS = 5


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report with the figures of its payload."""

    report: Report
    is_closed: bool
    orders: int
    net_amount: Decimal
    currency: Currency

    @property
    def net(self) -> str:
        return self.currency.text(self.net_amount)

    @property
    def short_net(self) -> str:
        """Net sales in whole units, for narrow columns."""
        return f"{self.net_amount:,.0f}"

    @property
    def state(self) -> str:
        """State of its first delivery, which is retried until the report is delivered.

        Empty for a report without its own delivery.
        """
        deliveries = list(self.report.deliveries.all())
        return deliveries[0].state if deliveries else ""


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day of the month; `row` is its newest revision, `tint` 1 to 5 by net sales."""

    day: datetime.date
    row: ReportRow | None = None
    tint: int = 0

    @property
    def has_failed(self) -> bool:
        return self.row is not None and self.row.state == Delivery.State.FAILED


def row_of(report: Report) -> ReportRow:
    payload: Mapping[str, Any] = json.loads(report.payload)
    return ReportRow(
        report,
        payload["is_closed"],
        payload["totals"]["orders"],
        Decimal(payload["totals"]["net_amount"]),
        Currency(payload["currency"]),
    )


def rows_of_month(month: Period) -> list[ReportRow]:
    """Return the reports with a business day in a month, the newest first."""
    reports = (
        Report.objects.between(month.first, month.last)
        .select_related("told_in")
        .defer("text", "told_in__text", "told_in__payload")
        .prefetch_related("deliveries")
    )
    return [row_of(report) for report in reports]


def weeks_of_month(month: Period, rows: Iterable[ReportRow]) -> list[list[CalendarDay | None]]:
    """Return the month's weeks from Monday on; days of other months are None."""
    newest: dict[datetime.date, ReportRow] = {}
    for row in rows:
        # Rows are sorted by revision, the newest first.
        if row.report.kind == Report.Kind.DAILY:
            newest.setdefault(row.report.business_day, row)
    highest = max((row.net_amount for row in newest.values()), default=Decimal(0))
    weeks = calendar.Calendar().monthdatescalendar(month.first.year, month.first.month)
    return [
        [
            _calendar_day(day, newest.get(day), highest) if day.month == month.first.month else None
            for day in week
        ]
        for week in weeks
    ]


def _calendar_day(day: datetime.date, row: ReportRow | None, highest: Decimal) -> CalendarDay:
    if row is None or not row.net_amount or not highest:
        return CalendarDay(day, row)
    return CalendarDay(day, row, max(1, round(float(row.net_amount / highest) * TINTS)))
