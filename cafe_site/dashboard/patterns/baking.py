"""Pattern figures of baking: when products sell out, and what is left over."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cafe_site.dashboard import charts
from cafe_site.dashboard.numbers import percent
from cafe_site.dashboard.patterns.figure import Figure, Source
from cafe_site.shop.money import ZERO
from cafe_site.shop.opening import shop_currency
from cafe_site.tables.sheets import CellKind, Column, Sheet
from reports.patterns import baking

MOST_BARS = 12


def sell_outs(source: Source, query: Mapping[str, str]) -> Figure:
    found = baking.sell_outs(source.days)
    title = _("When products sell out")
    columns = (
        Column(_("Product"), CellKind.TEXT),
        Column(_("Days sold out"), CellKind.COUNT),
        Column(_("Days with a limit"), CellKind.COUNT),
        Column(_("Share"), CellKind.SHARE),
        Column(_("Usually at"), CellKind.TEXT),
        Column(_("Earliest"), CellKind.TEXT),
    )
    rows = [
        (
            row.name,
            row.days,
            row.limited_days,
            row.share,
            f"{row.median_at:%H:%M}",
            f"{row.earliest_at:%H:%M}",
        )
        for row in found
    ]
    bars = [
        charts.Bar(
            row.name,
            row.share,
            _("%(percent)s of days · %(time)s")
            % {"percent": percent(row.share), "time": f"{row.median_at:%H:%M}"},
        )
        for row in found[:MOST_BARS]
    ]
    return Figure(
        slug="sell-outs",
        title=title,
        definition=_(
            "A product is sold out when the whole planned or baked quantity of a day is ordered. "
            "The time is the median of those days, in local time; a product sold out in advance "
            "counts from the start of the day."
        ),
        sheet=Sheet(title, columns, rows),
        chart=charts.bar_chart(bars, title=title) if bars else "",
        empty=_(
            "Nothing ran out in this period. Only products with a planned or baked "
            "quantity can run out. Enter quantities under “Stock”."
        ),
    )


def waste(source: Source, query: Mapping[str, str]) -> Figure:
    found = baking.waste(source.days)
    title = _("Leftovers and their cost")
    currency = shop_currency()
    columns = (
        Column(_("Product"), CellKind.TEXT),
        Column(_("Days"), CellKind.COUNT),
        Column(_("Baked"), CellKind.COUNT),
        Column(_("Sold"), CellKind.COUNT),
        Column(_("Left over"), CellKind.COUNT),
        Column(_("Share"), CellKind.SHARE),
        Column(_("Waste"), CellKind.AMOUNT),
        Column(_("Wanted more"), CellKind.NUMBER),
        Column(_("Missed"), CellKind.AMOUNT),
    )
    rows = [
        (
            row.name,
            row.days,
            row.baked,
            row.sold,
            row.left_over,
            row.share,
            row.waste_amount,
            round(float(row.missed), 1),
            row.missed_amount,
        )
        for row in found
    ]
    bars = [
        charts.Bar(
            row.name,
            float(row.waste_amount or ZERO),
            f"{currency.text(row.waste_amount or ZERO)} · {percent(row.share)}",
        )
        for row in found
        if row.waste_amount
    ]
    return Figure(
        slug="waste",
        title=title,
        definition=_(
            "Days on which leftovers were entered. Waste is the unit cost of the day, less "
            "what a leftover still brings, times the quantity left over. It is empty for "
            "products without a unit cost. Missed is an estimate: the margin on what would "
            "have been sold with enough stock, on days when the product ran out."
        ),
        sheet=Sheet(title, columns, rows),
        finding=_waste_words(found),
        chart=charts.bar_chart(bars[:MOST_BARS], title=title) if bars else "",
        empty=_(
            "No leftovers were entered in this period. Staff enter them in the evening "
            "under “Left over”."
        ),
    )


def _waste_words(found: list[baking.Waste]) -> str:
    # Products without a unit cost are not part of the total cost.
    known = [(row.left_over, row.waste_amount) for row in found if row.waste_amount is not None]
    wasted = sum((amount for _left_over, amount in known), ZERO)
    if not wasted:
        return ""
    left = sum(left_over for left_over, _amount in known)
    return ngettext(
        "%(count)s item was left over and cost %(amount)s.",
        "%(count)s items were left over and cost %(amount)s.",
        left,
    ) % {"count": f"{left:,}", "amount": shop_currency().text(wasted)}
