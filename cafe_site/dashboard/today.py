"""Data of the page "Today": figures so far, what is unusual, remaining stock, next pickups."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import dropwhile
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cafe_site.dashboard import charts
from cafe_site.dashboard.numbers import hour_span, percent, signed_percent
from cafe_site.dashboard.stock_left import StockLeft, demand_to_come, stock_left
from cafe_site.menu.models import Product
from cafe_site.orders.models import Order, Status
from cafe_site.shop.business_day import DAY
from cafe_site.shop.dates import local_date
from cafe_site.shop.money import Currency
from cafe_site.shop.opening import DAYS_TO_LOOK_AHEAD, opening_days, shop_calendar
from cafe_site.shop.opening_day import OpeningDay
from reports.figures.comparable_days import open_days_before
from reports.figures.comparison import WEEK, change
from reports.figures.known_sales import sales_known_now
from reports.figures.sales import DailySummary, KnownSales
from reports.figures.snapshot import snapshot
from reports.figures.summary import summarize_day
from reports.figures.unusual import Cause, Unusual, Usual, find_unusual

WEEKS_SHOWN = 8
PICKUPS_SHOWN = 6
# From this share on we write "all of the difference".
ALL = 0.995


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure of today, its change, and its last eight weeks."""

    label: str
    value: str
    # Such as +12%; empty without a day to compare with.
    change: str
    # The value it is compared with, as text.
    base: str
    chart: str

    @property
    def direction(self) -> str:
        if not self.change or self.change.startswith("±"):
            return "same"
        return "up" if self.change.startswith("+") else "down"


@dataclass(frozen=True, slots=True)
class Today:
    """Data of the page. `day` is a business day, `now` is UTC."""

    summary: DailySummary
    tiles: Sequence[Tile]
    sentences: Sequence[str]
    stock: StockLeft
    pickups: Sequence[Order]
    more_pickups: int
    # Whether till sales are excluded from earlier days, because today's are not imported yet.
    is_till_left_out: bool


def look_at_today(now: datetime.datetime) -> Today:
    """Return today's data, read in one snapshot."""
    day = shop_calendar().day_of(now)
    with snapshot():
        past, openings = openings_around(day)
        summary = summarize_day(day, openings)
        earlier = open_days_before(day, past, weeks=WEEKS_SHOWN)
        known = sales_known_now(now, [day, *earlier])
        stock = stock_left(openings[0], demand_to_come(earlier, known.days), now)
        pickups = pickups_to_come(openings[0])
        shown = next_pickups(pickups)
        more = pickups.count() - len(shown)
        named = list(Product.objects.order_by().values_list("pk", "name", "category__name"))
    products = {pk: name for pk, name, _category in named}
    categories = {pk: category for pk, _name, category in named}
    # A closed day is not compared: it has no orders by definition.
    counted = [] if openings[0].is_closed else [known.comparable[other] for other in earlier]
    unusual = find_unusual(known.comparable[day], counted, categories)
    return Today(
        summary=summary,
        tiles=tiles(day, known.comparable, summary.currency),
        sentences=unusual_sentences(unusual, products, day),
        stock=stock,
        pickups=shown,
        more_pickups=more,
        is_till_left_out=known.is_till_left_out,
    )


def openings_around(day: datetime.date) -> tuple[Sequence[OpeningDay], Sequence[OpeningDay]]:
    """Return the openings of the weeks before a day, and those from that day on."""
    before = 7 * WEEKS_SHOWN
    openings = opening_days(day - DAY * before, before + 1 + DAYS_TO_LOOK_AHEAD)
    return openings[:before], openings[before:]


def tiles(
    day: datetime.date, known: Mapping[datetime.date, KnownSales], currency: Currency
) -> list[Tile]:
    """Return the four figures; `known` contains today and the earlier days to compare."""
    figures = {
        _("Orders"): (lambda sales: sales.orders, "{:,}".format),
        _("Net sales"): (lambda sales: sales.net_amount, currency.text),
        _("Items"): (lambda sales: sales.items, "{:,}".format),
        _("Average order value"): (
            lambda sales: sales.average_order_amount(currency),
            currency.text,
        ),
    }
    days = [day - WEEK * back for back in range(WEEKS_SHOWN, 0, -1)] + [day]
    base_day = max((other for other in known if other != day), default=None)
    made = []
    for label, (value_of, write) in figures.items():
        values = [value_of(known[other]) if other in known else None for other in days]
        base = value_of(known[base_day]) if base_day else None
        by = change(values[-1], base)
        made.append(
            Tile(
                label=label,
                value="-" if values[-1] is None else write(values[-1]),
                change="" if by is None else signed_percent(float(by)),
                base=_base_words(base, base_day, write),
                chart=_sparkline(label, values, write) if base_day else "",
            )
        )
    return made


def _base_words(base: Any, day: datetime.date | None, write: Any) -> str:
    if day is None:
        return ""
    named_day = local_date(day, "D j M")
    if base is None:
        return _("no order by this time on %(day)s") % {"day": named_day}
    return _("%(value)s on %(day)s at this time") % {"value": write(base), "day": named_day}


