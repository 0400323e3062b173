"""Text and payload of the weekly and monthly report. Pure."""

from django.utils.translation import gettext as _

from cafe_site.shop.dates import long_day, month_of, short_day
from cafe_site.shop.periods import Period, PeriodKind
from cafe_site.shop.sentences import join_sentences
from reports.content.facts import PeriodReport
from reports.figures.sales import DaySales
from reports.messages.message import Message
from reports.messages.payload import canonical_json, plain_totals, sales_payload
from reports.messages.sections import (
    change_clause,
    days_section,
    hours_section,
    join_sections,
    net_clause,
    products_section,
    sales_section,
    state_of,
    unsold_section,
)
from reports.messages.wording import MONTHS, count_in_subject, days_of, paragraph, subject_of

SCHEMA = "cafe.period-report/1"


def render_period_message(
    report: PeriodReport, *, shop: str, revision: int | None, history_url: str
) -> Message:
    """Return a period's message. `revision` is None for figures that were not issued."""
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
    outcome = (
        f"{money}, {count_in_subject(totals.orders, 'order')}" if totals.orders else "no orders"
    )
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
        return _("Week of %(first)s\nto %(last)s") % {
            "first": short_day(period.first),
            "last": long_day(period.last),
        }
    return month_of(period.first)


def _headline(report: PeriodReport) -> str:
    totals = report.summary.totals
    if totals.orders:
        text = net_clause(report.summary)
        if report.bases:
            base = report.bases[0]
            text += change_clause(totals.net_amount, base.values, than=base.words)
        text = _("%(clause)s.") % {"clause": text}
    else:
        text = _("There were no orders.")
    began = ""
    if report.began_on:
        began = _("The first order was on %(day)s.") % {"day": short_day(report.began_on)}
    days = _days_there(report)
    opened = _("Open on %(count)s of %(days)s.") % {
        "count": sum(not day.is_closed for day in days),
        "days": days_of(len(days)),
    }
    return paragraph(join_sentences(text, began, opened))


def _days_there(report: PeriodReport) -> list[DaySales]:
    """Return the period's days from the shop's first order on."""
    return [
        day for day in report.summary.days if report.began_on is None or day.day >= report.began_on
    ]


def _sales(report: PeriodReport) -> str:
    words = [base.words for base in report.bases]
    if len(words) > 1:
        legend = _("Change in percent from %(one)s, and from %(other)s.") % {
            "one": words[0],
            "other": words[1],
        }
    elif words:
        legend = _("Change in percent from %(one)s.") % {"one": words[0]}
    else:
        legend = _("There is no complete earlier period to compare with.")
    return sales_section(
        report.summary.totals,
        report.summary.currency,
        legend=legend,
        bases=[base.values for base in report.bases],
    )


def _footer(report: PeriodReport, *, revision: int | None, history_url: str) -> str:
    period = report.summary.period
    if period.kind == PeriodKind.WEEKLY:
        words = _("Weekly report %(first)s to %(last)s, %(state)s.")
    else:
        words = _("Monthly report %(first)s to %(last)s, %(state)s.")
    what = words % {
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "state": state_of(revision),
    }
    return f"{paragraph(what)}\n{history_url}"


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
            "comparison": [{"with": base.words, "figures": base.values} for base in report.bases],
            "days": [
                {"day": day.day, "is_closed": day.is_closed, "totals": plain_totals(day.totals)}
                for day in summary.days
            ],
            **sales_payload(summary),
        }
    )
