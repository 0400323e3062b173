"""The stock and the pickup slots that the demo's orders use, from today on."""

import datetime

from django.db.models import Count, Sum

from cafe_site.menu.models import Product
from cafe_site.orders.models import Order, OrderLine, PickupSlot, Status
from cafe_site.stock.models import DailyStock

# Daily quantities; all other products are unlimited.
DAILY_QUANTITIES = {"Black Forest cake": 12, "Strawberry shortcake": 10, "Lemon tart": 16}


def take_stock_and_slots(today: datetime.date, now: datetime.datetime) -> None:
    """Save the reservations of the orders from today on, as the checkout does."""
    for name, quantity in DAILY_QUANTITIES.items():
        Product.objects.filter(name=name).update(daily_quantity=quantity)
    plans = dict(Product.objects.values_list("pk", "daily_quantity"))
    reserved = (
        OrderLine.objects.filter(business_day__gte=today, counted=True)
        .values_list("business_day", "product_id")
        .annotate(Sum("quantity"))
    )
    for day, product_id, quantity in reserved:
        plan = plans[product_id]
        # On a busy day, more is made than usual.
        planned = None if plan is None else max(plan, quantity)
        DailyStock.objects.create(
            business_day=day,
            product_id=product_id,
            planned=planned,
            reserved=quantity,
            sold_out_at=now if planned == quantity else None,
        )
    taken = (
        Order.objects.filter(business_day__gte=today)
        .exclude(status=Status.CANCELLED)
        .values_list("pickup_at")
        .annotate(Count("pk"))
    )
    PickupSlot.objects.bulk_create(PickupSlot(start=start, taken=count) for start, count in taken)
