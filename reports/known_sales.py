"""What was known of a day at a moment of it: the orders that had been placed by then."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import Count, Q, Sum

from cafe_site.orders.models import Order, OrderLine
from cafe_site.shop.business_day import BusinessCalendar
from cafe_site.shop.money import ZERO
from cafe_site.shop.opening import shop_calendar
from reports.sales import KnownSales, Part


def same_moment(
    now: datetime.datetime, day: datetime.date, other: datetime.date, calendar: BusinessCalendar
) -> datetime.datetime:
    """Return, in UTC, when the clock of another business day shows what it shows now on `day`."""
    local = calendar.local(now)
    moment = datetime.datetime.combine(
        other + (local.date() - day), local.time(), tzinfo=calendar.zone
    )
    return moment.astimezone(datetime.UTC)


def sales_known_now(
    now: datetime.datetime, days: Sequence[datetime.date]
) -> dict[datetime.date, KnownSales]:
    """Return what is known now of today, and was known by this time of earlier days.

    Two queries, whatever the count of days. An order that was cancelled since is in none.
    """
    calendar = shop_calendar()
    today = calendar.day_of(now)
    moments = {day: same_moment(now, today, day, calendar) for day in days}
    if not moments:
        return {}
    products: dict[datetime.date, dict[int, Part]] = {day: {} for day in moments}
    hours: dict[datetime.date, dict[int, Part]] = {day: {} for day in moments}
    for day, product, quantity, net in _lines_known_by(moments):
        products[day][product] = Part(quantity, net)
    for day, hour, orders, net in _orders_known_by(moments):
        hours[day][hour] = Part(orders, net)
    return {
        day: KnownSales(
            orders=sum(part.count for part in hours[day].values()),
            net_amount=sum((part.net_amount for part in hours[day].values()), ZERO),
            products=products[day],
            hours=hours[day],
        )
        for day in moments
    }


def _orders_known_by(
    moments: Mapping[datetime.date, datetime.datetime],
) -> Iterable[tuple[datetime.date, int, int, Decimal]]:
    known = reduce(or_, (Q(business_day=day, placed_at__lte=at) for day, at in moments.items()))
    return (
        Order.objects.filter(known)
        .counted()
        .values_list("business_day", "pickup_hour")
        .annotate(Count("pk"), Sum("net_amount"))
    )


def _lines_known_by(
    moments: Mapping[datetime.date, datetime.datetime],
) -> Iterable[tuple[datetime.date, int, int, Decimal]]:
    known = reduce(
        or_, (Q(business_day=day, order__placed_at__lte=at) for day, at in moments.items())
    )
    return (
        OrderLine.objects.filter(known, counted=True)
        .values_list("business_day", "product")
        .annotate(Sum("quantity"), Sum("net_amount"))
    )
