"""Every write to the daily stock: the only place that locks it.

Reserving is one conditional UPDATE per product, products in the order of their numbers, as the last
thing of a transaction. Two baskets that hold the same products then meet at the same row first, and
one waits for the other; taken in any other order they would wait for each other (a deadlock).
"""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Max, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cafe_site.menu.models import Product, menu_order
from cafe_site.once.services import FormKey, use_key
from cafe_site.shop.business_day import DAY
from cafe_site.shop.opening import shop_calendar
from cafe_site.stock.models import LIMIT, DailyStock

YEAR = DAY * 366


class SoldOut(Exception):
    """There are not as many left as somebody wants; the message says how many there are."""

    def __init__(self, product: Product, free: int) -> None:
        self.product, self.free = product, free
        if free:
            message = ngettext(
                "%(product)s: only %(free)s is left for this day. Order one, or choose another "
                "day.",
                "%(product)s: only %(free)s are left for this day. Order fewer, or choose another "
                "day.",
                free,
            )
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
    there = DailyStock.objects.on(day).filter(product__in=product_ids)
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
        rows = DailyStock.objects.on(day).filter(product=product_id)
        is_last = When(reserved=LIMIT - quantity, then=Value(now))
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
        rows = DailyStock.objects.on(day).filter(product=product_id, reserved__gte=quantity)
        rows.update(sold_out_at=None, reserved=F("reserved") - quantity)


def lock_stock(rows: QuerySet[DailyStock]) -> None:
    """Lock rows until the caller's transaction ends, in the order of their products."""
    # By the column: sorted by "product", Django joins the products and locks them as well.
    list(rows.select_for_update().order_by("product_id").values_list("pk"))


def set_quantities(
    stock_id: int,
    *,
    planned: int | None,
    baked: int | None,
    left_over: int | None,
    now: datetime.datetime,
    once: FormKey | None = None,
) -> None:
    """Write down what was planned and baked and what is left over of a product on a day.

    Raises StockRefused when fewer would be there than customers have been promised, and when more
    would be left than were there; AlreadyDone for a form that was sent before.
    """
    made = planned if baked is None else baked
    try:
        with transaction.atomic():
            rows = DailyStock.objects.filter(pk=stock_id)
            lock_stock(rows)
            use_key(once)
            if left_over is not None and made is not None:
                rows = rows.filter(carried_over__gte=left_over - made)
            written = rows.update(
                planned=planned,
                baked=baked,
                left_over=left_over,
                sold_out_at=None if made is None else _sold_out_at(made + F("carried_over"), now),
            )
            if not written:
                row = DailyStock.objects.select_related("product").get(pk=stock_id)
                raise _too_many_left(row, left_over or 0, (made or 0) + row.carried_over)
    except IntegrityError as error:
        row = DailyStock.objects.select_related("product").get(pk=stock_id)
        raise _too_few(row) from error


def _sold_out_at(limit: Combinable, now: datetime.datetime) -> Case:
    """Return since when all are reserved once the limit is this: since before, now, or not."""
    return Case(When(reserved=limit, then=Coalesce("sold_out_at", Value(now))), default=None)


def plan_quantities(
    quantities: Mapping[int, int],
    day: datetime.date,
    *,
    carried_over: Mapping[int, int],
    now: datetime.datetime,
) -> None:
    """Write down how many of each product are planned for a day, inside the caller's transaction.

    What is carried over from the day before is sold beside them. Raises StockRefused when fewer
    would be there than customers have been promised.
    """
    for product_id, quantity in sorted(quantities.items()):
        carried = carried_over.get(product_id, 0)
        rows = DailyStock.objects.on(day).filter(product=product_id)
        enough = rows.filter(
            Q(baked=None, reserved__lte=quantity + carried)
            | Q(baked__isnull=False, reserved__lte=F("baked") + carried)
        )
        limit = Coalesce("baked", Value(quantity)) + Value(carried)
        # `sold_out_at` first: MariaDB assigns from left to right.
        if not enough.update(
            sold_out_at=_sold_out_at(limit, now), planned=quantity, carried_over=carried
        ):
            row = rows.select_related("product").get()
            raise StockRefused(
                ngettext(
                    "%(product)s: %(reserved)s is ordered. Plan at least one.",
                    "%(product)s: %(reserved)s are ordered. Plan at least as many.",
                    row.reserved,
                )
                % {"product": row.product.name, "reserved": row.reserved}
            )


@dataclass(frozen=True, slots=True)
class BakedProduct:
    """A product on a day that it can be left over on, and how many of it there were."""

    product: Product
    there: int | None
    is_baked_known: bool
    left_over: int | None


