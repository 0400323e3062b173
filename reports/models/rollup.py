"""Models of the rollups: figures of closed business days, stored for the patterns.

Every row can be recomputed from the orders with the same result; nothing else is stored. Rows are
queried by day, so each table is clustered by day: its primary key begins with the day, and there
is no other index.
"""

from django.db import models

from cafe_site.menu.models import Product


def product_key() -> "models.ForeignKey[Product, Product]":
    """Return a column for a product. A sold product cannot be deleted, due to its order lines.

    Without a constraint, MariaDB needs no index for it.
    """
    return models.ForeignKey(
        Product, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )


class DayRollup(models.Model):
    """One closed business day: its totals, as `summarize_day` counts them."""

    business_day = models.DateField(primary_key=True)
    # Monday is 0. Stored, because databases number weekdays differently.
    weekday = models.PositiveSmallIntegerField()
    # One of public_holidays' kinds. Stored, because the web package has no holiday data.
    holiday = models.PositiveSmallIntegerField(default=0)
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


class HourRollup(models.Model):
    """One hour of a day in local time; the repeated hour in autumn is one row."""

    pk = models.CompositePrimaryKey("business_day", "hour")
    business_day = models.DateField()
    hour = models.PositiveSmallIntegerField()
    weekday = models.PositiveSmallIntegerField()
    orders = models.PositiveIntegerField()
    net_amount = models.DecimalField(max_digits=12, decimal_places=2)

    def __str__(self) -> str:
        return f"{self.business_day:%Y-%m-%d} {self.hour:02}:00"


class ProductRollup(models.Model):
    """One product on one day; `orders` is the number of orders that contain it."""

    pk = models.CompositePrimaryKey("business_day", "product_id")
    business_day = models.DateField()
    product = product_key()
    quantity = models.PositiveIntegerField()
    net_amount = models.DecimalField(max_digits=12, decimal_places=2)
    orders = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.business_day:%Y-%m-%d} {self.product_id}"


class PairRollup(models.Model):
    """Number of a day's orders with both of two products. `first` has the lower id."""

    pk = models.CompositePrimaryKey("business_day", "first_id", "second_id")
    business_day = models.DateField()
    first = product_key()
    second = product_key()
    orders = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.business_day:%Y-%m-%d} {self.first_id} and {self.second_id}"


class LeadTimeRollup(models.Model):
    """Number of a day's web orders by lead time before pickup, in steps."""

    pk = models.CompositePrimaryKey("business_day", "step")
    business_day = models.DateField()
    # Index in lead_times.STEP_ENDS.
    step = models.PositiveSmallIntegerField()
    orders = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.business_day:%Y-%m-%d} step {self.step}"


class CustomerRollup(models.Model):
    """One customer on one day, identified by a keyed hash; orders without address have none."""

    pk = models.CompositePrimaryKey("business_day", "customer_key")
    business_day = models.DateField()
    customer_key = models.BigIntegerField()
    # Whether this is the customer's first day.
    is_first = models.BooleanField(default=False)
    orders = models.PositiveIntegerField()
    net_amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        indexes = [models.Index(fields=("customer_key",), name="customer_rollup_days")]

    def __str__(self) -> str:
        return f"{self.business_day:%Y-%m-%d} {self.customer_key:x}"
