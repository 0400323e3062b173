"""Models of orders, their lines and their status history."""

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cafe_site.identity.fields import EmailAddressField, ExactTextField, ReceiptField
from cafe_site.menu.models import Product
from cafe_site.menu.options import line_name
from cafe_site.orders.models.voucher import Voucher
from cafe_site.orders.pricing import LineAmounts
from cafe_site.shop.fields import TokenField, make_token

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_OPTIONS_LENGTH = 300


def amount_field(verbose_name: "StrOrPromise" = "") -> models.DecimalField:
    """Return a column for an amount in the shop's currency."""
    return models.DecimalField(verbose_name, max_digits=12, decimal_places=2, default=0)


class Status(models.TextChoices):
    """The status of an order."""

    UNPAID = "unpaid", _("waiting for payment")
    PLACED = "placed", _("placed")
    READY = "ready", _("ready")
    COLLECTED = "collected", _("collected")
    NOT_COLLECTED = "not_collected", _("not collected")
    CANCELLED = "cancelled", _("cancelled")


# An order is a sale unless it is cancelled or its payment is still pending.
NOT_COUNTED = (Status.UNPAID, Status.CANCELLED)

# Statuses that one tap on the board can set. Staff may tap the wrong button, so every step can be
# undone; a cancelled order can be restored if its slot and products are still free. Cancelling is
# not a tap, because it needs a reason.
NEXT_STATUSES: dict[str, tuple[Status, ...]] = {
    Status.UNPAID: (),
    Status.PLACED: (Status.READY, Status.COLLECTED, Status.NOT_COLLECTED),
    Status.READY: (Status.COLLECTED, Status.NOT_COLLECTED, Status.PLACED),
    # To either: the earlier status is not stored, and neither change sends an e-mail.
    Status.COLLECTED: (Status.READY, Status.PLACED),
    Status.NOT_COLLECTED: (Status.READY, Status.PLACED),
    Status.CANCELLED: (Status.PLACED,),
}


class OrderQuerySet(models.QuerySet["Order"]):
    def for_board(self, day: datetime.date, night_ends_at: datetime.datetime | None) -> Self:
        """Return a day's orders with their lines, by pickup time.

        If the day's hours last past midnight, the next day's orders until then are included.
        """
        orders = self.in_hours_of(day, night_ends_at).order_by("pickup_at", "pk")
        return orders.select_related("payment").prefetch_related("lines")

    def in_hours_of(self, day: datetime.date, night_ends_at: datetime.datetime | None) -> Self:
        """Return the orders of a business day, and of the next one until the day's hours end."""
        if night_ends_at is None:
            return self.filter(business_day=day)
        days = (day, day + datetime.timedelta(days=1))
        return self.filter(business_day__in=days, pickup_at__lt=night_ends_at)

    def counted(self) -> Self:
        """Return the orders that are sales."""
        return self.exclude(status__in=NOT_COUNTED)


