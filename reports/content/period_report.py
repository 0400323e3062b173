"""Builder of the weekly and monthly report: a period's figures and those of earlier periods."""

import datetime
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from cafe_site.shop.dates import month_of
from cafe_site.shop.periods import Period, PeriodKind, period_before, year_before
from reports.content.facts import Base, PeriodReport
from reports.figures.comparison import Value, mean_of, values_of
from reports.figures.sales import PeriodSummary
from reports.figures.snapshot import snapshot
from reports.figures.summary import add_totals, first_business_day, summarize_period, totals_of_days

WEEKS_IN_MEAN = 4


def build_period_report(period: Period) -> PeriodReport:
    """Return a period's report with the current figures, read in one snapshot."""
    # The names of the compared periods are translated here.
    with snapshot(), override(settings.REPORT_LANGUAGE):
        first = first_business_day()
        summary = summarize_period(period)
        return PeriodReport(
            summary,
            _bases_of(period, summary, first) if first else (),
            first if first and period.first < first <= period.last else None,
        )


def _bases_of(period: Period, summary: PeriodSummary, first: datetime.date) -> tuple[Base, ...]:
    if period.kind == PeriodKind.WEEKLY:
        return _weeks_before(period, summary, first)
    months = [period_before(period), year_before(period)]
    return tuple(
        Base(month_of(month.first), _values_of([month], summary))
        for month in months
        if month.first >= first
    )


def _weeks_before(week: Period, summary: PeriodSummary, first: datetime.date) -> tuple[Base, ...]:
    weeks = []
    for _back in range(WEEKS_IN_MEAN):
        week = period_before(week)
        if week.first >= first:
            weeks.append(week)
    if not weeks:
        return ()
    bases = [Base(_("the week before"), _values_of(weeks[:1], summary))]
    if len(weeks) > 1:
        words = ngettext(
            "the mean of %(count)s week before", "the mean of %(count)s weeks before", len(weeks)
        ) % {"count": len(weeks)}
        bases.append(Base(words, _values_of(weeks, summary)))
    return tuple(bases)


def _values_of(periods: Sequence[Period], summary: PeriodSummary) -> Mapping[str, Value]:
    """Return the figures of a period, or the means of several periods."""
    currency = summary.currency
    totals = totals_of_days(day for period in periods for day in period.days)
    each = [add_totals([totals[day] for day in period.days], currency) for period in periods]
    return values_of(each[0]) if len(each) == 1 else mean_of(each, currency)
