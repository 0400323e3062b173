"""Models of orders, payments, vouchers and customer e-mails."""

from cafe_site.orders.models.mail import OutgoingMail
from cafe_site.orders.models.order import (
    MAX_OPTIONS_LENGTH,
    NEXT_STATUSES,
    NOT_COUNTED,
    Order,
    OrderEvent,
    OrderLine,
    Status,
)
from cafe_site.orders.models.payment import CardRefund, Payment
from cafe_site.orders.models.slot import PickupSlot
from cafe_site.orders.models.voucher import Voucher

__all__ = [
    "MAX_OPTIONS_LENGTH",
    "NEXT_STATUSES",
    "NOT_COUNTED",
    "CardRefund",
    "Order",
    "OrderEvent",
    "OrderLine",
    "OutgoingMail",
    "Payment",
    "PickupSlot",
    "Status",
    "Voucher",
]
