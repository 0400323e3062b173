"""The report of a week or a month in words and as data. Pure."""

from reports.message import Message
from reports.payload import canonical_json, figures_of, plain_totals
from reports.period_report import PeriodReport
from reports.periods import Period, PeriodKind
from reports.sales import DaySales
from reports.sections import (
    change_clause,
    days_section,
    hours_section,
    join_sections,
    products_section,
    sales_section,
    unsold_section,
)
from reports.wording import MONTHS, count_of, long_day, paragraph, short_day, subject_of

SCHEMA = "cafe.period-report/1"


def render_period_message(
    report: PeriodReport, *, shop: str, revision: int | None, history_url: str
) -> Message:
    """Return a period's message. `revision` is None for figures that were not written down."""
    return Message(
        subject=_subject(report, shop=shop),
        text=_text(report, shop=shop, revision=revision, history_url=history_url),
        payload=_payload(report, shop=shop, revision=revision),
    )


def _subject(report: PeriodReport, *, shop: str) -> str:
    summary, totals = report.summary, report.summary.totals
    last = summary.period.last
    if summary.period.kind == PeriodKind.WEEKLY:
        when = f"week to {last.day} {MONTHS[last.month - 1][:3]} {last.year}"
    else:
        when = f"{MONTHS[last.month - 1]} {last.year}"
    money = f"{summary.currency.code} {summary.currency.plain(totals.net_amount)} net"
    outcome = f"{money}, {count_of(totals.orders, 'order')}" if totals.orders else "no orders"
    return subject_of(shop, f"{when}: {outcome}")


def _text(report: PeriodReport, *, shop: str, revision: int | None, history_url: str) -> str:
    summary = report.summary
    return join_sections(
        [
            f"{shop}\n{_title(summary.period)}",
            _headline(report),
            _sales(report),
            days_section(_days_there(report), summary.currency),
            products_section(summary),
            hours_section(summary),
            unsold_section(summary),
            _footer(report, revision=revision, history_url=history_url),
        ]
    )


def _title(period: Period) -> str:
    if period.kind == PeriodKind.WEEKLY:
        return f"Week of {short_day(period.first)}\nto {long_day(period.last)}"
    return f"{MONTHS[period.first.month - 1]} {period.first.year}"


def _headline(report: PeriodReport) -> str:
    summary, totals = report.summary, report.summary.totals
    if totals.orders:
        money = f"{summary.currency.code} {summary.currency.plain(totals.net_amount)}"
        text = f"{money} net from {count_of(totals.orders, 'order')}"
        if report.bases:
            base = report.bases[0]
            text += change_clause(totals.net_amount, base.figures, than=base.words)
        text += "."
    else:
        text = "There was no order."
    if report.began_on:
        text += f" The first order was on {short_day(report.began_on)}."
    days = _days_there(report)
    open_days = sum(not day.is_closed for day in days)
    return paragraph(f"{text} Open on {open_days} of {count_of(len(days), 'day')}.")


def _days_there(report: PeriodReport) -> list[DaySales]:
    """Return the period's days since the shop's first order: before it there was no shop."""
    return [
        day for day in report.summary.days if report.began_on is None or day.day >= report.began_on
    ]


def _sales(report: PeriodReport) -> str:
    if report.bases:
        on = ", and ".join(f"on {base.words}" for base in report.bases)
        legend = f"Change in percent: {on}."
    else:
        legend = "There is no whole period before it to compare with."
    return sales_section(
        report.summary.totals,
        report.summary.currency,
        legend=legend,
        bases=[base.figures for base in report.bases],
    )


def _footer(report: PeriodReport, *, revision: int | None, history_url: str) -> str:
    period = report.summary.period
    state = f"revision {revision}" if revision else "figures as they stand, not a sent report"
    what = f"{period.kind.capitalize()} report {period.first.isoformat()}"
    return f"{paragraph(f'{what} to {period.last.isoformat()}, {state}.')}\n{history_url}"


def _payload(report: PeriodReport, *, shop: str, revision: int | None) -> str:
    summary = report.summary
    return canonical_json(
        {
            "schema": SCHEMA,
            "kind": summary.period.kind,
            "business_day": summary.period.last,
            "first_day": summary.period.first,
            "last_day": summary.period.last,
            "revision": revision,
            "shop": shop,
            "currency": summary.currency.code,
            "is_closed": all(day.is_closed for day in summary.days),
            "comparison": [{"with": base.words, "figures": base.figures} for base in report.bases],
            "days": [
                {"day": day.day, "is_closed": day.is_closed, "totals": plain_totals(day.totals)}
                for day in summary.days
            ],
            **figures_of(summary),
        }
    )
