"""Pattern figures of new and returning customers."""

import datetime
from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from cafe_site.dashboard import charts
from cafe_site.dashboard.numbers import percent
from cafe_site.dashboard.patterns.figure import Figure, Source
from cafe_site.dashboard.ticks import plain_number
from cafe_site.shop.dates import local_date
from cafe_site.shop.periods import PeriodKind, period_with
from cafe_site.tables.sheets import CellKind, Column, Sheet
from reports.patterns import customers
from reports.patterns.customers import Customers, DayOrders


def groups(source: Source, query: Mapping[str, str]) -> Figure:
    found = customers.customers(source.days)
    title = _("New and returning customers")
    columns = (
        Column(_("Customers"), CellKind.TEXT),
        Column(_("How many"), CellKind.COUNT),
        Column(_("Orders"), CellKind.COUNT),
        Column(_("Net sales"), CellKind.AMOUNT),
    )
    rows = [
        (label, group.customers, group.orders, group.net_amount)
        for label, group in (
            (pgettext("customers", "new"), found.new),
            (pgettext("customers", "returning"), found.returning),
            (pgettext("customers", "unknown"), found.unknown),
        )
    ]
    total = sum(orders for _label, _customers, orders, _net in rows)
    bars = [
        charts.Bar(label, orders, f"{orders:,} · {percent(orders / total)}")
        for label, _customers, orders, _net in rows
        if orders
    ]
    return Figure(
        slug="customers",
        title=title,
        definition=_definition(),
        sheet=Sheet(title, columns, rows if total else []),
        finding=_again_words(found),
        chart=charts.bar_chart(bars, title=_("Orders of new and of returning customers"))
        if total
        else "",
        empty=_("No order in this period. Choose a longer one."),
    )


def _definition() -> str:
    return _(
        "Orders with the same e-mail address count as one customer. Addresses are not "
        "kept here, only a keyed hash that identifies nobody. Customers are new on the "
        "day of their first order, and returning afterwards. Orders from the till and "
        "orders without an address count as unknown."
    )


def _again_words(found: Customers) -> str:
    if not found.new.customers:
        return ""
    return _("%(again)s of %(new)s new customers came again within the period.") % {
        "again": f"{found.came_again:,}",
        "new": f"{found.new.customers:,}",
    }


def weeks(source: Source, query: Mapping[str, str]) -> Figure:
    """Return the weekly share of orders from returning customers."""
    by_week: dict[datetime.date, DayOrders] = {}
    rows = []
    for day, orders in sorted(customers.orders_by_day(source.days).items()):
        week = by_week.setdefault(period_with(day, PeriodKind.WEEKLY).first, DayOrders())
        week.new += orders.new
        week.returning += orders.returning
    points = []
    for first, week in by_week.items():
        share = week.returning / (week.new + week.returning)
        rows.append((first, week.new, week.returning, share))
        text = ngettext(
            "Week of %(day)s: %(share)s of %(orders)s order",
            "Week of %(day)s: %(share)s of %(orders)s orders",
            week.new + week.returning,
        ) % {
            "day": local_date(first, "j M"),
            "share": percent(share),
            "orders": f"{week.new + week.returning:,}",
        }
        points.append(charts.Point(local_date(first, "j M"), text, share * 100))
    title = _("Returning customers, by week")
    columns = (
        Column(_("Week from"), CellKind.DAY),
        Column(_("Orders of new customers"), CellKind.COUNT),
        Column(_("Orders of returning customers"), CellKind.COUNT),
        Column(_("Share of returning"), CellKind.SHARE),
    )
    return Figure(
        slug="returning",
        title=title,
        definition=_definition(),
        sheet=Sheet(title, columns, rows),
        chart=charts.line_chart(points, title=title, tick=lambda value: f"{plain_number(value)}%")
        if len(points) > 1
        else "",
        empty=_("No order with an e-mail address in this period. Choose a longer one."),
    )
