"""Workbook export of a period's sales: totals, days, hours, products."""

import datetime
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from cafe_site.shop.money import ZERO
from cafe_site.shop.opening import opening_days, shop_calendar, shop_currency
from cafe_site.tables.sheets import Cell, CellKind, Column, Sheet
from cafe_site.tables.workbooks import write_workbook
from reports.figures.comparison import COUNT_TOTALS, TOTALS
from reports.figures.sales import SalesTotals
from reports.figures.snapshot import snapshot
from reports.figures.summary import add_totals, details_of_days, totals_of_days
from reports.messages.payload import canonical_json, plain_totals, totals_in

Amounts = defaultdict[Any, Decimal]


@dataclass
class Figures:
    """Sums over the parts. Products are keyed by id, because names may change meanwhile."""

    days: list[tuple[datetime.date, bool, SalesTotals]] = field(default_factory=list)
    hour_orders: Counter[int] = field(default_factory=Counter)
    hour_amounts: Amounts = field(default_factory=lambda: defaultdict(Decimal))
    # Category and name, by product id.
    products: dict[int, tuple[str, str]] = field(default_factory=dict)
    product_quantities: Counter[int] = field(default_factory=Counter)
    product_amounts: Amounts = field(default_factory=lambda: defaultdict(Decimal))
    # Orders that are not sales, and their amounts.
    unsold_orders: Counter[str] = field(default_factory=Counter)
    unsold_amounts: Amounts = field(default_factory=lambda: defaultdict(Decimal))


def write_sales(days: Sequence[datetime.date], part: IO[bytes]) -> None:
    """Append the figures of some days as a line of JSON, counted as in every report."""
    with snapshot():
        totals = totals_of_days(days)
        details = details_of_days(days)
    rows = [
        {
            "day": opening.day,
            "is_closed": opening.is_closed,
            "totals": plain_totals(totals[opening.day]),
        }
        for opening in opening_days(days[0], len(days))
    ]
    line = {
        "days": rows,
        "products": details.products,
        "hours": details.hours,
        "cancelled": details.cancelled,
        "not_collected": details.not_collected,
        "kept_amount": details.kept_amount,
    }
    part.write(canonical_json(line).encode() + b"\n")


def finish_sales(parts: Iterator[IO[bytes]], whole: IO[bytes]) -> None:
    """Write the workbook, in the reports' language instead of the requester's."""
    figures = Figures()
    for part in parts:
        for line in part:
            _add(figures, json.loads(line))
    with override(settings.REPORT_LANGUAGE):
        write_workbook(whole, sheets_of(figures), amount_digits=shop_currency().digits)


def _add(figures: Figures, line: dict[str, Any]) -> None:
    for row in line["days"]:
        day = datetime.date.fromisoformat(row["day"])
        figures.days.append((day, row["is_closed"], totals_in(row["totals"])))
    for row in line["hours"]:
        figures.hour_orders[row["hour"]] += row["orders"]
        figures.hour_amounts[row["hour"]] += Decimal(row["net_amount"])
    for row in line["products"]:
        product_id = row["product_id"]
        figures.products[product_id] = (row["category"], row["name"])
        figures.product_quantities[product_id] += row["quantity"]
        figures.product_amounts[product_id] += Decimal(row["net_amount"])
    for name in ("cancelled", "not_collected"):
        figures.unsold_orders[name] += line[name]["orders"]
        figures.unsold_amounts[name] += Decimal(line[name]["gross_amount"])


def sheets_of(figures: Figures) -> list[Sheet]:
    totals = add_totals((totals for _day, _is_closed, totals in figures.days), shop_currency())
    return [
        _totals_sheet(figures, totals),
        _days_sheet(figures),
        _hours_sheet(figures),
        _products_sheet(figures, totals),
    ]


def _totals_sheet(figures: Figures, totals: SalesTotals) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for name, label in TOTALS.items():
        value = getattr(totals, name)
        rows.append((_(label), value, None) if name in COUNT_TOTALS else (_(label), None, value))
    for name, label in (("cancelled", _("Cancelled")), ("not_collected", _("Not collected"))):
        rows.append((label, figures.unsold_orders[name], figures.unsold_amounts[name]))
    amount = _("Amount in %(currency)s") % {"currency": shop_currency().code}
    columns = [
        Column(_("Figure"), width=28),
        Column(_("Count"), CellKind.COUNT),
        Column(amount, CellKind.AMOUNT, 16),
    ]
    return Sheet(_("Totals"), columns, rows)


def _days_sheet(figures: Figures) -> Sheet:
    columns = [
        Column(_("Business day"), CellKind.DAY),
        Column(_("Closed")),
        *(
            Column(_(label), CellKind.COUNT if name in COUNT_TOTALS else CellKind.AMOUNT)
            for name, label in TOTALS.items()
        ),
    ]
    rows = (
        (day, _("closed") if is_closed else None, *(getattr(totals, name) for name in TOTALS))
        for day, is_closed, totals in figures.days
    )
    return Sheet(_("Days"), columns, rows)


def _hours_sheet(figures: Figures) -> Sheet:
    columns = [
        Column(_("Hour")),
        Column(_("Orders"), CellKind.COUNT),
        Column(_("Net sales"), CellKind.AMOUNT),
    ]
    starts_at = shop_calendar().day_starts_at.hour
    hours = sorted(figures.hour_orders, key=lambda hour: (hour - starts_at) % 24)
    rows = (
        (f"{hour:02}:00", figures.hour_orders[hour], figures.hour_amounts[hour]) for hour in hours
    )
    return Sheet(_("Hours"), columns, rows)


def _products_sheet(figures: Figures, totals: SalesTotals) -> Sheet:
    columns = [
        Column(_("Product"), width=32),
        Column(_("Category"), width=20),
        Column(_("Items"), CellKind.COUNT),
        Column(_("Net sales"), CellKind.AMOUNT),
        Column(_("Share of net sales"), CellKind.SHARE, 20),
    ]
    return Sheet(_("Products"), columns, _product_rows(figures, totals.net_amount))


def _product_rows(figures: Figures, net_amount: Decimal) -> Iterable[tuple[Cell, ...]]:
    """Yield the products, the highest net sales first."""
    amounts = figures.product_amounts
    for product_id in sorted(amounts, key=lambda key: (-amounts[key], key)):
        category, name = figures.products[product_id]
        share = amounts[product_id] / net_amount if net_amount != ZERO else None
        yield name, category, figures.product_quantities[product_id], amounts[product_id], share
