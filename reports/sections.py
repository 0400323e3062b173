"""The parts that the reports' texts are made of: forty columns, label and value. Pure."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from textwrap import wrap

from cafe_site.shop.money import Currency
from reports.comparison import COUNT_FIGURES, FIGURES, Figure, change
from reports.corrections import Correction, told_one_by_one
from reports.sales import DaySales, OrderedAhead, Sales, SalesTotals
from reports.wording import (
    DAYS,
    MONTHS,
    WIDTH,
    count_of,
    paragraph,
    row,
    short_day,
)


def sales_section(
    totals: SalesTotals,
    currency: Currency,
    *,
    legend: str,
    bases: Sequence[Mapping[str, Figure]],
) -> str:
    """Return the eight figures, each with its change on the bases: two of them at the most."""
    lines = [f"SALES in {currency.code}, without tax", *wrap(legend, WIDTH)]
    for name, label in FIGURES.items():
        value = getattr(totals, name)
        columns = [f"{_change(value, base[name]):>6}" for base in bases]
        lines.append(f"{label:<19}{_figure(name, value, currency):>9}{''.join(columns)}")
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
    percent = percent_of(share)
    return f"{percent:+}%" if percent else "="


def percent_of(share: Decimal) -> int:
    return int((share * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def change_clause(value: Decimal, base: Mapping[str, Figure] | None, *, than: str) -> str:
    """Return `, 7% more than last Sunday`, or nothing where that cannot be said."""
    share = change(value, base["net_amount"]) if base else None
    if share is None:
        return ""
    percent = abs(percent_of(share))
    direction = "more" if share > 0 else "less"
    return f", {percent}% {direction} than {than}" if percent else f", as much as {than}"


def days_section(days: Sequence[DaySales], currency: Currency) -> str:
    """Return a line for each day, and their sum."""
    lines = [f"NET SALES in {currency.code}, without tax"]
    for sold in days:
        label = f"{DAYS[sold.day.weekday()][:3]} {sold.day.day} {MONTHS[sold.day.month - 1][:3]}"
        if sold.is_closed and not sold.totals.orders:
            lines += row(label, "closed")
        else:
            orders = count_of(sold.totals.orders, "order")
            lines += row(f"{label:<11}{orders}", currency.plain(sold.totals.net_amount))
    orders = count_of(sum(sold.totals.orders for sold in days), "order")
    net = sum((sold.totals.net_amount for sold in days), Decimal(0))
    lines += row(f"{'In all':<11}{orders}", currency.plain(net))
    return "\n".join(lines)


def products_section(sales: Sales) -> str:
    """Return what was sold, by category; nothing when nothing was."""
    if not sales.products:
        return ""
    lines = ["SOLD, with net sales"]
    for category in sales.categories:
        lines += ["", *wrap(f"{category.name}: {count_of(category.quantity, 'item')}", WIDTH)]
        rows = [
            (product.quantity, product.name, product.net_amount)
            for product in sales.products
            if product.category == category.name
        ]
        for quantity, name, amount in rows:
            lines += row(f"{quantity:>4} {name}", sales.currency.plain(amount))
        lines += row("     in all", sales.currency.plain(category.net_amount))
    if sales.left_out_products:
        names = count_of(sales.left_out_products, "product")
        lines += ["", *row(f"Not named here: {names}", sales.currency.plain(sales.left_out_amount))]
        lines += wrap("The message would be too long. The CSV on the dashboard has them.", WIDTH)
    return "\n".join(lines)


def hours_section(sales: Sales) -> str:
    if not sales.hours:
        return ""
    lines = ["BY HOUR of pickup, with net sales"]
    for hour in sales.hours:
        label = f"{hour.hour:02}:00  {count_of(hour.orders, 'order')}"
        lines += row(label, sales.currency.plain(hour.net_amount))
    return "\n".join(lines)


def unsold_section(sales: Sales) -> str:
    lines = []
    for label, unsold, where in (
        ("Cancelled", sales.cancelled, "not in the sales above"),
        ("Not collected", sales.not_collected, "in the sales above"),
    ):
        if unsold.orders:
            amount = sales.currency.plain(unsold.gross_amount)
            lines += wrap(f"{label}: {count_of(unsold.orders, 'order')}, {amount} ({where})", WIDTH)
    if sales.kept_amount:
        amount = sales.currency.plain(sales.kept_amount)
        lines += wrap(f"Kept of cancelled orders: {amount}, with tax", WIDTH)
    if not lines and sales.totals.orders:
        lines = ["Cancelled: none. Not collected: none."]
    return "\n".join(lines)


def ahead_section(ahead: OrderedAhead | None, *, is_tomorrow: bool) -> str:
    if ahead is None:
        return paragraph("No open day is in sight: nothing can be ordered ahead.")
    when = "tomorrow, " if is_tomorrow else ""
    lines = wrap(f"ORDERED AHEAD for {when}{short_day(ahead.business_day)}", WIDTH)
    if not ahead.orders:
        return "\n".join([*lines, "Nothing yet."])
    lines.append(f"{count_of(ahead.orders, 'order')}, {count_of(ahead.items, 'item')}:")
    for product in ahead.products:
        lines += [line.rstrip() for line in row(f"{product.quantity:>4} {product.name}", "")]
    if ahead.left_out_products:
        names = count_of(ahead.left_out_products, "product")
        lines += wrap(f"     and {names} more; the dashboard has them.", WIDTH)
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


def join_sections(sections: Sequence[str]) -> str:
    """Return a text of the sections that have something to say."""
    return "\n\n".join(section for section in sections if section) + "\n"
