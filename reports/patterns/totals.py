"""Totals of a range of closed days."""

from django.db.models import Count, Q, Sum

from cafe_site.shop.money import ZERO
from cafe_site.shop.opening import shop_currency
from cafe_site.shop.periods import DayRange
from reports.figures.comparison import AMOUNT_TOTALS, COUNT_TOTALS
from reports.figures.sales import SalesTotals
from reports.models import DayRollup


def totals_of_range(days: DayRange) -> SalesTotals:
    """Return the same totals as `summarize_period`."""
    currency = shop_currency()
    names = (*AMOUNT_TOTALS, *COUNT_TOTALS)
    sums = DayRollup.objects.filter(business_day__range=(days.first, days.last)).aggregate(
        **{f"{name}_sum": Sum(name) for name in names}
    )
    amounts = {name: currency.round(sums[f"{name}_sum"] or ZERO) for name in AMOUNT_TOTALS}
    orders = sums["orders_sum"] or 0
    return SalesTotals(
        **amounts,
        orders=orders,
        items=sums["items_sum"] or 0,
        average_order_amount=currency.round(amounts["net_amount"] / orders) if orders else None,
    )


def open_days_in(days: DayRange) -> int:
    """Return the number of days with an order."""
    rows = DayRollup.objects.filter(business_day__range=(days.first, days.last))
    counted: int = rows.aggregate(count=Count("business_day", filter=Q(orders__gt=0)))["count"]
    return counted
