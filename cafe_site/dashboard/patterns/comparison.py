"""Pattern figures that compare two days or two periods."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import cast

from django.utils.translation import gettext as _

from cafe_site.dashboard import charts
from cafe_site.dashboard.numbers import signed_percent
from cafe_site.dashboard.patterns.figure import Figure, Source
from cafe_site.dashboard.tables import ShownCell, Table, shown
from cafe_site.shop.dates import local_date
from cafe_site.shop.money import Currency
from cafe_site.shop.opening import shop_currency
from cafe_site.shop.periods import DayRange
from cafe_site.tables.sheets import Cell, CellKind, Column, Sheet
from reports.figures.comparison import COUNT_TOTALS, TOTALS, change
from reports.figures.comparison import Value as Value
from reports.patterns.products import ProductFigures
from reports.patterns.totals import open_days_in, totals_of_range

MOST_BARS = 12


def range_words(days: DayRange) -> str:
    """Format a range of days; a single day includes its weekday."""
    if days.count == 1:
        return local_date(days.first, "D j M Y")
    return f"{local_date(days.first, 'j M')} – {local_date(days.last, 'D j M Y')}"  # noqa: RUF001 - a dash.


def totals(source: Source, query: Mapping[str, str]) -> Figure:
    now, before = totals_of_range(source.days), totals_of_range(source.other)
    title = _("Figures")
    open_days, open_days_before = open_days_in(source.days), open_days_in(source.other)
    rows = [
        (range_words(days), count, *(getattr(sums, name) for name in TOTALS))
        for days, count, sums in (
            (source.days, open_days, now),
            (source.other, open_days_before, before),
        )
    ]
    columns = [Column(_("Period")), Column(_("Open days"), CellKind.COUNT)]
    columns += [Column(_(label), _kind_of(name)) for name, label in TOTALS.items()]
    has_sales = now.orders or before.orders
    return Figure(
        slug="figures",
        title=title,
        definition=_(
            "The figures of the reports, added up over the days. The average order value "
            "is that of all orders together. Open days are days with an order. Periods "
            "with different numbers of open days differ in their other figures as well."
        ),
        finding=_open_day_words((now.net_amount, open_days), (before.net_amount, open_days_before)),
        sheet=Sheet(title, columns, rows if has_sales else []),
        shown=side_by_side(source, columns, rows) if has_sales else None,
        empty=_("Neither period has an order. Choose other days."),
    )


def _open_day_words(one: tuple[Decimal, int], other: tuple[Decimal, int]) -> str:
    """Compare net sales per open day, if the numbers of open days differ."""
    if not one[1] or not other[1] or one[1] == other[1]:
        return ""
    currency = shop_currency()
    per_day, per_day_before = (currency.round(amount / days) for amount, days in (one, other))
    by = change(per_day, per_day_before)
    if by is None:
        return ""
    words = _(
        "Open days: %(days)s, compared with %(other)s. Average net sales of an open "
        "day: %(amount)s, %(change)s."
    )
    return words % {
        "days": one[1],
        "other": other[1],
        "amount": currency.text(per_day),
        "change": signed_percent(float(by)),
    }


def _kind_of(name: str) -> CellKind:
    return CellKind.COUNT if name in COUNT_TOTALS else CellKind.AMOUNT


def short_words(days: DayRange, beside: DayRange) -> str:
    """Format a range for a narrow column; with the year only if the two years differ."""
    if days.last.year != beside.last.year:
        return range_words(days)
    if days.count == 1:
        return local_date(days.first, "D j M")
    return f"{local_date(days.first, 'j M')} – {local_date(days.last, 'j M')}"  # noqa: RUF001 - a dash.


def side_by_side(
    source: Source, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]
) -> Table:
    """Transpose a sheet of two rows, and add the difference between them."""
    currency = shop_currency()
    one, other = rows
    days = short_words(source.days, source.other), short_words(source.other, source.days)
    head = [_("Figure"), *days, _("Change")]
    lines = []
    for column, value, base in zip(columns[1:], one[1:], other[1:], strict=True):
        by = change(cast("Value", value), cast("Value", base))
        texts = (
            column.label,
            shown(value, column.kind, currency),
            shown(base, column.kind, currency),
            "" if by is None else signed_percent(float(by)),
        )
        lines.append([ShownCell(text, index > 0) for index, text in enumerate(texts)])
    return Table([ShownCell(text, index > 0) for index, text in enumerate(head)], lines)


def product_changes(source: Source, query: Mapping[str, str]) -> Figure:
    """Return each product's sales in both periods, the largest difference first."""
    figures = sorted(
        (row for row in source.products if row.quantity or row.quantity_before),
        key=lambda row: (-abs(_difference(row)), row.name),
    )
    title = _("Difference by product")
    columns = (
        Column(_("Product")),
        Column(_("Quantity"), CellKind.COUNT),
        Column(_("Quantity in the other period"), CellKind.COUNT),
        Column(_("Net sales"), CellKind.AMOUNT),
        Column(_("Net sales in the other period"), CellKind.AMOUNT),
        Column(_("Difference"), CellKind.AMOUNT),
    )
    rows = [
        (
            row.name,
            row.quantity,
            row.quantity_before,
            row.net_amount,
            row.net_before_amount,
            _difference(row),
        )
        for row in figures
    ]
    currency = shop_currency()
    bars = [
        charts.Bar(row.name, float(_difference(row)), signed_text(_difference(row), currency))
        for row in figures[:MOST_BARS]
    ]
    return Figure(
        slug="changes",
        title=title,
        definition=_(
            "The difference in net sales of each product, the largest first. All of them together "
            "are the difference in net sales."
        ),
        sheet=Sheet(title, columns, rows),
        chart=charts.bar_chart(bars, title=title) if bars else "",
        empty=_("Neither period has an order. Choose other days."),
    )


def _difference(row: ProductFigures) -> Decimal:
    return row.net_amount - row.net_before_amount


def signed_text(amount: Decimal, currency: Currency) -> str:
    return f"+{currency.text(amount)}" if amount > 0 else currency.text(amount)
