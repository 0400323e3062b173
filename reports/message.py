"""A daily report in words: subject and plain text. Pure.

The text is written for a telephone: no line of its own is wider than 40 columns, and each still
reads as label and value where the mail program shows no fixed-width letters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from textwrap import wrap

from cafe_site.shop.money import Currency
from reports.comparison import COUNT_FIGURES, FIGURES, Figure, change
from reports.corrections import Correction, told_one_by_one
from reports.daily import DailyReport
from reports.payload import render_payload
from reports.summary import DailySummary, OrderedAhead
from reports.wording import (
    DAYS,
    MONTHS,
    SUBJECT_LIMIT,
    WIDTH,
    ascii_of,
    count_of,
    long_day,
    paragraph,
    row,
    short_day,
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
    end = f"{DAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]} {day.year}: {outcome}"
    name = ascii_of(shop)
    return f"{name[: SUBJECT_LIMIT - len(end) - 2]}, {end}" if name else end


def render_text(report: DailyReport, *, shop: str, revision: int | None, history_url: str) -> str:
    summary = report.summary
    sections = [f"{shop}\n{long_day(summary.day)}", _headline(report)]
    if summary.totals.orders or not summary.is_closed:
        sections.append(_sales(report))
    if summary.products:
        sections += [_products(summary), _hours(summary)]
    sections.append(_unsold(summary))
    sections.append(ahead_section(summary.ordered_ahead, summary))
    sections.append(corrections_section(report.corrections))
    sections.append(_footer(summary, revision=revision, history_url=history_url))
    return "\n\n".join(section for section in sections if section) + "\n"


def _headline(report: DailyReport) -> str:
    summary, totals = report.summary, report.summary.totals
    if summary.is_closed and not totals.orders:
        return paragraph(f"The shop was closed, and there was no order. {summary.sentence}")
    if not totals.orders:
        return paragraph("The shop was open, and there was no order.")
    money = f"{summary.currency.code} {summary.currency.plain(totals.net_amount)}"
    text = f"{money} net from {count_of(totals.orders, 'order')}"
    base = report.comparison.last_week
    share = change(totals.net_amount, base["net_amount"]) if base else None
    if share is not None:
        percent = abs(_percent(share))
        direction = "more" if share > 0 else "less"
        than = f"last {DAYS[summary.day.weekday()]}"
        text += f", {percent}% {direction} than {than}" if percent else f", as much as {than}"
    if summary.is_closed:
        text += ", although the shop was marked as closed"
    return paragraph(f"{text}. {summary.sentence}")


def _sales(report: DailyReport) -> str:
    """Return the eight figures, each with its change on last week and on the mean."""
    summary, comparison = report.summary, report.comparison
    weekday = DAYS[summary.day.weekday()]
    if comparison.mean_days:
        mean = f"on the mean of {count_of(len(comparison.mean_days), weekday)} before"
        last = f"on last {weekday}, and " if comparison.last_week else ""
        legend = f"Change in percent: {last}{mean}."
    else:
        legend = f"There is no earlier {weekday} to compare with."
    lines = [f"SALES in {summary.currency.code}, without tax", *wrap(legend, WIDTH)]
    for name, label in FIGURES.items():
        value = getattr(summary.totals, name)
        columns = [
            f"{_change(value, base[name]):>6}"
            for base in (comparison.last_week, comparison.mean)
            if base
        ]
        lines.append(f"{label:<19}{_figure(name, value, summary.currency):>9}{''.join(columns)}")
    return "\n".join(lines)


def _figure(name: str, value: Figure, currency: Currency) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if name in COUNT_FIGURES else currency.plain(Decimal(value))


def _change(value: Figure, base: Figure) -> str:
    """Return a change as +7%, or = for none, new for something after nothing, - for neither."""
    if value is None or base is None:
        return "-"
    share = change(value, base)
    if share is None:
        return "new" if value else "="
    percent = _percent(share)
    return f"{percent:+}%" if percent else "="


def _percent(share: Decimal) -> int:
    return int((share * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _products(summary: DailySummary) -> str:
    lines = ["SOLD, with net sales"]
    for category in summary.categories:
        lines += ["", *wrap(f"{category.name}: {count_of(category.quantity, 'item')}", WIDTH)]
        rows = [
            (product.quantity, product.name, product.net_amount)
            for product in summary.products
            if product.category == category.name
        ]
        for quantity, name, amount in rows:
            lines += row(f"{quantity:>4} {name}", summary.currency.plain(amount))
        lines += row("     in all", summary.currency.plain(category.net_amount))
    return "\n".join(lines)


def _hours(summary: DailySummary) -> str:
    lines = ["BY HOUR of pickup, with net sales"]
    for hour in summary.hours:
        label = f"{hour.hour:02}:00  {count_of(hour.orders, 'order')}"
        lines += row(label, summary.currency.plain(hour.net_amount))
    return "\n".join(lines)


def _unsold(summary: DailySummary) -> str:
    lines = []
    for label, unsold, where in (
        ("Cancelled", summary.cancelled, "not in the sales above"),
        ("Not collected", summary.not_collected, "in the sales above"),
    ):
        if unsold.orders:
            amount = summary.currency.plain(unsold.gross_amount)
            lines += wrap(f"{label}: {count_of(unsold.orders, 'order')}, {amount} ({where})", WIDTH)
    if summary.kept_amount:
        amount = summary.currency.plain(summary.kept_amount)
        lines += wrap(f"Kept of cancelled orders: {amount}, with tax", WIDTH)
    if not lines and summary.totals.orders:
        lines = ["Cancelled: none. Not collected: none."]
    return "\n".join(lines)


def ahead_section(ahead: OrderedAhead | None, summary: DailySummary) -> str:
    if ahead is None:
        return paragraph("No open day is in sight: nothing can be ordered ahead.")
    days = (ahead.business_day - summary.day).days
    when = "tomorrow, " if days == 1 else ""
    title = f"ORDERED AHEAD for {when}{short_day(ahead.business_day)}"
    if not ahead.orders:
        return "\n".join([*wrap(title, WIDTH), "Nothing yet."])
    lines = wrap(title, WIDTH)
    lines.append(f"{count_of(ahead.orders, 'order')}, {count_of(ahead.items, 'item')}:")
    for product in ahead.products:
        lines += [line.rstrip() for line in row(f"{product.quantity:>4} {product.name}", "")]
    return "\n".join(lines)


def corrections_section(corrections: Sequence[Correction]) -> str:
    """Return what has changed of earlier days: which figure, from what, to what."""
    if not corrections:
        return ""
    told = told_one_by_one(corrections)
    lines = ["CORRECTIONS to earlier days"]
    for correction in told:
        lines += ["", f"{short_day(correction.business_day)}, revision {correction.revision}"]
        for changed in correction.changes:
            lines += row(FIGURES[changed.name], f"{changed.before} -> {changed.after}")
    if left_out := len(corrections) - len(told):
        lines += ["", *wrap(f"And {count_of(left_out, 'older day')}, in the history.", WIDTH)]
    return "\n".join(lines)


def _footer(summary: DailySummary, *, revision: int | None, history_url: str) -> str:
    hours = round((summary.end - summary.start).total_seconds() / 3600)
    lines = []
    if hours != 24:
        lines += wrap(f"The clocks were changed: this day had {hours} hours.", WIDTH)
    state = f"revision {revision}" if revision else "figures as they stand, not a sent report"
    lines += wrap(f"Daily report {summary.day.isoformat()}, {state}.", WIDTH)
    return "\n".join([*lines, history_url])
