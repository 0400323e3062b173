"""Model of the e-mails to customers."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from cafe_site.identity.fields import EmailAddressField, ExactTextField
from cafe_site.orders.models.order import Order
from cafe_site.outbox.outgoing import Outgoing, OutgoingQuerySet


class OutgoingMailQuerySet(OutgoingQuerySet["OutgoingMail"]):
    """Mails; a process claims one before sending it."""

    def about(self, order: Order) -> Self:
        """Return the mails about an order, oldest first."""
        return self.filter(order=order).order_by("pk")

    def of_kinds(self, *kinds: str) -> Self:
        """Return the mails of these kinds, including repeated ones with a number appended."""
        alike = models.Q()
        for kind in kinds:
            alike |= models.Q(kind=kind) | models.Q(kind__startswith=f"{kind}-")
        return self.filter(alike)

    def tried(self) -> Self:
        """Return the mails that may have been delivered."""
        return self.filter(fence__gt=0)


class OutgoingMail(Outgoing):
    """An e-mail to a customer, saved with the change it reports and sent afterwards."""

    class State(models.TextChoices):
        QUEUED = Outgoing.QUEUED, _("queued")
        IN_FLIGHT = Outgoing.IN_FLIGHT, _("being sent")
        SENT = "sent", _("sent")
        FAILED = Outgoing.FAILED, _("failed")

    # None for a sign-in link, which concerns an address and not an order.
    order = models.ForeignKey(Order, models.CASCADE, null=True, related_name="mails")
    kind = ExactTextField(max_length=16)
    to = EmailAddressField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    sent_at = models.DateTimeField(null=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        constraints = [
            models.UniqueConstraint(fields=("order", "kind"), name="outgoing_mail_once"),
        ]
        indexes = [
            models.Index(fields=("state", "not_before"), name="outgoing_mail_waiting"),
            models.Index(fields=("to", "created_at"), name="outgoing_mail_to"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of order {self.order_id}" if self.order_id else self.kind
