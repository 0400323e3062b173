"""Saving of generated orders with lines and events, priced like in the checkout."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random

from cafe_site.menu.models import Option, Product
from cafe_site.menu.options import groups_to_choose
from cafe_site.orders.basket import PricedLine, price_line
from cafe_site.orders.checkout import make_line
from cafe_site.orders.models import Order, OrderEvent, OrderLine, Status
from cafe_site.orders.pricing import refund_line, sum_amounts
from cafe_site.shop.opening import shop_calendar, shop_currency
from script.demo_parts.draw import MINUTE, DrawnOrder
from script.demo_parts.menu import MenuItem

REFUND_REASON = "The box was crushed; the first item was given back."
READY_BEFORE = 12 * MINUTE
COLLECTED_AFTER = 4 * MINUTE
GIVEN_UP_AFTER = 90 * MINUTE
# The share of orders from occasional customers.
OCCASIONAL, OCCASIONAL_CUSTOMERS = 0.4, 30
# The share of order lines with unusual options.
CHOOSY = 0.35


def write_orders(
    drawn: Sequence[DrawnOrder], products: dict[MenuItem, Product], *, now: datetime.datetime
) -> None:
    """Save orders in their state at `now`, without later events."""
    priced = [_price_lines(order, products, now=now) for order in drawn]
    orders = Order.objects.bulk_create(
        _make_order(order, lines, now=now) for order, lines in zip(drawn, priced, strict=True)
    )
    lines = [
        make_line(order, line)
        for order, lines_of_order in zip(orders, priced, strict=True)
        for line in lines_of_order
    ]
    for line in lines:
        line.counted = line.order.status != Status.CANCELLED
    OrderLine.objects.bulk_create(lines)
    OrderEvent.objects.bulk_create(
        event
        for order, source in zip(orders, drawn, strict=True)
        for event in _events_of(order, source, products, now=now)
    )


def steps_of(order: DrawnOrder) -> list[tuple[datetime.datetime, Status]]:
    """Return all status changes of an order with their times, in order."""
    steps = [(order.placed_at, Status.PLACED)]
    if order.outcome == Status.CANCELLED:
        return [*steps, (order.placed_at + (order.pickup_at - order.placed_at) / 2, order.outcome)]
    steps.append((order.pickup_at - READY_BEFORE, Status.READY))
    wait = COLLECTED_AFTER if order.outcome == Status.COLLECTED else GIVEN_UP_AFTER
    return [*steps, (order.pickup_at + wait, order.outcome)]


def _steps_until(
    order: DrawnOrder, now: datetime.datetime
) -> list[tuple[datetime.datetime, Status]]:
    return [(at, status) for at, status in steps_of(order) if at <= now]


def _is_refunded(order: DrawnOrder, now: datetime.datetime) -> bool:
    return order.is_refunded and order.pickup_at + GIVEN_UP_AFTER <= now


def _price_lines(
    order: DrawnOrder, products: dict[MenuItem, Product], *, now: datetime.datetime
) -> list[PricedLine]:
    lines = [
        price_line(products[item], quantity, pick_options(order, products[item]))
        for item, quantity in order.quantities.items()
    ]
    if _is_refunded(order, now):
        tax_rate = lines[0].product.tax_rate
        back = _refund_total(order, products)
        left = refund_line(lines[0].amounts, back, tax_rate, shop_currency())
        lines[0] = replace(lines[0], amounts=left)
    return lines


def _refund_total(order: DrawnOrder, products: dict[MenuItem, Product]) -> Decimal:
    """Return the unit price of the order's first item, tax included."""
    product = products[next(iter(order.quantities))]
    return price_line(product, 1, pick_options(order, product)).amounts.total_amount


def pick_options(order: DrawnOrder, product: Product) -> tuple[Option, ...]:
    """Return the chosen options of a product: mostly the usual ones; deterministic per order."""
    random = Random(f"{order.pickup_at:%Y-%m-%d %H:%M} {order.customer} {product.name}")
    picked = []
    for group in groups_to_choose(product):
        options = list(group.options.all())
        if random.random() < CHOOSY:
            picked.append(random.choice(options))
        elif group.is_required:
            picked.append(options[0])
    return tuple(picked)


def _make_order(order: DrawnOrder, lines: list[PricedLine], *, now: datetime.datetime) -> Order:
    calendar = shop_calendar()
    return Order(
        status=_steps_until(order, now)[-1][1],
        customer_name=order.customer,
        customer_email=_email_of(order),
        placed_at=order.placed_at,
        pickup_at=order.pickup_at,
        business_day=calendar.day_of(order.pickup_at),
        pickup_hour=calendar.local(order.pickup_at).hour,
        **sum_amounts([line.amounts for line in lines]),
    )


def _email_of(order: DrawnOrder) -> str:
    """Return the address of a regular or of an occasional customer."""
    name = order.customer.split()[0].lower().replace("ü", "ue")
    random = Random(f"{order.pickup_at:%Y-%m-%d %H:%M} {order.customer}")
    if random.random() < OCCASIONAL:
        name += str(random.randrange(OCCASIONAL_CUSTOMERS))
    return f"{name}@example.com"


def _events_of(
    order: Order,
    source: DrawnOrder,
    products: dict[MenuItem, Product],
    *,
    now: datetime.datetime,
) -> Iterator[OrderEvent]:
    kinds = OrderEvent.Kind
    for at, status in _steps_until(source, now):
        kind = kinds.PLACED if status == Status.PLACED else kinds.STATUS
        yield OrderEvent(order=order, kind=kind, status=status, at=at)
    if _is_refunded(source, now):
        yield OrderEvent(
            order=order,
            kind=kinds.REFUNDED,
            status=order.status,
            amount=_refund_total(source, products),
            reason=REFUND_REASON,
            at=source.pickup_at + GIVEN_UP_AFTER,
        )
