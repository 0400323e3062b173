"""The daily report: a day's summary beside what it is compared with."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import override

from reports.baking.facts import Baking
from reports.baking.plans import baking_of
from reports.corrections import Correction
from reports.figures.comparable_days import days_to_compare
from reports.figures.comparison import Comparison, compare
from reports.figures.sales import DailySummary
from reports.figures.snapshot import snapshot
from reports.figures.summary import summarize_day, totals_of_days


@dataclass(frozen=True, slots=True)
class DailyReport:
    summary: DailySummary
    comparison: Comparison
    # What has changed of earlier days since they were reported.
    corrections: tuple[Correction, ...] = ()
    # How the day's baking went, and what to bake next; None where nobody plans.
    baking: Baking | None = None


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
