"""What the database keeps of orders."""

from cafe_site.orders.models.mail import OutgoingMail
from cafe_site.orders.models.order import (
    MAX_OPTIONS_LENGTH,
    NEXT_STATUSES,
    Order,
    OrderEvent,
    OrderLine,
    Status,
)
from cafe_site.orders.models.slot import PickupSlot
from cafe_site.orders.models.voucher import Voucher

__all__ = [
    "MAX_OPTIONS_LENGTH",
    "NEXT_STATUSES",
    "Order",
    "OrderEvent",
    "OrderLine",
    "OutgoingMail",
    "PickupSlot",
    "Status",
    "Voucher",
]