class Order(models.Model):
    """One customer's order for one pickup. Its amounts are the sums of its lines."""

    class Channel(models.TextChoices):
        WEB = "web", _("web site")
        TILL = "till", _("till")

    token = TokenField(default=make_token, editable=False)
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.WEB)
    status = models.CharField(max_length=16, choices=Status, default=Status.PLACED)
    # One checkout form places one order, however often it is sent.
    checkout_key = TokenField(null=True, unique=True, editable=False)
    checkout_digest = ExactTextField(max_length=64, blank=True, editable=False)
    # The till's receipt number, for imported orders.
    receipt = ReceiptField(max_length=64, null=True)

    customer_name = models.CharField(_("name"), max_length=80, blank=True)
    customer_email = EmailAddressField(_("e-mail"), blank=True)
    customer_phone = models.CharField(_("telephone"), max_length=40, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    # Language of the order, and of the e-mails to the customer.
    language = models.CharField(max_length=10, default="en", db_default="en", editable=False)

    voucher = models.ForeignKey(
        Voucher, models.PROTECT, null=True, related_name="orders", verbose_name=_("voucher")
    )
    placed_at = models.DateTimeField(_("placed at"))
    pickup_at = models.DateTimeField(_("pickup at"))
    # Both are derived from pickup_at in local time. Stored, so that the database needs no time
    # zones to group by them.
    business_day = models.DateField(_("business day"))
    pickup_hour = models.PositiveSmallIntegerField()

    gross_amount = amount_field(_("gross sales"))
    discount_amount = amount_field(_("discounts"))
    refund_amount = amount_field(_("refunds"))
    net_amount = amount_field(_("net sales"))
    tax_amount = amount_field(_("tax"))
    # For a paid order that was cancelled: the amount not refunded, tax included.
    kept_amount = amount_field(_("kept"))

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.UniqueConstraint(
                fields=("channel", "business_day", "receipt"), name="order_receipt_once"
            ),
            models.CheckConstraint(
                condition=models.Q(pickup_hour__lte=23), name="order_pickup_hour"
            ),
        ]
        indexes = [
            # A customer's own orders, newest first.
            models.Index(fields=("customer_email", "pickup_at"), name="order_of_customer"),
            # Covers the report's totals and hours, and sales known at a time of day, so that no
            # table row is read for them.
            models.Index(
                fields=(
                    "business_day",
                    "status",
                    "pickup_hour",
                    "gross_amount",
                    "discount_amount",
                    "refund_amount",
                    "net_amount",
                    "tax_amount",
                    "placed_at",
                    "channel",
                ),
                name="order_figures",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("orders:order", args=[self.pk, self.token])

    @property
    def total_amount(self) -> Decimal:
        """The amount that the customer pays: net sales and tax."""
        return self.net_amount + self.tax_amount

    @property
    def is_open(self) -> bool:
        return self.status in (Status.PLACED, Status.READY)

    @property
    def is_unpaid(self) -> bool:
        return self.status == Status.UNPAID

    @property
    def is_paid_online(self) -> bool:
        payment = getattr(self, "payment", None)
        return payment is not None and payment.state == payment.State.PAID

    @property
    def next_statuses(self) -> tuple[Status, ...]:
        """Return the statuses that one tap can set; none that would require a refund."""
        if self.status == Status.CANCELLED and self.is_paid_online:
            return ()
        return NEXT_STATUSES[self.status]

    @property
    def can_be_cancelled(self) -> bool:
        """Whether staff may cancel it with a reason; a collected order is refunded instead."""
        return self.is_open or self.is_unpaid


class OrderLineQuerySet(models.QuerySet["OrderLine"]):
    def counted(self) -> Self:
        """Return the lines that are sales."""
        return self.filter(counted=True)

    def sold_on(self, *days: datetime.date) -> Self:
        """Return the sales of the given business days."""
        return self.counted().filter(business_day__in=days)

    def sold_between(self, first: datetime.date, last: datetime.date) -> Self:
        """Return the sales of the business days from `first` to `last`, both included."""
        return self.counted().filter(business_day__range=(first, last))


class OrderLine(models.Model):
    """A quantity of one product. Name, price and tax rate are copied when it is ordered."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, related_name="order_lines")
    product_name = models.CharField(max_length=120)
    # Names of the chosen options, such as "Large, Oat milk".
    options = models.CharField(max_length=MAX_OPTIONS_LENGTH, blank=True)
    # The basket line's key, so that it can be ordered again: "12:3,7".
    choice_key = ExactTextField(max_length=400, blank=True, editable=False)
    quantity = models.PositiveIntegerField()
    unit_price_amount = models.DecimalField(max_digits=10, decimal_places=2)
    tax_rate = models.DecimalField(max_digits=5, decimal_places=4)
    gross_amount = amount_field()
    discount_amount = amount_field()
    refund_amount = amount_field()
    net_amount = amount_field()
    tax_amount = amount_field()
    # Copied from the order, for the index below.
    business_day = models.DateField()
    counted = models.BooleanField(
        default=True, help_text=_("Whether it is a sale: its order is not cancelled.")
    )

    objects = OrderLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0), name="order_line_quantity_positive"
            ),
        ]
        indexes = [
            # Covers a day's quantities per product in one index range; with the order's id, the
            # order can be joined without reading the line.
            models.Index(
                fields=("business_day", "counted", "product", "quantity", "net_amount", "order"),
                name="order_line_figures",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.name}"

    @property
    def name(self) -> str:
        return line_name(self.product_name, self.options)

    @property
    def amounts(self) -> LineAmounts:
        return LineAmounts(
            gross_amount=self.gross_amount,
            discount_amount=self.discount_amount,
            refund_amount=self.refund_amount,
            tax_amount=self.tax_amount,
        )


class OrderEvent(models.Model):
    """A log entry of an order: what happened, who did it and when. Rows are only added."""

    class Kind(models.TextChoices):
        PLACED = "placed", _("placed")
        PAID = "paid", _("paid")
        STATUS = "status", _("status changed")
        REFUNDED = "refunded", _("refunded")

    order = models.ForeignKey(Order, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=16, choices=Kind)
    status = models.CharField(max_length=16, choices=Status)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("order event")
        verbose_name_plural = _("order events")
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_status_display()}"
