"""Builder of the daily report: a day's summary and its comparison."""

import datetime

from django.conf import settings
from django.utils.translation import override

from reports.baking.plans import baking_of
from reports.content.facts import DailyReport
from reports.figures.comparable_days import days_to_compare
from reports.figures.comparison import compare
from reports.figures.snapshot import snapshot
from reports.figures.summary import summarize_day, totals_of_days


def build_report(day: datetime.date) -> DailyReport:
    """Return a business day's report with the current figures, read in one snapshot."""
    with snapshot():
        summary = summarize_day(day)
        earlier = totals_of_days(days_to_compare(day))
        ahead = summary.ordered_ahead
        # A reader on the site may use another language than the report's recipients.
        with override(settings.REPORT_LANGUAGE):
            baking = baking_of(day, plan_day=ahead.business_day if ahead else None)
        return DailyReport(
            summary,
            compare(day, earlier, summary.currency),
            baking=None if baking.is_empty else baking,
        )