def _sparkline(label: str, values: Sequence[Decimal | int | None], write: Any) -> str:
    # Without leading gaps, so that a new shop's few weeks use the full width.
    values = list(dropwhile(lambda value: value is None, values))
    written = ", ".join("-" if value is None else write(value) for value in values)
    title = _("%(figure)s by this time, the last weeks and today: %(values)s") % {
        "figure": label,
        "values": written,
    }
    return charts.sparkline(
        [None if value is None else float(value) for value in values], title=title
    )


def unusual_sentences(
    unusual: Unusual, products: Mapping[int, str], day: datetime.date
) -> list[str]:
    """Return sentences about unusual figures, without repeating the cause's product."""
    sentences = []
    named = None
    if unusual.orders is not None:
        sentences.append(_whole_words(unusual.orders, day))
        if unusual.cause is not None:
            sentences[0] += " " + _cause_words(unusual.cause, products)
            named = unusual.cause.key if unusual.cause.kind == "product" else None
    for product, usual in unusual.products:
        if product != named:
            sentences.append(_product_words(products[product], usual))
    return sentences


def _whole_words(usual: Usual, day: datetime.date) -> str:
    if _is_hardly_any(usual):
        words = ngettext(
            "Much more than usual: %(value)s order so far. A %(weekday)s has hardly any.",
            "Much more than usual: %(value)s orders so far. A %(weekday)s has hardly any.",
            round(usual.value),
        )
    elif usual.difference > 0:
        words = ngettext(
            "Much more than usual: %(value)s order so far. A %(weekday)s has about %(usual)s.",
            "Much more than usual: %(value)s orders so far. A %(weekday)s has about %(usual)s.",
            round(usual.value),
        )
    else:
        words = ngettext(
            "Much less than usual: %(value)s order so far. A %(weekday)s has about %(usual)s.",
            "Much less than usual: %(value)s orders so far. A %(weekday)s has about %(usual)s.",
            round(usual.value),
        )
    return words % {**_counts(usual), "weekday": local_date(day, "l")}


def _cause_words(cause: Cause, products: Mapping[int, str]) -> str:
    facts = {"part": percent(cause.share), **_counts(cause)}
    # If other causes offset it, the share exceeds 1 and is shown as all.
    is_all = cause.share >= ALL
    if cause.kind == "hour":
        return _hour_words(round(cause.value), is_all=is_all) % {
            **facts,
            "hour": hour_span(int(cause.key)),
        }
    name = products[int(cause.key)] if cause.kind == "product" else str(cause.key)
    return _name_words(is_all=is_all) % {**facts, "name": name}


def _hour_words(orders: int, *, is_all: bool) -> str:
    if is_all:
        return ngettext(
            "All of the difference in net sales comes from pickups at %(hour)s: %(value)s order, "
            "usually %(usual)s.",
            "All of the difference in net sales comes from pickups at %(hour)s: %(value)s orders, "
            "usually %(usual)s.",
            orders,
        )
    return ngettext(
        "%(part)s of the difference in net sales comes from pickups at %(hour)s: %(value)s order, "
        "usually %(usual)s.",
        "%(part)s of the difference in net sales comes from pickups at %(hour)s: %(value)s orders, "
        "usually %(usual)s.",
        orders,
    )


def _name_words(*, is_all: bool) -> str:
    if is_all:
        return _(
            "All of the difference in net sales comes from %(name)s: %(value)s ordered, "
            "usually %(usual)s."
        )
    return _(
        "%(part)s of the difference in net sales comes from %(name)s: %(value)s ordered, "
        "usually %(usual)s."
    )


def _product_words(name: str, usual: Usual) -> str:
    if _is_hardly_any(usual):
        words = _("Much more %(name)s than usual: %(value)s so far. Hardly any are usual.")
    elif usual.difference > 0:
        words = _("Much more %(name)s than usual: %(value)s so far. Usual: about %(usual)s.")
    else:
        words = _("Much less %(name)s than usual: %(value)s so far. Usual: about %(usual)s.")
    return words % {**_counts(usual), "name": name}


def _is_hardly_any(usual: Usual) -> bool:
    """Whether the usual count would be displayed as 0 but is not 0."""
    return round(usual.usual) == 0


def _counts(found: Usual | Cause) -> dict[str, str]:
    return {"value": f"{found.value:.0f}", "usual": f"{found.usual:.0f}"}


def pickups_to_come(opening: OpeningDay) -> QuerySet[Order]:
    """Return a day's uncollected orders, including those after midnight."""
    orders = Order.objects.in_hours_of(opening.day, opening.night_ends_at)
    return orders.filter(status__in=(Status.PLACED, Status.READY))


def next_pickups(pickups: QuerySet[Order]) -> list[Order]:
    """Return the next of them to be collected, with their number of items."""
    rows = pickups.annotate(items=Sum("lines__quantity")).order_by("pickup_at", "pk")
    return list(rows[:PICKUPS_SHOWN])
