"""A daily report in words: subject and plain text. Pure.

The text is written for a telephone: no line of its own is wider than 40 columns, and each still
reads as label and value where the mail program shows no fixed-width letters.
"""

from dataclasses import dataclass
from textwrap import wrap

from cafe_site.shop.business_day import DAY
from reports.daily import DailyReport
from reports.payload import render_payload
from reports.sales import DailySummary
from reports.sections import (
    ahead_section,
    change_clause,
    corrections_section,
    hours_section,
    join_sections,
    products_section,
    sales_section,
    unsold_section,
)
from reports.wording import (
    DAYS,
    MONTHS,
    WIDTH,
    count_of,
    long_day,
    paragraph,
    subject_of,
)


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: the subject is ASCII, the payload canonical JSON."""

    subject: str
    text: str
    payload: str


def render_message(
    report: DailyReport, *, shop: str, revision: int | None, history_url: str
) -> Message:
    """Return a report's message. `revision` is None for figures that were not written down."""
    return Message(
        subject=render_subject(report.summary, shop=shop),
        text=render_text(report, shop=shop, revision=revision, history_url=history_url),
        payload=render_payload(report, shop=shop, revision=revision),
    )


def render_subject(summary: DailySummary, *, shop: str) -> str:
    """Return an ASCII subject under 100 characters: SNS refuses any other."""
    day = summary.day
    figures = f"{summary.currency.code} {summary.currency.plain(summary.totals.net_amount)} net"
    if summary.totals.orders:
        outcome = f"{figures}, {count_of(summary.totals.orders, 'order')}"
    else:
        outcome = "closed" if summary.is_closed else "no orders"
    when = f"{DAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]} {day.year}"
    return subject_of(shop, f"{when}: {outcome}")


def render_text(report: DailyReport, *, shop: str, revision: int | None, history_url: str) -> str:
    summary = report.summary
    ahead = summary.ordered_ahead
    is_tomorrow = ahead is not None and ahead.business_day == summary.day + DAY
    has_figures = bool(summary.totals.orders) or not summary.is_closed
    return join_sections(
        [
            f"{shop}\n{long_day(summary.day)}",
            _headline(report),
            _sales(report) if has_figures else "",
            products_section(summary),
            hours_section(summary),
            unsold_section(summary),
            ahead_section(ahead, is_tomorrow=is_tomorrow),
            corrections_section(report.corrections),
            _footer(summary, revision=revision, history_url=history_url),
        ]
    )


def _headline(report: DailyReport) -> str:
    summary, totals = report.summary, report.summary.totals
    if summary.is_closed and not totals.orders:
        return paragraph(f"The shop was closed, and there was no order. {summary.sentence}")
    if not totals.orders:
        return paragraph("The shop was open, and there was no order.")
    money = f"{summary.currency.code} {summary.currency.plain(totals.net_amount)}"
    text = f"{money} net from {count_of(totals.orders, 'order')}"
    than = f"last {DAYS[summary.day.weekday()]}"
    text += change_clause(totals.net_amount, report.comparison.last_week, than=than)
    if summary.is_closed:
        text += ", although the shop was marked as closed"
    return paragraph(f"{text}. {summary.sentence}")


def _sales(report: DailyReport) -> str:
    """Return the figures, each with its change on last week and on the mean."""
    summary, comparison = report.summary, report.comparison
    weekday = DAYS[summary.day.weekday()]
    if comparison.mean_days:
        mean = f"on the mean of {count_of(len(comparison.mean_days), weekday)} before"
        last = f"on last {weekday}, and " if comparison.last_week else ""
        legend = f"Change in percent: {last}{mean}."
    else:
        legend = f"There is no earlier {weekday} to compare with."
    bases = [base for base in (comparison.last_week, comparison.mean) if base]
    return sales_section(summary.totals, summary.currency, legend=legend, bases=bases)


def _footer(summary: DailySummary, *, revision: int | None, history_url: str) -> str:
    hours = round((summary.end - summary.start).total_seconds() / 3600)
    lines = []
    if hours != 24:
        lines += wrap(f"The clocks were changed: this day had {hours} hours.", WIDTH)
    state = f"revision {revision}" if revision else "figures as they stand, not a sent report"
    lines += wrap(f"Daily report {summary.day.isoformat()}, {state}.", WIDTH)
    return "\n".join([*lines, history_url])
