"""Patterns of new and returning customers, identified only by a keyed hash."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from cafe_site.shop.money import ZERO
from cafe_site.shop.periods import DayRange
from reports.models import CustomerRollup, DayRollup


@dataclass(frozen=True, slots=True)
class CustomerGroup:
    """`customers` is None for orders without an address, because it is unknown."""

    customers: int | None = 0
    orders: int = 0
    net_amount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Customers:
    """Orders of a range by customer group. The three groups add up to all orders and net sales."""

    # Orders on a customer's first day.
    new: CustomerGroup
    # Orders of earlier customers.
    returning: CustomerGroup
    # Orders from the till, and orders without an e-mail address.
    unknown: CustomerGroup
    # New customers who came again within the range.
    came_again: int


def customers(days: DayRange) -> Customers:
    in_range = {"business_day__range": (days.first, days.last)}
    visits = CustomerRollup.objects.filter(**in_range)
    # Each customer is new only once, so no DISTINCT is needed.
    new = _group_of(visits.filter(is_first=True), Count("customer_key"))
    returning = _group_of(visits.filter(is_first=False), Count("customer_key", distinct=True))
    everybody = visits.aggregate(count=Count("customer_key", distinct=True))["count"]
    totals = DayRollup.objects.filter(**in_range).aggregate(
        orders_sum=Sum("orders"), net=Sum("net_amount")
    )
    return Customers(
        new=new,
        returning=returning,
        unknown=CustomerGroup(
            None,
            (totals["orders_sum"] or 0) - new.orders - returning.orders,
            (totals["net"] or ZERO) - new.net_amount - returning.net_amount,
        ),
        # Each of them counts as new and as returning.
        came_again=(new.customers or 0) + (returning.customers or 0) - everybody,
    )


def _group_of(visits: QuerySet[CustomerRollup], customers: Count) -> CustomerGroup:
    sums = visits.aggregate(count=customers, order_sum=Sum("orders"), net=Sum("net_amount"))
    return CustomerGroup(sums["count"], sums["order_sum"] or 0, sums["net"] or ZERO)


@dataclass(slots=True)
class DayOrders:
    """Orders of one day by customer group."""

    new: int = 0
    returning: int = 0


def orders_by_day(days: DayRange) -> dict[datetime.date, DayOrders]:
    rows = (
        CustomerRollup.objects.filter(business_day__range=(days.first, days.last))
        .values_list("business_day", "is_first")
        .annotate(Sum("orders"))
    )
    by_day: dict[datetime.date, DayOrders] = defaultdict(DayOrders)
    for day, is_first, orders in rows:
        if is_first:
            by_day[day].new = orders
        else:
            by_day[day].returning = orders
    return dict(by_day)
