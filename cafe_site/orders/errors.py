"""Exceptions raised when an order cannot be placed or changed."""

import datetime


class OrderError(Exception):
    """An order could not be placed or changed; the message is a sentence for the user."""


class OrdersPaused(OrderError):
    """The shop takes no orders at the moment."""


class SlotUnavailable(OrderError):
    """The pickup time is past, outside opening hours, too soon, or full.

    `next_start` is the next free slot, if there is one.
    """

    def __init__(self, message: str, next_start: datetime.datetime | None = None) -> None:
        super().__init__(message)
        self.next_start = next_start


class ProductsUnavailable(OrderError):
    """A product in the basket is no longer on sale or in stock."""


class BasketChanged(OrderError):
    """A price or the basket has changed since the customer saw it."""


class VoucherRefused(OrderError):
    """The voucher does not exist or is not valid now."""


class CheckoutKeyReused(OrderError):
    """The form was sent before, with other details."""


class StatusRefused(OrderError):
    """The order cannot change from its current status to that status."""


class RefundRefused(OrderError):
    """The refund exceeds the payment, or is zero."""


class PaymentUnavailable(OrderError):
    """The payment service did not answer, or the outcome is unknown."""


class PaymentRefused(OrderError):
    """The payment service refused permanently.

    `detail` is the service's message, for the log and for staff.
    """

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail or message


class SessionMissing(PaymentRefused):
    """The payment service does not know this payment page."""
