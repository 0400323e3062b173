"""Pattern figures of time: busy hours, the trend of sales, and lead times of orders."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby, pairwise
from statistics import fmean

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cafe_site.dashboard import charts
from cafe_site.dashboard.numbers import hour_span, percent, short_weekday, weekday_name
from cafe_site.dashboard.patterns.figure import Choice, Figure, Source
from cafe_site.dashboard.ticks import plain_number
from cafe_site.shop.business_day import DAY
from cafe_site.shop.dates import local_date
from cafe_site.shop.opening import shop_currency
from cafe_site.shop.periods import PeriodKind, period_with
from cafe_site.tables.sheets import CellKind, Column, Sheet
from reports.patterns import times
from reports.patterns.lead_times import STEP_ENDS

# Longer lines show one point per week.
MOST_POINTS = 62


def busy_hours(source: Source, query: Mapping[str, str]) -> Figure:
    """Return the heatmap of weekday and hour, with the mean of an open day."""
    by_net = query.get("measure") == "net"
    found = times.weekday_hours(source.days)
    title = _("Weekday and hour")
    return Figure(
        slug="hours",
        title=title,
        definition=_(
            "Orders are counted in the hour of their pickup, by the shop's clock. Each number is "
            "the mean of the open days of that weekday: days without any order are left out. "
            "Net sales are gross sales less discounts and refunds, without tax."
        ),
        sheet=_hours_sheet(title, found),
        finding=_busiest(found),
        chart=_heatmap(found, by_net=by_net) if found.hours else "",
        choices=(
            Choice(_("Orders"), "measure=orders", not by_net),
            Choice(_("Net sales"), "measure=net", by_net),
        ),
        empty=_("No closed day of this period has an order. Choose a longer period."),
    )


def _hours_sheet(title: str, found: times.WeekdayHours) -> Sheet:
    currency = shop_currency()
    rows = []
    for weekday in range(7):
        open_days = found.open_days.get(weekday, 0)
        for hour in found.hours:
            total = found.sums.get((weekday, hour))
            if total:
                rows.append(
                    (
                        weekday_name(weekday),
                        hour_span(hour),
                        total.orders,
                        total.net_amount,
                        open_days,
                        round(total.orders / open_days, 1),
                        currency.round(total.net_amount / open_days),
                    )
                )
    columns = (
        Column(_("Weekday"), CellKind.TEXT),
        Column(_("Hour"), CellKind.TEXT),
        Column(_("Orders"), CellKind.COUNT),
        Column(_("Net sales"), CellKind.AMOUNT),
        Column(_("Open days"), CellKind.COUNT),
        Column(_("Orders per open day"), CellKind.NUMBER),
        Column(_("Net sales per open day"), CellKind.AMOUNT),
    )
    return Sheet(title, columns, rows)


def _busiest(found: times.WeekdayHours) -> str:
    if not found.sums:
        return ""
    means = {key: total.orders / found.open_days[key[0]] for key, total in found.sums.items()}
    (weekday, hour), mean = max(means.items(), key=lambda item: item[1])
    return _("Busiest: %(weekday)s, %(hour)s, with %(orders)s orders on average.") % {
        "weekday": weekday_name(weekday),
        "hour": hour_span(hour),
        "orders": f"{mean:.1f}",
    }


def _heatmap(found: times.WeekdayHours, *, by_net: bool) -> str:
    weekdays = [weekday for weekday in range(7) if found.open_days.get(weekday)]
    cells = [
        [_cell(found, weekday, hour, by_net=by_net) for weekday in weekdays] for hour in found.hours
    ]
    return charts.heatmap(
        [short_weekday(weekday) for weekday in weekdays],
        [f"{hour:02}:00" for hour in found.hours],
        cells,
        title=_("Weekday and hour, the mean of an open day"),
    )


def _cell(
    found: times.WeekdayHours, weekday: int, hour: int, *, by_net: bool
) -> charts.Cell | None:
    total = found.sums.get((weekday, hour))
    if total is None:
        return None
    name = f"{weekday_name(weekday)} {hour_span(hour)}"
    if by_net:
        net = float(total.net_amount) / found.open_days[weekday]
        amount = shop_currency().text(Decimal(net))
        return charts.Cell(net, f"{net:.0f}", f"{name}: {amount}")
    mean = total.orders / found.open_days[weekday]
    words = _("%(count)s orders") % {"count": f"{mean:.1f}"}
    return charts.Cell(mean, f"{mean:.1f}", f"{name}: {words}")


def trend(source: Source, query: Mapping[str, str]) -> Figure:
    """Return weekday-adjusted net sales: daily, or weekly means for long ranges."""
    found = times.trend(source.days)
    title = _("Net sales, weekday-adjusted")
    currency = shop_currency()
    rows = [
        (
            day.day,
            day.net_amount,
            currency.round(Decimal(day.adjusted)),
            currency.round(Decimal(day.smooth)),
        )
        for day in (found.days if found else ())
    ]
    columns = (
        Column(_("Business day"), CellKind.DAY),
        Column(_("Net sales"), CellKind.AMOUNT),
        Column(_("Weekday-adjusted"), CellKind.AMOUNT),
        Column(_("Mean of 7 open days"), CellKind.AMOUNT),
    )
    return Figure(
        slug="trend",
        title=title,
        definition=_(
            "A Saturday is not better than a Tuesday because it is a Saturday: each day's "
            "net sales are divided by what its weekday usually sells compared with the "
            "others (classical decomposition). The line is the mean of 7 open days, or of "
            "a week in long periods. The band reaches from the lowest to the highest of "
            "them. At both ends, the line is the mean of the 4 to 6 days available. "
            "Special days and days around public holidays do not count towards what a "
            "weekday usually sells. A weekday with fewer than two ordinary days is left "
            "out."
        ),
        sheet=Sheet(title, columns, rows),
        finding=_change_words(found) if found else "",
        chart=_trend_chart(found) if found else "",
        key=(("line", _("mean")), ("band", _("lowest to highest"))),
        empty=_("A trend needs at least 14 open days. Choose a longer period."),
    )


def _change_words(found: times.Trend) -> str:
    if found.change is None:
        return ""
    percents = round(found.change * 100)
    if not percents:
        return _("An open day of the second half sold as much as one of the first.")
    words = (
        _("An open day of the second half sold %(percent)s more than one of the first.")
        if percents > 0
        else _("An open day of the second half sold %(percent)s less than one of the first.")
    )
    return words % {"percent": f"{abs(percents)}%"}


def _trend_chart(found: times.Trend) -> str:
    points = (
        [_day_point(day) for day in found.days]
        if len(found.days) <= MOST_POINTS
        else list(_week_points(found.days))
    )
    return charts.line_chart(
        points, title=_("Net sales a day, weekday-adjusted"), tick=plain_number
    )


def _day_point(day: times.TrendDay) -> charts.Point:
    text = f"{local_date(day.day, 'D j M')}: {_whole(day.smooth)}"
    return charts.Point(local_date(day.day, "j M"), text, day.smooth, day.low, day.high)


def _week_points(days: Sequence[times.TrendDay]) -> Iterator[charts.Point]:
    for first, members in groupby(
        days, key=lambda day: period_with(day.day, PeriodKind.WEEKLY).first
    ):
        adjusted = [day.adjusted for day in members]
        mean = fmean(adjusted)
        text = _("Week of %(day)s: %(amount)s a day") % {
            "day": local_date(first, "j M"),
            "amount": _whole(mean),
        }
        yield charts.Point(local_date(first, "j M"), text, mean, min(adjusted), max(adjusted))


def _whole(amount: float) -> str:
    return shop_currency().text(shop_currency().round(Decimal(amount)))


def lead_times(source: Source, query: Mapping[str, str]) -> Figure:
    orders = times.lead_times(source.days)
    total = sum(orders)
    title = _("How early customers order")
    labels = _step_labels()
    rows = [
        (label, count, count / total if total else 0.0)
        for label, count in zip(labels, orders, strict=True)
    ]
    columns = (
        Column(_("Before pickup"), CellKind.TEXT),
        Column(_("Orders"), CellKind.COUNT),
        Column(_("Share"), CellKind.SHARE),
    )
    bars = [
        charts.Bar(label, count, f"{count:,} · {percent(share)}") for label, count, share in rows
    ]
    return Figure(
        slug="lead-times",
        title=title,
        definition=_(
            "The time from placing an order to its pickup, for orders from the web site only. "
            "Each step includes its beginning and excludes its end."
        ),
        sheet=Sheet(title, columns, rows),
        finding=_early_words(orders, total),
        chart=charts.bar_chart(bars, title=title) if total else "",
        empty=_("No order of the web site in this period. Choose a longer one."),
    )


def _step_labels() -> list[str]:
    hours = [int(end.total_seconds()) // 3600 for end in STEP_ENDS]
    labels = [
        ngettext("less than %(hours)s hour", "less than %(hours)s hours", hours[0])
        % {"hours": hours[0]}
    ]
    for start, end in pairwise(hours):
        if end <= 24:
            labels.append(_("%(start)s to %(end)s hours") % {"start": start, "end": end})
        else:
            labels.append(_("%(start)s to %(end)s days") % {"start": start // 24, "end": end // 24})
    days = hours[-1] // 24
    labels.append(ngettext("%(days)s day or more", "%(days)s days or more", days) % {"days": days})
    return labels


def _early_words(orders: Sequence[int], total: int) -> str:
    if not total:
        return ""
    a_day = STEP_ENDS.index(DAY) + 1
    return _("%(percent)s of the orders are placed a day or more ahead.") % {
        "percent": percent(sum(orders[a_day:]) / total)
    }
