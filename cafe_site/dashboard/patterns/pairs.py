"""What is bought together."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from cafe_site.dashboard import charts
from cafe_site.dashboard.patterns.figure import Choice, Figure, Source, percent
from reports.patterns import products
from reports.patterns.products import Pair
from reports.workbooks import CellKind, Column, Sheet

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
            "Support is the share of all orders that hold both products. Confidence is the share "
            "of the orders with the first that hold the second as well. Lift is how many times "
            "more often they meet than by chance: 1 is chance, 2 is twice as often. Pairs of fewer "
            "orders than chosen are left out, for they may be chance."
        ),
        sheet=Sheet(title, columns, rows),
        finding=_pair_words(found),
        chart=_pairs_chart(found[:MOST_BARS]) if found else "",
        choices=tuple(
            Choice(
                _("from %(count)s orders on") % {"count": count},
                f"least={count}",
                count == least_orders,
            )
            for count in LEAST_CHOICES
        ),
        empty=_("No two products met in so many orders. Choose a longer period or fewer orders."),
    )


def _pairs_chart(found: Sequence[Pair]) -> str:
    bars = [
        charts.Bar(
            f"{pair.first} + {pair.second}",
            pair.lift,
            f"×{pair.lift:.1f} · {pair.orders:,}",  # noqa: RUF001 - the sign of "times" is meant.
            text=_("%(first)s and %(second)s: lift %(lift)s, %(orders)s orders")
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
    # As it is written: "1.0 times as often as by chance" is no finding.
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
