"""Counting of closed business days into rollups, and detection of days to recount.

A rollup contains nothing that cannot be computed from the orders. A change to a closed day (a
refund, a late till file, a manual edit in the database) is detected by its changed totals, so
writes of orders do not involve rollups and are not slowed by them.
"""

import datetime
import hashlib
import hmac
import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Min, Model, Sum
from django.utils import timezone

from cafe_site.identity.normal_forms import normal_email
from cafe_site.orders.models import Order, OrderLine
from cafe_site.shop.business_day import DAY
from cafe_site.shop.periods import DayRange
from cafe_site.shop.public_holidays import kinds_of_days
from reports.figures.sales import SalesTotals
from reports.figures.snapshot import snapshot
from reports.figures.summary import first_business_day, totals_of_days
from reports.models import (
    CustomerRollup,
    DayRollup,
    HourRollup,
    LeadTimeRollup,
    PairRollup,
    ProductRollup,
)
from reports.patterns.lead_times import step_of

logger = logging.getLogger(__name__)

PARTS: tuple[type[Model], ...] = (
    HourRollup,
    ProductRollup,
    PairRollup,
    LeadTimeRollup,
    CustomerRollup,
)
TOTALS = (
    "orders",
    "items",
    "gross_amount",
    "discount_amount",
    "refund_amount",
    "net_amount",
    "tax_amount",
)
# Days per batch: few queries for many days, and little work to repeat after a crash.
CHUNK_DAYS = 28
# Limit of days per scheduled run; the others follow with the next runs.
MOST_DAYS_A_RUN = 84
# How far back changes are detected: in each run, and once a day.
DAYS_WATCHED = 14
DAYS_WATCHED_DAILY = 400
KEYS_AT_ONCE = 500


def refresh_rollups(last: datetime.date, first: datetime.date | None = None) -> list[datetime.date]:
    """Count the closed days up to `last` that are missing or changed; return them.

    `first` is the shop's first business day; it is queried if not given.
    """
    first = first or first_business_day()
    is_new_day = not DayRollup.objects.filter(business_day=last).exists()
    watched = DAYS_WATCHED_DAILY if is_new_day else DAYS_WATCHED
    missing = missing_days(first, last) if first and first <= last else []
    # Not from the first sale on: an earlier day that was counted may have had sales since
    # cancelled.
    changed = changed_days(last - DAY * (watched - 1), last)
    days = sorted({*missing, *changed}, reverse=True)[:MOST_DAYS_A_RUN]
    rebuild_days(days)
    return days


