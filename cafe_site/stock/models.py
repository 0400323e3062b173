"""The daily stock: quantities of each product on each business day."""

import datetime
from typing import Self

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from cafe_site.menu.models import Product

# The quantity of a day: baked, or planned until that is known, plus carried over.
LIMIT = Coalesce("baked", "planned") + models.F("carried_over")


class DailyStockQuerySet(models.QuerySet["DailyStock"]):
    def on(self, day: datetime.date) -> Self:
        """Return the stock of one business day."""
        return self.filter(business_day=day)

    def between(self, first: datetime.date, last: datetime.date) -> Self:
        """Return the stock of the business days from `first` to `last`, both included."""
        return self.filter(business_day__range=(first, last))

    def limited(self) -> Self:
        """Return the rows that can sell out: something was planned or baked."""
        return self.exclude(planned=None, baked=None)

    def with_room_for(self, quantity: int) -> Self:
        """Return the rows from which this quantity can still be reserved."""
        return (
            self.filter(left_over=None)
            .alias(limit=LIMIT)
            .filter(
                models.Q(limit__isnull=True) | models.Q(limit__gte=models.F("reserved") + quantity)
            )
        )


class DailyStock(models.Model):
    """One product on one business day. Orders for other days do not affect it.

    Every ordered product has a row, even without a limit: if a limit is set at noon, the row knows
    what was reserved in the morning.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="daily_stock")
    business_day = models.DateField(_("business day"))
    # Null means no limit. The baked quantity replaces the planned one as soon as it is known.
    planned = models.PositiveIntegerField(_("planned"), null=True, blank=True)
    baked = models.PositiveIntegerField(_("baked"), null=True, blank=True)
    # Leftovers of the day before that are sold again, in addition to the planned or baked quantity.
    carried_over = models.PositiveIntegerField(_("carried over"), default=0, db_default=0)
    reserved = models.PositiveIntegerField(_("reserved"), default=0)
    # Counted in the evening; from then on, the product is no longer sold.
    left_over = models.PositiveIntegerField(_("left over"), null=True, blank=True)
    sold_out_at = models.DateTimeField(_("sold out at"), null=True, blank=True)

    objects = DailyStockQuerySet.as_manager()

    class Meta:
        verbose_name = _("daily stock")
        verbose_name_plural = _("daily stock")
        constraints = [
            models.UniqueConstraint(fields=("business_day", "product"), name="daily_stock_once"),
            models.CheckConstraint(
                condition=models.Q(baked__isnull=False)
                | models.Q(planned__isnull=True)
                | models.Q(reserved__lte=models.F("planned") + models.F("carried_over")),
                name="daily_stock_within_planned",
            ),
            models.CheckConstraint(
                condition=models.Q(baked__isnull=True)
                | models.Q(reserved__lte=models.F("baked") + models.F("carried_over")),
                name="daily_stock_within_baked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.business_day:%Y-%m-%d}"

    @property
    def limit(self) -> int | None:
        made = self.planned if self.baked is None else self.baked
        return None if made is None else made + self.carried_over

    @property
    def free(self) -> int | None:
        """Return how many can still be ordered; None means no limit."""
        if self.left_over is not None:
            return 0
        return None if self.limit is None else self.limit - self.reserved
