"""Model of vouchers."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cafe_site.identity.fields import CodeField


class Voucher(models.Model):
    """A code that takes an amount or a share off an order's total."""

    code = CodeField(_("code"), max_length=40, unique=True, help_text=_("Written in capitals."))
    discount_total_amount = models.DecimalField(
        _("amount off, tax included"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    discount_share = models.DecimalField(
        _("per cent off"),
        max_digits=4,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.001")), MaxValueValidator(Decimal(1))],
    )
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    max_uses = models.PositiveIntegerField(
        _("how often"), null=True, blank=True, help_text=_("Leave it empty for no limit.")
    )
    used = models.PositiveIntegerField(_("used"), default=0, editable=False)

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(discount_total_amount__isnull=True, discount_share__isnull=False)
                | models.Q(discount_total_amount__isnull=False, discount_share__isnull=True),
                name="voucher_amount_or_share",
                violation_error_message=_(
                    "Enter either an amount or a percentage: one of them, and not both."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.code
