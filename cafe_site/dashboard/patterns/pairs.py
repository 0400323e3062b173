"""Pattern figure of products that are bought together."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cafe_site.dashboard import charts
from cafe_site.dashboard.numbers import percent
from cafe_site.dashboard.patterns.figure import Choice, Figure, Source
from cafe_site.tables.sheets import CellKind, Column, Sheet
from reports.patterns import products
from reports.patterns.products import Pair

MOST_BARS = 12
LEAST_ORDERS = 10
LEAST_CHOICES = (5, LEAST_ORDERS, 25, 100)


def bought_together(source: Source, query: Mapping[str, str]) -> Figure:
    least = query.get("least", "")
    least_orders = int(least) if least in map(str, LEAST_CHOICES) else LEAST_ORDERS
    found = products.pairs(source.days, least_orders=least_orders)
    title = _("Bought together")
    columns = (
        Column(_("Who buys"), CellKind.TEXT),
        Column(_("also buys"), CellKind.TEXT),
        Column(_("Orders"), CellKind.COUNT),
        Column(_("Support"), CellKind.SHARE),
        Column(_("Confidence"), CellKind.SHARE),
        Column(_("Confidence the other way"), CellKind.SHARE),
        Column(_("Lift"), CellKind.NUMBER),
    )
    rows = [
        (
            pair.first,
            pair.second,
            pair.orders,
            pair.support,
            pair.confidence,
            pair.reverse_confidence,
            round(pair.lift, 2),
        )
        for pair in found
    ]
    return Figure(
        slug="pairs",
        title=title,
        definition=_(
            "Support is the share of all orders that contain both products. Confidence is "
            "the share of the orders with the first product that also contain the second. "
            "Lift is how many times more often they are bought together than by chance: 1 "
            "is chance, 2 is twice as often. Pairs with fewer orders than chosen are left "
            "out, because they may be chance."
        ),
        sheet=Sheet(title, columns, rows),
        finding=_pair_words(found),
        chart=_pairs_chart(found[:MOST_BARS]) if found else "",
        choices=tuple(
            Choice(
                ngettext("at least %(count)s order", "at least %(count)s orders", count)
                % {"count": count},
                f"least={count}",
                count == least_orders,
            )
            for count in LEAST_CHOICES
        ),
        empty=_(
            "No two products were bought together that often. Choose a longer period or "
            "fewer orders."
        ),
    )


def _pairs_chart(found: Sequence[Pair]) -> str:
    bars = [
        charts.Bar(
            f"{pair.first} + {pair.second}",
            pair.lift,
            f"×{pair.lift:.1f} · {pair.orders:,}",  # noqa: RUF001 - the sign of "times" is meant.
            text=ngettext(
                "%(first)s and %(second)s: lift %(lift)s, %(orders)s order",
                "%(first)s and %(second)s: lift %(lift)s, %(orders)s orders",
                pair.orders,
            )
            % {
                "first": pair.first,
                "second": pair.second,
                "lift": f"{pair.lift:.1f}",
                "orders": f"{pair.orders:,}",
            },
        )
        for pair in found
    ]
    return charts.bar_chart(bars, title=_("Bought together, by lift"))


def _pair_words(found: Sequence[Pair]) -> str:
    # Compared as displayed: "1.0 times as often as by chance" is not a finding.
    if not found or round(found[0].lift, 1) <= 1:
        return ""
    best = found[0]
    return _(
        "%(confidence)s of those who buy %(first)s also buy %(second)s: %(lift)s times as often "
        "as by chance."
    ) % {
        "confidence": percent(best.confidence),
        "first": best.first,
        "second": best.second,
        "lift": f"{best.lift:.1f}",
    }