def baked_products(day: datetime.date, *, is_over: bool) -> list[BakedProduct]:
    """Return what is baked and on sale today, and what has a stock on the day, in menu order."""
    rows = {
        row.product_id: row for row in DailyStock.objects.on(day).filter(product__is_baked=True)
    }
    limited = [pk for pk, row in rows.items() if row.limit is not None]
    found = Q(pk__in=limited)
    if not is_over or rows:
        found |= Q(is_baked=True, is_on_sale=True)
    products = Product.objects.filter(found)
    baked = []
    for product in products.order_by(*menu_order()):
        row = rows.get(product.pk)
        # As prepare_stock would write it.
        there = row.limit if row else product.daily_quantity
        if there == 0:
            continue
        baked.append(
            BakedProduct(
                product=product,
                there=there,
                is_baked_known=row is not None and row.baked is not None,
                left_over=row.left_over if row else None,
            )
        )
    return baked


def write_leftovers(
    leftovers: Mapping[int, int],
    day: datetime.date,
    *,
    baked: Mapping[int, int],
    now: datetime.datetime,
    once: FormKey | None = None,
) -> None:
    """Write down how many of each product were left over on a day, all of them or none.

    `baked` tells how many there were of those that had no limit; what was baked and not written
    down was baked as planned. From then on nothing more of it is sold on that day. Raises
    StockRefused for a day to come, and for more than was there; AlreadyDone for a form that was
    sent before.
    """
    if day > shop_calendar().day_of(now):
        raise StockRefused(_("This day is still to come, so nothing can be left over yet."))
    prepare_stock(leftovers.keys(), day)
    with transaction.atomic():
        lock_stock(DailyStock.objects.on(day).filter(product__in=leftovers))
        use_key(once)
        for product_id, left_over in sorted(leftovers.items()):
            _write_leftover(product_id, day, left_over, baked.get(product_id))


def _write_leftover(product_id: int, day: datetime.date, left_over: int, baked: int | None) -> None:
    rows = DailyStock.objects.on(day).filter(product=product_id)
    made = Coalesce("baked", "planned", Value(baked))
    enough = rows.alias(there=made + F("carried_over")).filter(
        there__gte=left_over, reserved__lte=F("there")
    )
    if enough.update(left_over=left_over, baked=made):
        return
    row = rows.select_related("product").get()
    there = row.limit if row.limit is not None else baked
    if there is None:
        raise StockRefused(
            _("%(product)s: please say how many were baked.") % {"product": row.product.name}
        )
    if there < row.reserved:
        raise _too_few(row)
    raise _too_many_left(row, left_over, there)


def most_so_far(product_ids: Collection[int], *, before: datetime.date) -> dict[int, int]:
    """Return the most that each product had in the year before a day; 0 is for none.

    What was planned, baked, reserved or usually made counts, whatever was most.
    """
    most = {
        pk: usual or 0
        for pk, usual in Product.objects.filter(pk__in=product_ids).values_list(
            "pk", "daily_quantity"
        )
    }
    rows = (
        DailyStock.objects.between(before - YEAR, before - DAY)
        .filter(product__in=product_ids)
        .values_list("product")
        .annotate(Max("planned"), Max("baked"), Max("reserved"))
    )
    for product_id, *numbers in rows:
        most[product_id] = max([most[product_id], *(number or 0 for number in numbers)])
    return most


def _too_few(row: DailyStock) -> StockRefused:
    return StockRefused(
        ngettext(
            "%(product)s: %(reserved)s is reserved. Enter a higher number, or cancel the "
            "order first.",
            "%(product)s: %(reserved)s are reserved. Enter a higher number, or cancel orders "
            "first.",
            row.reserved,
        )
        % {"product": row.product.name, "reserved": row.reserved}
    )


def _too_many_left(row: DailyStock, left_over: int, there: int) -> StockRefused:
    return StockRefused(
        ngettext(
            "%(product)s: there was only %(there)s, so %(left)s cannot be left over. Check both "
            "numbers.",
            "%(product)s: there were only %(there)s, so %(left)s cannot be left over. Check both "
            "numbers.",
            there,
        )
        % {"product": row.product.name, "left": left_over, "there": there}
    )


def free_quantities(product_ids: Collection[int], day: datetime.date) -> dict[int, int | None]:
    """Return how many of each product can be ordered for a day; None is any number, in one query.

    A product whose day has no row yet has its usual plan.
    """
    free = dict(Product.objects.filter(pk__in=product_ids).values_list("pk", "daily_quantity"))
    for row in DailyStock.objects.on(day).filter(product__in=product_ids):
        free[row.product_id] = row.free
    return free
