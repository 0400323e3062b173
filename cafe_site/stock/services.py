"""Every write to the daily stock: the only place that locks it.

Reserving is one conditional UPDATE per product, products in the order of their numbers, as the last
thing of a transaction. Two baskets that hold the same products then meet at the same row first, and
one waits for the other; taken in any other order they would wait for each other (a deadlock).
"""

import datetime
from collections.abc import Collection, Mapping

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from cafe_site.menu.models import Product
from cafe_site.stock.models import DailyStock


class SoldOut(Exception):
    """There are not as many left as somebody wants; the message says how many there are."""

    def __init__(self, product: Product, free: int) -> None:
        self.product, self.free = product, free
        if free:
            message = _("Of %(product)s only %(free)s are left for this day.")
        else:
            message = _("%(product)s is sold out for this day.")
        super().__init__(message % {"product": product.name, "free": free})


class StockRefused(Exception):
    """A quantity cannot be set; the message says why and what to do."""


def prepare_stock(product_ids: Collection[int], day: datetime.date) -> None:
    """See to it that each product has a row for a day, with its usual plan as the limit.

    Call it before the transaction that reserves: two of them that insert the same row would wait
    for each other's locks. Safe to repeat and to run at once with itself.
    """
    there = DailyStock.objects.filter(business_day=day, product__in=product_ids)
    missing = set(product_ids) - set(there.values_list("product_id", flat=True))
    for product in Product.objects.filter(pk__in=missing).order_by("pk"):
        DailyStock.objects.get_or_create(
            product=product, business_day=day, defaults={"planned": product.daily_quantity}
        )


def reserve(quantities: Mapping[int, int], day: datetime.date, *, now: datetime.datetime) -> None:
    """Take so many of each product out of a day's stock, inside the caller's transaction.

    Raises SoldOut for the first product that has not enough left; the caller rolls back.
    """
    for product_id, quantity in sorted(quantities.items()):
        rows = DailyStock.objects.filter(product=product_id, business_day=day)
        is_last = When(reserved=Coalesce("baked", "planned") - quantity, then=Value(now))
        reserved = rows.with_room_for(quantity).update(
            # Before `reserved`: MariaDB assigns from left to right, and the condition reads it.
            sold_out_at=Case(is_last, default=F("sold_out_at")),
            reserved=F("reserved") + quantity,
        )
        if not reserved:
            row = rows.select_related("product").get()
            raise SoldOut(row.product, row.free or 0)


def release(quantities: Mapping[int, int], day: datetime.date) -> None:
    """Give so many of each product back to a day's stock, inside the caller's transaction."""
    for product_id, quantity in sorted(quantities.items()):
        DailyStock.objects.filter(
            product=product_id, business_day=day, reserved__gte=quantity
        ).update(sold_out_at=None, reserved=F("reserved") - quantity)


def set_quantities(
    stock_id: int,
    *,
    planned: int | None,
    baked: int | None,
    left_over: int | None,
    now: datetime.datetime,
) -> None:
    """Write down what was planned and baked and what is left over of a product on a day.

    Raises StockRefused when fewer would be there than customers have been promised.
    """
    limit = planned if baked is None else baked
    just_used_up = When(reserved=limit, then=Coalesce("sold_out_at", Value(now)))
    try:
        with transaction.atomic():
            DailyStock.objects.filter(pk=stock_id).update(
                planned=planned,
                baked=baked,
                left_over=left_over,
                sold_out_at=None if limit is None else Case(just_used_up, default=None),
            )
    except IntegrityError as error:
        row = DailyStock.objects.select_related("product").get(pk=stock_id)
        raise StockRefused(
            _(
                "%(product)s: %(reserved)s are reserved. Give a higher number, "
                "or cancel orders first."
            )
            % {"product": row.product.name, "reserved": row.reserved}
        ) from error


def plan_quantities(quantities: Mapping[int, int], day: datetime.date) -> None:
    """Write down how many of each product are planned for a day, inside the caller's transaction.

    Raises StockRefused when fewer would be there than customers have been promised.
    """
    for product_id, quantity in sorted(quantities.items()):
        rows = DailyStock.objects.filter(product=product_id, business_day=day)
        planned = rows.filter(Q(reserved__lte=quantity) | Q(baked__isnull=False))
        if not planned.update(planned=quantity):
            row = rows.select_related("product").get()
            raise StockRefused(
                _("%(product)s: %(reserved)s are ordered. Plan at least as many.")
                % {"product": row.product.name, "reserved": row.reserved}
            )


def write_leftovers(leftovers: Mapping[int, int]) -> None:
    """Write down how many were left over, by the number of the stock's row, all of them or none.

    What was baked and not written down was baked as planned. Raises StockRefused when more would
    be left than were there.
    """
    with transaction.atomic():
        for stock_id, left_over in sorted(leftovers.items()):
            rows = DailyStock.objects.filter(pk=stock_id)
            there = rows.alias(there=Coalesce("baked", "planned")).filter(there__gte=left_over)
            if not there.update(left_over=left_over, baked=Coalesce("baked", "planned")):
                row = rows.select_related("product").get()
                raise StockRefused(
                    _("%(product)s: %(left)s cannot be left over of %(there)s.")
                    % {"product": row.product.name, "left": left_over, "there": row.limit or 0}
                )


def free_quantities(product_ids: Collection[int], day: datetime.date) -> dict[int, int | None]:
    """Return how many of each product can be ordered for a day; None is any number, in one query.

    A product whose day has no row yet has its usual plan.
    """
    free = dict(Product.objects.filter(pk__in=product_ids).values_list("pk", "daily_quantity"))
    for row in DailyStock.objects.filter(business_day=day, product__in=product_ids):
        free[row.product_id] = row.free
    return free
