"""Remaining stock of today's limited products, and the forecast of when each sells out."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cafe_site.menu.models import Product, menu_order
from cafe_site.shop.dates import local_date
from cafe_site.shop.opening import shop_calendar
from cafe_site.shop.opening_day import OpeningDay
from cafe_site.stock.models import LIMIT, DailyStock
from reports.figures.sales import KnownSales
from reports.models import DayRollup, ProductRollup

# Rows shown at first; the others are folded.
ROWS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class StockRow:
    """Remaining stock of one product today; `runs_out` is a sentence, or empty."""

    product: Product
    free: int
    limit: int
    runs_out: str
    is_sold_out: bool

    @property
    def words(self) -> str:
        return _("%(free)s of %(limit)s") % {"free": self.free, "limit": self.limit}


@dataclass(frozen=True, slots=True)
class StockLeft:
    """Products that need attention, and the rest; products planned at 0 are omitted."""

    shown: Sequence[StockRow] = ()
    folded: Sequence[StockRow] = ()
    # Whether leftovers were entered; after that, those products are no longer sold.
    is_counted: bool = False


def stock_left(
    opening: OpeningDay, demand: Mapping[int, float], now: datetime.datetime
) -> StockLeft:
    """Return remaining stock: products that will sell out, sold-out products, then the rest.

    `demand` is the remaining expected demand of each product.
    """
    closes_at = opening.orders_end or now
    is_counted = False
    running_out: list[tuple[datetime.datetime, DailyStock]] = []
    sold_out: list[tuple[datetime.datetime, DailyStock]] = []
    lasting: list[DailyStock] = []
    for row in _limited_stock(opening.day):
        if row.left_over is not None:
            is_counted = True
        elif not row.free:
            sold_out.append((row.sold_out_at or now, row))
        elif end := _moment_of_end(row.free, demand.get(row.product_id, 0.0), closes_at, now):
            running_out.append((end, row))
        else:
            lasting.append(row)
    rows = [
        *(_stock_row(row, _end_words(end)) for end, row in _by_time(running_out)),
        *(_stock_row(row, _sold_out_words(row)) for _at, row in _by_time(sold_out)),
        *(_stock_row(row, "") for row in lasting),
    ]
    return StockLeft(rows[:ROWS_SHOWN], rows[ROWS_SHOWN:], is_counted)


def _by_time(
    rows: list[tuple[datetime.datetime, DailyStock]],
) -> list[tuple[datetime.datetime, DailyStock]]:
    return sorted(rows, key=lambda item: item[0])


def _limited_stock(day: datetime.date) -> QuerySet[DailyStock]:
    """Return the rows with a limit, in the menu's order.

    Products planned at 0 are not sold out but not made, so they are omitted.
    """
    rows = DailyStock.objects.on(day).filter(product__is_on_sale=True)
    return (
        rows.alias(limit_of_day=LIMIT)
        .filter(limit_of_day__gt=0)
        .select_related("product")
        .only(
            "planned",
            "baked",
            "business_day",
            "carried_over",
            "reserved",
            "left_over",
            "sold_out_at",
            "product__name",
        )
        .order_by(*menu_order("product__"))
    )


def _stock_row(row: DailyStock, words: str) -> StockRow:
    return StockRow(row.product, row.free or 0, row.limit or 0, words, not row.free)


def demand_to_come(
    earlier: Sequence[datetime.date], known: Mapping[datetime.date, KnownSales]
) -> dict[int, float]:
    """Return the mean quantity of each product ordered after this time on earlier days.

    Empty without closed days to learn from.
    """
    rows = ProductRollup.objects.filter(business_day__in=earlier)
    wholes: dict[tuple[datetime.date, int], int] = {
        (day, product): quantity
        for day, product, quantity in rows.values_list("business_day", "product_id", "quantity")
    }
    # Days without sales are counted too.
    days = DayRollup.objects.filter(business_day__in=earlier).count()
    to_come: dict[int, float] = {}
    for (day, product), quantity in wholes.items():
        part = known[day].products.get(product)
        later = quantity - (part.count if part else 0)
        to_come[product] = to_come.get(product, 0.0) + max(later, 0) / days
    return to_come


def _moment_of_end(
    free: int, demand: float, closes_at: datetime.datetime, now: datetime.datetime
) -> datetime.datetime | None:
    """Return when it sells out if demand is spread evenly over the day; None if it lasts."""
    if demand <= free or closes_at <= now:
        return None
    return now + (closes_at - now) * (free / demand)


def _end_words(end: datetime.datetime) -> str:
    return _("may sell out at about %(time)s") % {"time": _time_of(end)}


def _sold_out_words(row: DailyStock) -> str:
    if row.sold_out_at is None:
        return _("sold out")
    since = shop_calendar().day_of(row.sold_out_at)
    if since < row.business_day:
        # With the day, because a time alone would be read as today's.
        return _("sold out since %(day)s") % {"day": local_date(since, "D j M")}
    return _("sold out at %(time)s") % {"time": _time_of(row.sold_out_at)}


def _time_of(instant: datetime.datetime) -> str:
    return date_format(shop_calendar().local(instant), "H:i")
