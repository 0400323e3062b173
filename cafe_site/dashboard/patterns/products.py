"""Pattern figures of products: sales, changes in the mix, best and worst sellers."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cafe_site.dashboard import charts
from cafe_site.dashboard.numbers import percent, signed_percent, signed_points
from cafe_site.dashboard.patterns.figure import Choice, Figure, Source
from cafe_site.shop.money import Currency
from cafe_site.shop.opening import shop_currency
from cafe_site.tables.sheets import CellKind, Column, Sheet
from reports.patterns import products
from reports.patterns.products import CategoryMix, ProductFigures

MOST_RANKED = 5
# A smaller change of a share may be chance.
LEAST_SHIFT = 0.01


def mix(source: Source, query: Mapping[str, str]) -> Figure:
    figures = source.products
    categories = products.category_mix(figures)
    title = _("Product mix")
    bars = [_mix_bar(category) for category in categories]
    has_before = any(category.share_before is not None for category in categories)
    return Figure(
        slug="mix",
        title=title,
        definition=_(
            "The share of each category and product in net sales, and how many percentage "
            "points it has gained or lost compared with the same number of days just "
            "before."
        ),
        sheet=_mix_sheet(title, figures),
        finding=_shift_words(figures),
        chart=charts.bar_chart(bars, title=title) if categories else "",
        key=(("bar", _("this period")), ("bar_base", _("the same number of days before")))
        if has_before
        else (),
        empty=_("Nothing was sold in this period. Choose a longer one."),
    )


def _mix_bar(category: CategoryMix) -> charts.Bar:
    share = percent(category.share)
    if category.share_before is None or category.shift is None:
        return charts.Bar(category.name, category.share, share)
    return charts.Bar(
        category.name,
        category.share,
        f"{share} · {signed_points(category.shift)}",
        base=category.share_before,
        text=_("%(name)s: %(share)s, %(before)s in the period before")
        % {"name": category.name, "share": share, "before": percent(category.share_before)},
    )


def _mix_sheet(title: str, figures: Sequence[ProductFigures]) -> Sheet:
    columns = (
        Column(_("Category"), CellKind.TEXT),
        Column(_("Product"), CellKind.TEXT),
        Column(_("Quantity"), CellKind.COUNT),
        Column(_("Net sales"), CellKind.AMOUNT),
        Column(_("Share"), CellKind.SHARE),
        Column(_("Share before"), CellKind.SHARE),
        Column(_("Change in percentage points"), CellKind.NUMBER),
    )
    rows = [
        (
            row.category,
            row.name,
            row.quantity,
            row.net_amount,
            row.share,
            row.share_before,
            None if row.shift is None else round(row.shift * 100, 1),
        )
        for row in figures
        if row.quantity or row.quantity_before
    ]
    return Sheet(title, columns, rows)


def _shift_words(figures: Sequence[ProductFigures]) -> str:
    """Return which product's share changed most, if there is an earlier period."""
    shifts = [(row.shift, row) for row in figures if row.shift is not None]
    shift, most = max(shifts, key=lambda item: abs(item[0]), default=(0.0, None))
    if most is None or abs(shift) < LEAST_SHIFT:
        return ""
    words = (
        _("%(product)s has gained most: from %(before)s to %(share)s of net sales.")
        if shift > 0
        else _("%(product)s has lost most: from %(before)s to %(share)s of net sales.")
    )
    return words % {
        "product": most.name,
        "before": f"{(most.share_before or 0) * 100:.1f}%",
        "share": f"{most.share * 100:.1f}%",
    }


def ranking(source: Source, query: Mapping[str, str]) -> Figure:
    """Return the best and the worst products by quantity, net sales or margin."""
    by = query.get("by", "")
    if by not in MEASURES:
        by = "net"
    figures = sorted(
        (
            row
            for row in source.products
            # Exclude products off sale without sales in this period from the worst.
            if (row.is_on_sale or row.quantity) and MEASURES[by](row) is not None
        ),
        key=lambda row: (-_measured(row, by), row.name),
    )
    sold = [row for row in figures if row.quantity]
    title = _("Best and worst")
    return Figure(
        slug="ranking",
        title=title,
        definition=_(
            "All products on sale and all that were sold. Margin is net sales less the unit cost "
            "of today times the quantity; products without a unit cost have none and are left out."
        ),
        sheet=_ranking_sheet(title, figures),
        finding=_unsold_words(figures),
        chart=_ranking_chart(figures, by) if sold else "",
        choices=tuple(Choice(label, f"by={name}", name == by) for name, label in _labels().items()),
        empty=_(
            "Nothing was sold in this period. Choose a longer one, or give products a unit "
            "cost to see their margin."
        ),
    )


MEASURES: Mapping[str, Callable[[ProductFigures], Decimal | int | None]] = {
    "quantity": lambda row: row.quantity,
    "net": lambda row: row.net_amount,
    "margin": lambda row: row.margin_amount,
}


def _labels() -> dict[str, str]:
    return {"quantity": _("Quantity"), "net": _("Net sales"), "margin": _("Margin")}


def _measured(row: ProductFigures, by: str) -> Decimal | int:
    return MEASURES[by](row) or 0


def _ranking_sheet(title: str, figures: Sequence[ProductFigures]) -> Sheet:
    columns = (
        Column(_("Product"), CellKind.TEXT),
        Column(_("Category"), CellKind.TEXT),
        Column(_("Quantity"), CellKind.COUNT),
        Column(_("Quantity before"), CellKind.COUNT),
        Column(_("Net sales"), CellKind.AMOUNT),
        Column(_("Net sales before"), CellKind.AMOUNT),
        Column(_("Margin"), CellKind.AMOUNT),
        Column(_("Orders with it"), CellKind.COUNT),
    )
    rows = [
        (
            row.name,
            row.category,
            row.quantity,
            row.quantity_before,
            row.net_amount,
            row.net_before_amount,
            row.margin_amount,
            row.orders,
        )
        for row in figures
    ]
    return Sheet(title, columns, rows)


def _ranking_chart(figures: Sequence[ProductFigures], by: str) -> str:
    """Draw the best and then the worst products; all if there are few."""
    chosen = list(figures)
    if len(figures) > 2 * MOST_RANKED:
        chosen = [*figures[:MOST_RANKED], *figures[-MOST_RANKED:]]
    currency = shop_currency()
    bars = [
        charts.Bar(row.name, float(_measured(row, by)), _value_words(row, by, currency))
        for row in chosen
    ]
    return charts.bar_chart(
        bars, title=_("Best and worst by %(measure)s") % {"measure": _labels()[by]}
    )


def _value_words(row: ProductFigures, by: str, currency: Currency) -> str:
    value = _measured(row, by)
    words = f"{value:,}" if by == "quantity" else currency.text(Decimal(value))
    if by == "quantity" and row.quantity_before:
        return f"{words} · {signed_percent(row.quantity / row.quantity_before - 1)}"
    return words


def _unsold_words(figures: Sequence[ProductFigures]) -> str:
    unsold = [row.name for row in figures if not row.quantity]
    if not unsold:
        return ""
    if len(unsold) > MOST_RANKED:
        return ngettext(
            "%(count)s product on sale was not sold at all.",
            "%(count)s products on sale were not sold at all.",
            len(unsold),
        ) % {"count": len(unsold)}
    return _("Not sold at all: %(products)s.") % {"products": ", ".join(sorted(unsold))}
