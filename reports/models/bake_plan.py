"""Models of the bake plan, its scores and outlier days."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cafe_site.menu.models import Product


class BakePlanLine(models.Model):
    """Quantity of one product to bake for one business day: proposed, and as accepted."""

    business_day = models.DateField(_("business day"))
    product = models.ForeignKey(Product, models.CASCADE, related_name="bake_plan_lines")
    proposed = models.PositiveIntegerField(_("proposed"))
    quantity = models.PositiveIntegerField(_("quantity"))
    # The demand forecast behind it: the mean, and quantiles by level ("0.80": 34.1).
    mean = models.DecimalField(max_digits=9, decimal_places=2)
    quantiles = models.JSONField()
    # Copied when the plan was made, because the product's may change.
    batch_size = models.PositiveIntegerField(_("batch size"), default=1, db_default=1)
    ordered_ahead = models.PositiveIntegerField(_("ordered ahead"), default=0)
    carried_over = models.PositiveIntegerField(_("carried over"), default=0)
    # Facts that explain the quantity; reason_of() turns them into a sentence.
    facts = models.JSONField(default=dict)
    # The last closed business day whose sales it includes.
    planned_after = models.DateField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("line of the bake plan")
        verbose_name_plural = _("bake plan")
        ordering = ("business_day", "product")
        constraints = [
            models.UniqueConstraint(fields=("business_day", "product"), name="bake_plan_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.product_id} for {self.business_day:%Y-%m-%d}"

    @property
    def is_accepted(self) -> bool:
        return self.accepted_at is not None


class BakeScore(models.Model):
    """Result of one product on one business day. Updated while figures come in."""

    business_day = models.DateField(_("business day"))
    product = models.ForeignKey(Product, models.CASCADE, related_name="bake_scores")
    planned = models.PositiveIntegerField(_("planned"), null=True)
    baked = models.PositiveIntegerField(_("baked"))
    sold = models.PositiveIntegerField(_("sold"))
    left_over = models.PositiveIntegerField(_("left over"))
    sold_out_at = models.DateTimeField(_("sold out at"), null=True)
    is_sold_out = models.BooleanField(default=False)
    # Estimated demand; more than was sold only if it sold out.
    demand = models.DecimalField(max_digits=9, decimal_places=2)
    # Cost of one leftover item and of one missing item, fixed when first scored, because prices
    # change later. No waste cost if the product has no unit cost.
    waste_unit_amount = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    missed_unit_amount = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    waste_amount = models.DecimalField(_("waste"), max_digits=12, decimal_places=2, null=True)
    missed_amount = models.DecimalField(_("missed"), max_digits=12, decimal_places=2)
    # Cost of the quantity sold a week before; None without such a day.
    as_last_week_amount = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, default=Decimal(0)
    )

    class Meta:
        verbose_name = _("score of the bake plan")
        verbose_name_plural = _("scores of the bake plan")
        ordering = ("business_day", "product")
        constraints = [
            models.UniqueConstraint(fields=("business_day", "product"), name="bake_score_once"),
        ]

    def __str__(self) -> str:
        return f"score of {self.product_id} on {self.business_day:%Y-%m-%d}"

    @property
    def missed(self) -> Decimal:
        """Estimated demand that could not be met."""
        return max(self.demand - self.sold, Decimal(0))


# A day counted in full counts at most this many times the usual: beyond it, one day would outweigh
# all others, and the regression would plan nothing of the product.
MOST_TIMES_IN_FULL = 10


class OutlierDay(models.Model):
    """A business day with unusually high sales of one product.

    The forecast learns from `counted_as` instead, unless an owner counts the day in full.
    """

    business_day = models.DateField(_("business day"))
    product = models.ForeignKey(Product, models.CASCADE, related_name="outlier_days")
    sold = models.PositiveIntegerField(_("sold"))
    counted_as = models.PositiveIntegerField(_("counted as"))
    counts_in_full = models.BooleanField(_("counts in full"), default=False, db_default=False)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("day far above the usual")
        verbose_name_plural = _("days far above the usual")
        ordering = ("-business_day", "product")
        constraints = [
            models.UniqueConstraint(fields=("business_day", "product"), name="outlier_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sold} of {self.product_id} on {self.business_day:%Y-%m-%d}"

    @property
    def learned_from(self) -> int:
        """Quantity that the forecast learns from."""
        if not self.counts_in_full:
            return self.counted_as
        return min(self.sold, MOST_TIMES_IN_FULL * max(self.counted_as, 1))
