"""Exceptions raised when an order cannot be placed or changed."""

import datetime


class OrderError(Exception):
    """An order could not be written; the message is a sentence for whoever asked."""


class OrdersPaused(OrderError):
    """The shop takes no orders for the moment."""


class SlotUnavailable(OrderError):
    """The pickup time is past, outside opening hours, too soon, or full.

    `next_start` is the free slot that comes next, if there is one.
    """

    def __init__(self, message: str, next_start: datetime.datetime | None = None) -> None:
        super().__init__(message)
        self.next_start = next_start


class ProductsUnavailable(OrderError):
    """Something in the basket is no longer on sale, or there is not enough of it."""


class BasketChanged(OrderError):
    """A price or the basket is not as the customer was shown."""


class VoucherRefused(OrderError):
    """There is no such voucher, or it does not hold now."""


class CheckoutKeyReused(OrderError):
    """The form was sent before, with other details."""


class StatusRefused(OrderError):
    """The order cannot go to that status from where it stands."""


class RefundRefused(OrderError):
    """The refund is more than was paid, or nothing."""


class PaymentUnavailable(OrderError):
    """The payment service gave no answer, or none that says what became of it."""


class PaymentRefused(OrderError):
    """The payment service will not do it, however often it is asked.

    `detail` is what the service said, for the log and for staff.
    """

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail or message


class SessionMissing(PaymentRefused):
    """The payment service knows no such page."""
