"""Transitions between order statuses, inside the caller's transaction."""

import datetime
from collections import Counter

from django.db.models import F
from django.utils.translation import gettext as _

from cafe_site.accounts.models import User
from cafe_site.orders.customer_mail import NOT_HELD
from cafe_site.orders.errors import StatusRefused, VoucherRefused
from cafe_site.orders.models import NOT_COUNTED, Order, OrderEvent, PickupSlot, Status
from cafe_site.orders.status_mails import notify_customer
from cafe_site.orders.vouchers import give_back_use, use_voucher
from cafe_site.shop.opening import pickup_rules
from cafe_site.stock.services import SoldOut, prepare_stock, release, reserve

# Time for staff to undo a cancellation before the customer is e-mailed.
UNDO_TIME = datetime.timedelta(minutes=2)


def lock_order(order_id: int) -> Order:
    """Return an order, locked until the caller's transaction ends."""
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
    """Change the status of a locked order, with all consequences.

    Raises StatusRefused if a cancelled order is restored but its slot or stock is gone.
    """
    before, order.status = Status(order.status), to
    order.save(update_fields=["status", "updated_at"])
    if (before in NOT_COUNTED) != (to in NOT_COUNTED):
        order.lines.update(counted=to not in NOT_COUNTED)
    OrderEvent.objects.create(order=order, kind=kind, status=to, by=by, at=now, reason=reason)
    notify_customer(order, to, before=before, hold=_time_to_undo(to, by))
    # Rows shared with other orders are locked last.
    if to == Status.CANCELLED:
        _give_back(order)
    elif before == Status.CANCELLED:
        _take_again(order, now=now)


def _time_to_undo(to: Status, by: User | None) -> datetime.timedelta:
    """Return how long the customer's e-mail is delayed, so that staff can undo a cancellation."""
    return UNDO_TIME if to == Status.CANCELLED and by is not None else NOT_HELD


def _give_back(order: Order) -> None:
    """Release a cancelled order's slot and stock; only web orders have any."""
    if order.channel == Order.Channel.WEB:
        slot = PickupSlot.objects.filter(start=order.pickup_at, taken__gt=0)
        slot.update(taken=F("taken") - 1)
        if order.voucher_id is not None:
            give_back_use(order.voucher_id)
        release(_quantities_of(order), order.business_day)


def _take_again(order: Order, *, now: datetime.datetime) -> None:
    """Take a restored order's slot and stock again; raise StatusRefused if they are gone."""
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
    """Return the quantity of each product in an order, by product id."""
    quantities: Counter[int] = Counter()
    for product_id, quantity in order.lines.values_list("product_id", "quantity"):
        quantities[product_id] += quantity
    return dict(quantities)
