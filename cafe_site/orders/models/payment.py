"""Models of card payments and card refunds."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cafe_site.identity.fields import ExactTextField
from cafe_site.orders.models.order import Order, amount_field
from cafe_site.outbox.outgoing import Outgoing, OutgoingQuerySet
from cafe_site.shop.fields import TokenField


class Payment(models.Model):
    """The online payment of an order: one per order, paid once."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        PAID = "paid", _("paid")
        CLOSED = "closed", _("closed without payment")

    order = models.OneToOneField(Order, models.PROTECT, related_name="payment")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    # The order's total when it was placed, tax included.
    amount = amount_field(_("amount"))
    # Until then the unpaid order keeps its slot and products.
    expires_at = models.DateTimeField(_("expires at"))
    session_id = TokenField(max_length=255, null=True, unique=True)
    session_url = models.TextField(blank=True)
    # The service's id of the payment, needed for refunds.
    intent_id = ExactTextField(max_length=100, blank=True)
    paid_at = models.DateTimeField(_("paid at"), null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = [models.Index(fields=("state", "expires_at"), name="payment_due")]

    def __str__(self) -> str:
        return f"payment of {self.order_id}"


class CardRefundQuerySet(OutgoingQuerySet["CardRefund"]):
    """Refunds; a process claims one before it calls the payment service."""


class CardRefund(Outgoing):
    """A refund to the card, saved with the change that caused it."""

    class State(models.TextChoices):
        QUEUED = Outgoing.QUEUED, _("queued")
        IN_FLIGHT = Outgoing.IN_FLIGHT, _("being sent")
        GIVEN_BACK = "given_back", _("given back")
        FAILED = Outgoing.FAILED, _("failed")

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    amount = amount_field(_("amount"))
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    reference = ExactTextField(max_length=100, blank=True)

    objects = CardRefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("card refund")
        verbose_name_plural = _("card refunds")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__gt=0), name="card_refund_amount_positive"
            ),
        ]
        indexes = [models.Index(fields=("state", "not_before"), name="card_refund_waiting")]

    def __str__(self) -> str:
        return f"card refund {self.pk} of payment {self.payment_id}"
