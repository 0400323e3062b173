"""Sales of a day that were known at a given time of that day."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Count, Q, Sum

from cafe_site.orders.models import Order, OrderLine
from cafe_site.shop.business_day import BusinessCalendar
from cafe_site.shop.money import ZERO
from cafe_site.shop.opening import shop_calendar
from reports.figures.sales import Contribution, KnownSales


def same_moment(
    now: datetime.datetime, day: datetime.date, other: datetime.date, calendar: BusinessCalendar
) -> datetime.datetime:
    """Return the instant, in UTC, with the local time of `now` on another business day."""
    local = calendar.local(now)
    moment = datetime.datetime.combine(
        other + (local.date() - day), local.time(), tzinfo=calendar.zone
    )
    return moment.astimezone(datetime.UTC)


@dataclass(frozen=True, slots=True)
class KnownDays:
    """Sales known now for today, and known by this time on earlier days; by business day."""

    days: Mapping[datetime.date, KnownSales]
    # Sales to compare today with. If today's till sales are not imported yet, earlier days exclude
    # theirs too: the till's file comes in the evening, and until then every day would look far
    # worse than usual.
    comparable: Mapping[datetime.date, KnownSales]
    is_till_left_out: bool


@dataclass(frozen=True, slots=True)
class _Row:
    """Sum of one day's items of a product, or of its orders in an hour, per channel."""

    day: datetime.date
    channel: str
    key: int
    contribution: Contribution


def sales_known_now(now: datetime.datetime, days: Sequence[datetime.date]) -> KnownDays:
    """Return sales known now for today, and known by this time on the other days.

    Takes two queries for any number of days. Orders cancelled since are excluded.
    """
    calendar = shop_calendar()
    today = calendar.day_of(now)
    moments = {day: same_moment(now, today, day, calendar) for day in days}
    if not moments:
        return KnownDays({}, {}, is_till_left_out=False)
    items, orders = _items_known_by(moments), _orders_known_by(moments)
    known = _known_days(days, items, orders)
    till = [row for row in orders if row.channel == Order.Channel.TILL]
    if not till or any(row.day == today for row in till):
        return KnownDays(known, known, is_till_left_out=False)
    web_items, web_orders = (
        [row for row in rows if row.channel != Order.Channel.TILL] for rows in (items, orders)
    )
    return KnownDays(known, _known_days(days, web_items, web_orders), is_till_left_out=True)


def _known_days(
    days: Sequence[datetime.date], items: Iterable[_Row], orders: Iterable[_Row]
) -> dict[datetime.date, KnownSales]:
    products, hours = _add_up(days, items), _add_up(days, orders)
    return {
        day: KnownSales(
            orders=sum(part.count for part in hours[day].values()),
            net_amount=sum((part.net_amount for part in hours[day].values()), ZERO),
            products=products[day],
            hours=hours[day],
        )
        for day in days
    }


def _add_up(
    days: Sequence[datetime.date], rows: Iterable[_Row]
) -> dict[datetime.date, dict[int, Contribution]]:
    """Return the contributions of each day by key, summed over the channels."""
    summed: dict[datetime.date, dict[int, Contribution]] = {day: {} for day in days}
    for row in rows:
        other = summed[row.day].get(row.key, Contribution(0, ZERO))
        summed[row.day][row.key] = Contribution(
            other.count + row.contribution.count, other.net_amount + row.contribution.net_amount
        )
    return summed


def _orders_known_by(moments: Mapping[datetime.date, datetime.datetime]) -> list[_Row]:
    known = reduce(or_, (Q(business_day=day, placed_at__lte=at) for day, at in moments.items()))
    rows = (
        Order.objects.filter(known)
        .counted()
        .values_list("business_day", "channel", "pickup_hour")
        .annotate(Count("pk"), Sum("net_amount"))
    )
    return [
        _Row(day, channel, hour, Contribution(count, net))
        for day, channel, hour, count, net in rows
    ]


def _items_known_by(moments: Mapping[datetime.date, datetime.datetime]) -> list[_Row]:
    known = reduce(
        or_, (Q(business_day=day, order__placed_at__lte=at) for day, at in moments.items())
    )
    rows = (
        OrderLine.objects.counted()
        .filter(known)
        .values_list("business_day", "order__channel", "product")
        .annotate(Sum("quantity"), Sum("net_amount"))
    )
    return [
        _Row(day, channel, product, Contribution(quantity, net))
        for day, channel, product, quantity, net in rows
    ]
