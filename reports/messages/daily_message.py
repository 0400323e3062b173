"""Subject and plain text of the daily report. Pure.

The text is laid out for phones: its lines have at most 40 columns, and each reads as label and
value even without a fixed-width font.
"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cafe_site.shop.dates import long_day, weekday_of
from cafe_site.shop.sentences import join_sentences
from cafe_site.tables.columns import wrap
from reports.content.facts import DailyReport
from reports.figures.comparison import Comparison
from reports.figures.sales import DailySummary
from reports.messages.baking_sections import baking_sections
from reports.messages.message import Message
from reports.messages.payload import render_payload
from reports.messages.sections import (
    ahead_section,
    change_clause,
    corrections_section,
    hours_section,
    join_sections,
    net_clause,
    products_section,
    sales_section,
    state_of,
    unsold_section,
)
from reports.messages.wording import DAYS, MONTHS, count_in_subject, paragraph, subject_of


def render_message(
    report: DailyReport, *, shop: str, revision: int | None, history_url: str
) -> Message:
    """Return a report's message. `revision` is None for figures that were not issued."""
    return Message(
        subject=render_subject(report.summary, shop=shop),
        text=render_text(report, shop=shop, revision=revision, history_url=history_url),
        payload=render_payload(report, shop=shop, revision=revision),
    )


def render_subject(summary: DailySummary, *, shop: str) -> str:
    """Return an ASCII subject under 100 characters, as SNS requires."""
    day = summary.day
    figures = f"{summary.currency.code} {summary.currency.plain(summary.totals.net_amount)} net"
    if summary.totals.orders:
        outcome = f"{figures}, {count_in_subject(summary.totals.orders, 'order')}"
    else:
        outcome = "closed" if summary.is_closed else "no orders"
    when = f"{DAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]} {day.year}"
    return subject_of(shop, f"{when}: {outcome}")


def render_text(report: DailyReport, *, shop: str, revision: int | None, history_url: str) -> str:
    summary = report.summary
    ahead = summary.ordered_ahead
    has_figures = bool(summary.totals.orders) or not summary.is_closed
    return join_sections(
        [
            f"{shop}\n{long_day(summary.day)}",
            _headline(report),
            _sales(report) if has_figures else "",
            products_section(summary),
            hours_section(summary),
            unsold_section(summary),
            ahead_section(ahead),
            *baking_sections(report.baking, currency=summary.currency),
            corrections_section(report.corrections),
            _footer(summary, revision=revision, history_url=history_url),
        ]
    )


def _headline(report: DailyReport) -> str:
    summary, totals = report.summary, report.summary.totals
    if summary.is_closed and not totals.orders:
        closed = _("The shop was closed and had no orders.")
        return paragraph(join_sentences(closed, summary.sentence))
    if not totals.orders:
        return paragraph(_("The shop was open but had no orders."))
    text = net_clause(summary)
    than = _("last %(weekday)s") % {"weekday": weekday_of(summary.day)}
    text += change_clause(totals.net_amount, report.comparison.last_week, than=than)
    if summary.is_closed:
        text += _(", although the shop was marked as closed")
    return paragraph(join_sentences(_("%(clause)s.") % {"clause": text}, summary.sentence))


def _sales(report: DailyReport) -> str:
    """Return the figures, each with its change from last week and from the mean."""
    summary, comparison = report.summary, report.comparison
    legend = _legend(comparison, weekday_of(summary.day))
    bases = [base for base in (comparison.last_week, comparison.mean) if base]
    return sales_section(summary.totals, summary.currency, legend=legend, bases=bases)


def _legend(comparison: Comparison, weekday: str) -> str:
    count = len(comparison.mean_days)
    if not count:
        return _("There is no earlier %(weekday)s to compare with.") % {"weekday": weekday}
    if comparison.last_week:
        words = ngettext(
            "Change in percent from last %(weekday)s, and from the mean of %(count)s %(weekday)s "
            "before.",
            "Change in percent from last %(weekday)s, and from the mean of %(count)s %(weekday)ss "
            "before.",
            count,
        )
    else:
        words = ngettext(
            "Change in percent from the mean of %(count)s %(weekday)s before.",
            "Change in percent from the mean of %(count)s %(weekday)ss before.",
            count,
        )
    return words % {"weekday": weekday, "count": count}


def _footer(summary: DailySummary, *, revision: int | None, history_url: str) -> str:
    hours = round((summary.end - summary.start).total_seconds() / 3600)
    lines = []
    if hours != 24:
        lines += wrap(
            ngettext(
                "The clocks were changed: this day had %(hours)s hour.",
                "The clocks were changed: this day had %(hours)s hours.",
                hours,
            )
            % {"hours": hours}
        )
    state = state_of(revision)
    lines += wrap(
        _("Daily report %(day)s, %(state)s.") % {"day": summary.day.isoformat(), "state": state}
    )
    return "\n".join([*lines, history_url])
