"""Revisions: days that changed after their report (a refund, a cancellation, a late till file).

The sent report is never changed. The new figures become a revision without an e-mail of its own;
the next report mentions it.
"""

import datetime
import json

from cafe_site.shop.business_day import DAY
from reports.content.corrections import Correction, changes_between
from reports.figures.summary import totals_of_days
from reports.messages.payload import plain_totals
from reports.models import Report

# How far back changes are detected: a year, plus a month for closing the books.
DAYS_WATCHED = 400
# Limit of revisions per report, because each takes some of the function's time. After the import
# of a year, the others follow with the next reports.
MOST_REVISIONS = 60


def newest_revisions(first: datetime.date, last: datetime.date) -> dict[datetime.date, Report]:
    """Return the newest revision of each reported day from `first` to `last`."""
    reports = Report.objects.daily().between(first, last).order_by("business_day", "revision")
    return {report.business_day: report for report in reports.defer("text")}


def find_corrections(before: datetime.date) -> list[Correction]:
    """Return reported days whose totals have changed, oldest first; the newest 60.

    Takes three queries for any number of days.
    """
    reported = newest_revisions(before - DAY * DAYS_WATCHED, before - DAY)
    totals = totals_of_days(reported)
    corrections = []
    for day, report in reported.items():
        reported = json.loads(report.payload)["totals"]
        if changes := changes_between(reported, plain_totals(totals[day])):
            corrections.append(Correction(day, report.revision + 1, changes))
    return corrections[-MOST_REVISIONS:]
