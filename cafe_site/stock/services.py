"""All writes to the daily stock, which only this module locks.

Reserving is one conditional UPDATE per product, ordered by product id, as the last step of a
transaction. So two baskets with the same products lock the same row first, and one waits for the
other. In any other order they could deadlock.
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
    """Fewer are left than ordered; the message says how many."""

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
    """Create the missing rows of a day, with each product's usual quantity as the limit.

    Call it before the transaction that reserves: two transactions that insert the same row would
    wait for each other's locks. Safe to repeat and to run concurrently.
    """
    there = DailyStock.objects.on(day).filter(product__in=product_ids)
    missing = set(product_ids) - set(there.values_list("product_id", flat=True))
    for product in Product.objects.filter(pk__in=missing).order_by("pk"):
        DailyStock.objects.get_or_create(
            product=product, business_day=day, defaults={"planned": product.daily_quantity}
        )


def reserve(quantities: Mapping[int, int], day: datetime.date, *, now: datetime.datetime) -> None:
    """Reserve a quantity of each product of a day, inside the caller's transaction.

    Raises SoldOut for the first product with too few left; the caller rolls back.
    """
    for product_id, quantity in sorted(quantities.items()):
        rows = DailyStock.objects.on(day).filter(product=product_id)
        is_last = When(reserved=LIMIT - quantity, then=Value(now))
        reserved = rows.with_room_for(quantity).update(
            # Before `reserved`, which the condition reads: MariaDB assigns from left to right.
            sold_out_at=Case(is_last, default=F("sold_out_at")),
            reserved=F("reserved") + quantity,
        )
        if not reserved:
            row = rows.select_related("product").get()
            raise SoldOut(row.product, row.free or 0)


def release(quantities: Mapping[int, int], day: datetime.date) -> None:
    """Release a quantity of each product of a day, inside the caller's transaction."""
    for product_id, quantity in sorted(quantities.items()):
        rows = DailyStock.objects.on(day).filter(product=product_id, reserved__gte=quantity)
        rows.update(sold_out_at=None, reserved=F("reserved") - quantity)


def lock_stock(rows: QuerySet[DailyStock]) -> None:
    """Lock rows until the caller's transaction ends, ordered by product id."""
    # Not "product": Django would join the products and lock them as well.
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
    """Save the planned, baked and left-over quantities of a product on a day.

    Raises StockRefused if less than the reserved quantity would remain, or if more would be left
    over than there was; AlreadyDone for a form that was sent before.
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
    """Return when a product with this limit sold out: the earlier time, now, or NULL if it has
    not."""
    return Case(When(reserved=limit, then=Coalesce("sold_out_at", Value(now))), default=None)


def plan_quantities(
    quantities: Mapping[int, int],
    day: datetime.date,
    *,
    carried_over: Mapping[int, int],
    now: datetime.datetime,
) -> None:
    """Save the planned quantities of a day, inside the caller's transaction.

    Quantities carried over from the day before are added to them. Raises StockRefused if the sum is
    less than the reserved quantity.
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
    """A product that can be left over on a day, and how many of it there were."""

    product: Product
    there: int | None
    is_baked_known: bool
    left_over: int | None


def baked_products(day: datetime.date, *, is_over: bool) -> list[BakedProduct]:
    """Return the baked products with a limited stock on a day, or on sale today, in menu order."""
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
        # The value that prepare_stock would save.
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
    """Save the leftovers of a day, all of them or none.

    `baked` has the baked quantities of products without a limit. If a product's baked quantity is
    not saved, the planned one counts. From then on, the product is not sold on that day. Raises
    StockRefused for a future day and for more leftovers than there were items; AlreadyDone for a
    form that was sent before.
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
            _("%(product)s: please enter how many were baked.") % {"product": row.product.name}
        )
    if there < row.reserved:
        raise _too_few(row)
    raise _too_many_left(row, left_over, there)


def most_so_far(product_ids: Collection[int], *, before: datetime.date) -> dict[int, int]:
    """Return the highest quantity of each product in the year before a day; 0 for none.

    It is the maximum of the planned, baked, reserved and usual quantities.
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
    """Return how many of each product can be ordered for a day; None means no limit.

    A product without a row for that day has its usual quantity.
    """
    free = dict(Product.objects.filter(pk__in=product_ids).values_list("pk", "daily_quantity"))
    for row in DailyStock.objects.on(day).filter(product__in=product_ids):
        free[row.product_id] = row.free
    return free
