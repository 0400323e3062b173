"""Closed business days, counted once: what the patterns are read from.

Every row here can be counted anew from the orders, and is then the same; nothing else is kept.
"""

from django.db import models

from cafe_site.menu.models import Product


def product_key() -> "models.ForeignKey[Product, Product]":
    """Return a column for a product. What was sold cannot be deleted; its order lines see to that.

    Without a constraint MariaDB needs no index for it: a third of the size, and of the writing.
    """
    return models.ForeignKey(
        Product, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )


class DayRollup(models.Model):
    """One closed business day: its totals, as `summarize_day` counts them."""

    business_day = models.DateField(unique=True)
    # Monday is 0: databases disagree on weekdays, so it is written down.
    weekday = models.PositiveSmallIntegerField()
    orders = models.PositiveIntegerField()
    items = models.PositiveIntegerField()
    gross_amount = models.DecimalField(max_digits=12, decimal_places=2)
    discount_amount = models.DecimalField(max_digits=12, decimal_places=2)
    refund_amount = models.DecimalField(max_digits=12, decimal_places=2)
    net_amount = models.DecimalField(max_digits=12, decimal_places=2)
    tax_amount = models.DecimalField(max_digits=12, decimal_places=2)
    counted_at = models.DateTimeField()

    class Meta:
        ordering = ("business_day",)

    def __str__(self) -> str:
        return f"rollup of {self.business_day:%Y-%m-%d}"


class RollupPart(models.Model):
    """What belongs to one day's rollup, and goes with it."""

    business_day = models.DateField()

    class Meta:
        abstract = True


class HourRollup(RollupPart):
    """One hour of a day by the shop's clock; the one that comes twice in autumn is one row."""

    weekday = models.PositiveSmallIntegerField()
    hour = models.PositiveSmallIntegerField()
    orders = models.PositiveIntegerField()
    net_amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("business_day", "hour"), name="hour_rollup_once")
        ]
        indexes = [
            models.Index(
                fields=("business_day", "weekday", "hour", "orders", "net_amount"),
                name="hour_rollup_figures",
            )
        ]

    def __str__(self) -> str:
        return f"{self.business_day:%Y-%m-%d} {self.hour:02}:00"


class ProductRollup(RollupPart):
    """One product on one day; `orders` are those that hold it."""

    product = product_key()
    quantity = models.PositiveIntegerField()
    net_amount = models.DecimalField(max_digits=12, decimal_places=2)
    orders = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("business_day", "product"), name="product_rollup_once")
        ]
        indexes = [
            models.Index(
                fields=("business_day", "product", "quantity", "net_amount", "orders"),
                name="product_rollup_figures",
            )
        ]

    def __str__(self) -> str:
        return f"{self.business_day:%Y-%m-%d} {self.product_id}"


class PairRollup(RollupPart):
    """Two products in one order: in how many of a day's orders. `first` has the lower number."""

    first = product_key()
    second = product_key()
    orders = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("business_day", "first", "second"), name="pair_rollup_once"
            )
        ]
        indexes = [
            models.Index(
                fields=("business_day", "first", "second", "orders"), name="pair_rollup_figures"
            )
        ]

    def __str__(self) -> str:
        return f"{self.business_day:%Y-%m-%d} {self.first_id} and {self.second_id}"


class LeadTimeRollup(RollupPart):
    """How long before pickup the web site's orders of a day were placed, in steps."""

    # The place of its step in lead_times.STEP_ENDS.
    step = models.PositiveSmallIntegerField()
    orders = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("business_day", "step"), name="lead_rollup_once")
        ]
        indexes = [
            models.Index(fields=("business_day", "step", "orders"), name="lead_rollup_figures")
        ]

    def __str__(self) -> str:
        return f"{self.business_day:%Y-%m-%d} step {self.step}"


class CustomerRollup(RollupPart):
    """One customer on one day, known by a keyed hash alone; orders without an address have none."""

    customer_key = models.CharField(max_length=32)
    # Whether no day before it has an order of this customer.
    is_first = models.BooleanField(default=False)
    orders = models.PositiveIntegerField()
    net_amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("business_day", "customer_key"), name="customer_rollup_once"
            )
        ]
        indexes = [
            models.Index(
                fields=("business_day", "is_first", "customer_key", "orders", "net_amount"),
                name="customer_rollup_figures",
            ),
            models.Index(fields=("customer_key", "business_day"), name="customer_rollup_days"),
        ]

    def __str__(self) -> str:
        return f"{self.business_day:%Y-%m-%d} {self.customer_key[:8]}"
