"""Transitions between order statuses, inside the caller's transaction."""

import datetime
from collections import Counter

from django.db.models import F
from django.utils.translation import gettext as _

from cafe_site.accounts.models import User
from cafe_site.orders.customer_mail import NOT_HELD
from cafe_site.orders.errors import StatusRefused, VoucherRefused
from cafe_site.orders.models import NOT_COUNTED, Order, OrderEvent, PickupSlot, Status
from cafe_site.orders.status_mails import tell_customer
from cafe_site.orders.vouchers import give_back_use, use_voucher
from cafe_site.shop.opening import pickup_rules
from cafe_site.stock.services import SoldOut, prepare_stock, release, reserve

# In which staff can take a cancellation back before the customer hears of it.
UNDO_TIME = datetime.timedelta(minutes=2)


def lock_order(order_id: int) -> Order:
    """Return an order that nobody else changes until the caller's transaction ends."""
    return Order.objects.select_for_update().get(pk=order_id)


def move_order(
    order: Order,
    to: Status,
    *,
    by: User | None,
    now: datetime.datetime,
    kind: OrderEvent.Kind = OrderEvent.Kind.STATUS,
    reason: str = "",
) -> None:
    """Give a locked order another status with all that follows from it.

    Raises StatusRefused when a cancelled order comes back and what it held is gone.
    """
    before, order.status = Status(order.status), to
    order.save(update_fields=["status", "updated_at"])
    if (before in NOT_COUNTED) != (to in NOT_COUNTED):
        order.lines.update(counted=to not in NOT_COUNTED)
    OrderEvent.objects.create(order=order, kind=kind, status=to, by=by, at=now, reason=reason)
    tell_customer(order, to, before=before, hold=_time_to_undo(to, by))
    # Last, as always, what others may be waiting for.
    if to == Status.CANCELLED:
        _give_back(order)
    elif before == Status.CANCELLED:
        _take_again(order, now=now)


def _time_to_undo(to: Status, by: User | None) -> datetime.timedelta:
    """Return how long the customer's e-mail waits: what staff cancel, they may undo."""
    return UNDO_TIME if to == Status.CANCELLED and by is not None else NOT_HELD


def _give_back(order: Order) -> None:
    """Return a cancelled order's place and products; only orders of the web site took any."""
    if order.channel == Order.Channel.WEB:
        slot = PickupSlot.objects.filter(start=order.pickup_at, taken__gt=0)
        slot.update(taken=F("taken") - 1)
        if order.voucher_id is not None:
            give_back_use(order.voucher_id)
        release(_quantities_of(order), order.business_day)


def _take_again(order: Order, *, now: datetime.datetime) -> None:
    """Take a cancelled order's place and products once more; raise StatusRefused if they went."""
    if order.channel != Order.Channel.WEB:
        return
    PickupSlot.objects.get_or_create(start=order.pickup_at)
    slot = PickupSlot.objects.filter(start=order.pickup_at)
    capacity = pickup_rules().slot_capacity
    if capacity is not None:
        slot = slot.filter(taken__lt=capacity)
    if not slot.update(taken=F("taken") + 1):
        raise StatusRefused(
            _("The pickup slot of order %(number)s is full.") % {"number": order.pk}
        )
    quantities = _quantities_of(order)
    prepare_stock(quantities.keys(), order.business_day)
    try:
        if order.voucher is not None:
            use_voucher(order.voucher)
        reserve(quantities, order.business_day, now=now)
    except (SoldOut, VoucherRefused) as error:
        raise StatusRefused(str(error)) from error


def _quantities_of(order: Order) -> dict[int, int]:
    """Return how many of each product an order holds, by the product's number."""
    quantities: Counter[int] = Counter()
    for product_id, quantity in order.lines.values_list("product_id", "quantity"):
        quantities[product_id] += quantity
    return dict(quantities)
