"""Sections of the reports' texts: labels and values in 40 columns. Pure."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cafe_site.shop.dates import day_in_table, short_day
from cafe_site.shop.money import Currency
from cafe_site.tables.columns import fill_left, fill_right, width_of, wrap
from reports.content.corrections import Correction, listed_corrections
from reports.figures.comparison import COUNT_TOTALS, TOTALS, Value, change
from reports.figures.sales import DaySales, OrderedAhead, Sales, SalesTotals
from reports.messages.wording import items_of, orders_of, paragraph, products_of, row


def sales_section(
    totals: SalesTotals,
    currency: Currency,
    *,
    legend: str,
    bases: Sequence[Mapping[str, Value]],
) -> str:
    """Return the eight figures, each with its change from one or two bases."""
    title = _("SALES in %(currency)s, without tax") % {"currency": currency.code}
    lines = [title, *wrap(legend)]
    for name, label in TOTALS.items():
        value = getattr(totals, name)
        columns = [fill_left(_change(value, base[name]), 6) for base in bases]
        figure = fill_left(_figure(name, value, currency), 9)
        lines.append(f"{fill_right(_(label), 19)}{figure}{''.join(columns)}")
    return "\n".join(lines)


def _figure(name: str, value: Value, currency: Currency) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if name in COUNT_TOTALS else currency.plain(Decimal(value))


def _change(value: Value, base: Value) -> str:
    """Return a change: +7%, = if none, "new" if the base is 0, - if undefined."""
    if value is None or base is None:
        return "-"
    share = change(value, base)
    if share is None:
        return _("new") if value else "="
    percent = percent_of(share)
    return f"{percent:+}%" if percent else "="


def percent_of(share: Decimal) -> int:
    return int((share * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def change_clause(value: Decimal, base: Mapping[str, Value] | None, *, than: str) -> str:
    """Return `, 7% more than last Sunday`, or nothing if it is undefined."""
    share = change(value, base["net_amount"]) if base else None
    if share is None:
        return ""
    percent = abs(percent_of(share))
    if not percent:
        return _(", as much as %(base)s") % {"base": than}
    words = (
        _(", %(percent)s%% more than %(base)s")
        if share > 0
        else _(", %(percent)s%% less than %(base)s")
    )
    return words % {"percent": percent, "base": than}


def net_clause(sales: Sales) -> str:
    """Return `EUR 36.48 net from 4 orders`."""
    return _("%(amount)s net from %(orders)s") % {
        "amount": f"{sales.currency.code} {sales.currency.plain(sales.totals.net_amount)}",
        "orders": orders_of(sales.totals.orders),
    }


def state_of(revision: int | None) -> str:
    """Return the kind of figures, for the last line."""
    if revision:
        return _("revision %(revision)s") % {"revision": revision}
    return _("current figures, not a sent report")


def days_section(days: Sequence[DaySales], currency: Currency) -> str:
    """Return a line per day, and their sum."""
    lines = [_("NET SALES in %(currency)s, without tax") % {"currency": currency.code}]
    labels = [day_in_table(sold.day) for sold in days]
    column = max([10, *(width_of(label) for label in labels)]) + 1
    for sold, label in zip(days, labels, strict=True):
        if sold.is_closed and not sold.totals.orders:
            lines += row(label, _("closed"))
        else:
            start = fill_right(label, column) + orders_of(sold.totals.orders)
            lines += row(start, currency.plain(sold.totals.net_amount))
    orders = orders_of(sum(sold.totals.orders for sold in days))
    net = sum((sold.totals.net_amount for sold in days), Decimal(0))
    lines += row(fill_right(_("In all"), column) + orders, currency.plain(net))
    return "\n".join(lines)


def products_section(sales: Sales) -> str:
    """Return the products sold, by category; empty if there are none."""
    if not sales.products:
        return ""
    lines = [_("SOLD, with net sales")]
    for category in sales.categories:
        lines += ["", *wrap(f"{category.name}: {items_of(category.quantity)}")]
        rows = [
            (product.quantity, product.name, product.net_amount)
            for product in sales.products
            if product.category == category.name
        ]
        for quantity, name, amount in rows:
            lines += row(f"{quantity:>4} {name}", sales.currency.plain(amount))
        lines += row("     " + _("in all"), sales.currency.plain(category.net_amount))
    if sales.left_out_products:
        names = products_of(sales.left_out_products)
        label = _("Not listed here: %(products)s") % {"products": names}
        lines += ["", *row(label, sales.currency.plain(sales.left_out_amount))]
        lines += wrap(_("The message would be too long. The CSV on the dashboard has them."))
    return "\n".join(lines)


def hours_section(sales: Sales) -> str:
    if not sales.hours:
        return ""
    lines = [_("BY HOUR of pickup, with net sales")]
    for hour in sales.hours:
        label = f"{hour.hour:02}:00  {orders_of(hour.orders)}"
        lines += row(label, sales.currency.plain(hour.net_amount))
    return "\n".join(lines)


def unsold_section(sales: Sales) -> str:
    lines = []
    for words, unsold in (
        (_("Cancelled: %(orders)s, %(amount)s (not in the sales above)"), sales.cancelled),
        (_("Not collected: %(orders)s, %(amount)s (in the sales above)"), sales.not_collected),
    ):
        if unsold.orders:
            amount = sales.currency.plain(unsold.gross_amount)
            lines += wrap(words % {"orders": orders_of(unsold.orders), "amount": amount})
    if sales.kept_amount:
        amount = sales.currency.plain(sales.kept_amount)
        lines += wrap(_("Kept from cancelled orders: %(amount)s, with tax") % {"amount": amount})
    if not lines and sales.totals.orders:
        lines = wrap(_("Cancelled: none. Not collected: none."))
    return "\n".join(lines)


def ahead_section(ahead: OrderedAhead | None) -> str:
    if ahead is None:
        return paragraph(_("No open day is planned, so nothing can be ordered ahead."))
    # A date, never "tomorrow": the report may be read the next day or after an outage.
    lines = wrap(_("ORDERED AHEAD for %(day)s") % {"day": short_day(ahead.business_day)})
    if not ahead.orders:
        return "\n".join([*lines, _("Nothing yet.")])
    lines += wrap(
        _("%(orders)s, %(items)s:")
        % {"orders": orders_of(ahead.orders), "items": items_of(ahead.items)}
    )
    for product in ahead.products:
        lines += [line.rstrip() for line in row(f"{product.quantity:>4} {product.name}", "")]
    if ahead.left_out_products:
        names = products_of(ahead.left_out_products)
        lines += wrap(
            _("and %(products)s more on the dashboard.") % {"products": names},
            initial_indent="     ",
        )
    return "\n".join(lines)


def corrections_section(corrections: Sequence[Correction]) -> str:
    """Return the changes to earlier days: each figure with its old and new value."""
    if not corrections:
        return ""
    listed = listed_corrections(corrections)
    lines = [_("CORRECTIONS to earlier days")]
    for correction in listed:
        lines += ["", _revision_of(correction)]
        for changed in correction.changes:
            lines += row(_(TOTALS[changed.name]), f"{changed.before} -> {changed.after}")
    if left_out := len(corrections) - len(listed):
        words = ngettext(
            "And %(count)s older day, in the history.",
            "And %(count)s older days, in the history.",
            left_out,
        )
        lines += ["", *wrap(words % {"count": left_out})]
    return "\n".join(lines)


def _revision_of(correction: Correction) -> str:
    return _("%(day)s, revision %(revision)s") % {
        "day": short_day(correction.business_day),
        "revision": correction.revision,
    }


def join_sections(sections: Sequence[str]) -> str:
    """Return a text of the sections that are not empty."""
    return "\n\n".join(section for section in sections if section) + "\n"