def missing_days(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """Return the days that are not counted yet, oldest first."""
    there = DayRollup.objects.filter(business_day__range=(first, last))
    if there.count() == (last - first).days + 1:
        return []
    counted = set(there.values_list("business_day", flat=True))
    return [day for day in DayRange(first, last).days if day not in counted]


def changed_days(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """Return the days whose totals differ from when they were counted."""
    rollups = list(DayRollup.objects.filter(business_day__range=(first, last)))
    totals = totals_of_days(rollup.business_day for rollup in rollups)
    return [
        rollup.business_day
        for rollup in rollups
        if any(
            getattr(rollup, name) != getattr(totals[rollup.business_day], name) for name in TOTALS
        )
    ]


def rebuild_days(days: Iterable[datetime.date]) -> None:
    """Recount closed days from their orders, and replace their rollups.

    Safe to repeat. If two processes recount the same days, the second leaves them to the first.
    """
    wanted = sorted(set(days))
    for start in range(0, len(wanted), CHUNK_DAYS):
        chunk = wanted[start : start + CHUNK_DAYS]
        with snapshot():
            rows = [*_rows_of(chunk)]
        try:
            with transaction.atomic():
                _replace(chunk, rows)
        except IntegrityError:
            logger.info("rollups_left_to_another days=%s..%s", chunk[0], chunk[-1])


def _replace(days: Sequence[datetime.date], rows: Sequence[Model]) -> None:
    before = CustomerRollup.objects.filter(business_day__in=days)
    keys = set(before.values_list("customer_key", flat=True))
    by_model: dict[type[Model], list[Model]] = defaultdict(list)
    for row in rows:
        by_model[type(row)].append(row)
    # The DayRollup row is first: concurrent rebuilds serialise on it.
    models: tuple[type[Model], ...] = (DayRollup, *PARTS)
    for model in models:
        objects = model._default_manager
        objects.filter(business_day__in=days).delete()
        objects.bulk_create(by_model[model], batch_size=1000)
    keys |= {row.customer_key for row in rows if isinstance(row, CustomerRollup)}
    mark_first_days(sorted(keys))


def mark_first_days(keys: Sequence[int]) -> None:
    """Mark each customer's first day, independent of the order of counting."""
    for start in range(0, len(keys), KEYS_AT_ONCE):
        rows = CustomerRollup.objects.filter(customer_key__in=keys[start : start + KEYS_AT_ONCE])
        first_days: dict[datetime.date, set[int]] = defaultdict(set)
        # Locked, to wait for rows that another process has not committed yet. Otherwise a customer
        # could be marked as new twice, which no total would reveal.
        firsts = (
            rows.select_for_update()
            .values_list("customer_key")
            .annotate(Min("business_day"))
            .order_by()
        )
        for key, day in firsts:
            first_days[day].add(key)
        # Most are already correct; only the others are updated.
        marked = set(rows.filter(is_first=True).values_list("customer_key", "business_day"))
        wrong = {key for key, day in marked if key not in first_days[day]}
        if wrong:
            rows.filter(customer_key__in=wrong, is_first=True).update(is_first=False)
        right = {key for key, _day in marked if key not in wrong}
        for day, members in first_days.items():
            if new := members - right:
                rows.filter(business_day=day, customer_key__in=new).update(is_first=True)


def _rows_of(days: Sequence[datetime.date]) -> Iterator[Model]:
    now = timezone.now()
    totals = totals_of_days(days)
    for day, holiday in zip(days, kinds_of_days(days), strict=True):
        yield _day_of(day, totals[day], holiday=holiday, counted_at=now)
    yield from _hours_of(days)
    yield from _products_and_pairs_of(days)
    yield from _lead_times_and_customers_of(days)


def _day_of(
    day: datetime.date, totals: SalesTotals, *, holiday: int, counted_at: datetime.datetime
) -> DayRollup:
    return DayRollup(
        business_day=day,
        weekday=day.weekday(),
        holiday=holiday,
        counted_at=counted_at,
        **{name: getattr(totals, name) for name in TOTALS},
    )


def _hours_of(days: Sequence[datetime.date]) -> Iterator[HourRollup]:
    rows = (
        Order.objects.filter(business_day__in=days)
        .counted()
        .values("business_day", "pickup_hour")
        .annotate(orders_count=Count("pk"), net=Sum("net_amount"))
    )
    for row in rows:
        yield HourRollup(
            business_day=row["business_day"],
            weekday=row["business_day"].weekday(),
            hour=row["pickup_hour"],
            orders=row["orders_count"],
            net_amount=row["net"],
        )


def _products_and_pairs_of(days: Sequence[datetime.date]) -> Iterator[Model]:
    lines = OrderLine.objects.sold_on(*days)
    orders: Counter[tuple[datetime.date, int]] = Counter()
    pairs: Counter[tuple[datetime.date, int, int]] = Counter()
    for day, products in _baskets_of(days):
        orders.update((day, product) for product in products)
        pairs.update((day, *pair) for pair in combinations(sorted(products), 2))
    sums = lines.values("business_day", "product_id").annotate(
        quantity_sum=Sum("quantity"), net=Sum("net_amount")
    )
    for row in sums:
        day, product_id = row["business_day"], row["product_id"]
        yield ProductRollup(
            business_day=day,
            product_id=product_id,
            quantity=row["quantity_sum"],
            net_amount=row["net"],
            orders=orders[day, product_id],
        )
    for (day, first, second), count in pairs.items():
        yield PairRollup(business_day=day, first_id=first, second_id=second, orders=count)


def _baskets_of(days: Sequence[datetime.date]) -> Iterator[tuple[datetime.date, set[int]]]:
    """Yield the business day and the products of each sale."""
    baskets: dict[tuple[datetime.date, int], set[int]] = defaultdict(set)
    lines = OrderLine.objects.sold_on(*days)
    for day, order_id, product_id in lines.values_list("business_day", "order_id", "product_id"):
        baskets[day, order_id].add(product_id)
    for (day, _order_id), products in baskets.items():
        yield day, products


def _lead_times_and_customers_of(days: Sequence[datetime.date]) -> Iterator[Model]:
    leads: Counter[tuple[datetime.date, int]] = Counter()
    customers: dict[tuple[datetime.date, int], list[Decimal]] = defaultdict(list)
    orders = Order.objects.filter(business_day__in=days, channel=Order.Channel.WEB).counted()
    for day, placed_at, pickup_at, email, net in orders.values_list(
        "business_day", "placed_at", "pickup_at", "customer_email", "net_amount"
    ):
        leads[day, step_of(pickup_at - placed_at)] += 1
        if email:
            customers[day, customer_key(email)].append(net)
    for (day, step), count in leads.items():
        yield LeadTimeRollup(business_day=day, step=step, orders=count)
    for (day, key), amounts in customers.items():
        yield CustomerRollup(
            business_day=day, customer_key=key, orders=len(amounts), net_amount=sum(amounts)
        )


def customer_key(email: str) -> int:
    """Return a customer's keyed hash, which cannot be reversed without SECRET_KEY.

    HMAC-SHA256 (RFC 2104), truncated to 63 bits, because the database counts integers faster than
    text; among a million customers, the chance of a collision is one in 20 million. A new
    SECRET_KEY changes all hashes: rebuild all days then.
    """
    secret = f"customers:{settings.SECRET_KEY}".encode()
    address = normal_email(email).encode()
    fingerprint = hmac.new(secret, address, hashlib.sha256).digest()
    return int.from_bytes(fingerprint[:8]) >> 1
