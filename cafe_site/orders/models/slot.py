"""Model of the pickup slots that have orders."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PickupSlot(models.Model):
    """A pickup slot of 15 minutes, and its number of orders."""

    start = models.DateTimeField(_("start"), unique=True)
    taken = models.PositiveIntegerField(_("taken"), default=0)

    class Meta:
        verbose_name = _("pickup slot")
        verbose_name_plural = _("pickup slots")

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M} UTC"
