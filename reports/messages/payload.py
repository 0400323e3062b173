"""Payload of a report: canonical JSON, and CSV made from it. Pure."""

import csv
import datetime
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from cafe_site.tables.safe_cells import safe_cell
from reports.content.corrections import Correction, listed_corrections
from reports.content.facts import DailyReport
from reports.figures.comparison import AMOUNT_TOTALS, COUNT_TOTALS, TOTALS, WEEK
from reports.figures.sales import DaySales, Sales, SalesTotals

SCHEMA = "cafe.daily-report/1"


def render_payload(report: DailyReport, *, shop: str, revision: int | None) -> str:
    """Return the report as canonical JSON: sorted keys, no whitespace, amounts as text."""
    summary, comparison = report.summary, report.comparison
    payload = {
        "schema": SCHEMA,
        "kind": "daily",
        "business_day": summary.day,
        "revision": revision,
        "shop": shop,
        "currency": summary.currency.code,
        "start": summary.start,
        "end": summary.end,
        "is_closed": summary.is_closed,
        "sentence": summary.sentence,
        "comparison": {
            "last_week": _compared(comparison.last_week, business_day=summary.day - WEEK),
            "mean": _compared(comparison.mean, business_days=comparison.mean_days),
        },
        **sales_payload(summary),
        "ordered_ahead": summary.ordered_ahead,
        **corrections_of(report.corrections),
        "baking": report.baking,
    }
    return canonical_json(payload)


def corrections_of(corrections: Sequence[Correction]) -> dict[str, Any]:
    """Return the corrections of earlier days: the newest ones, and the number of others."""
    listed = listed_corrections(corrections)
    return {"corrections": tuple(listed), "left_out_corrections": len(corrections) - len(listed)}


def day_sales_in(payload: str) -> DaySales:
    """Return the day's sales in a stored daily report."""
    figures = json.loads(payload)
    day = datetime.date.fromisoformat(figures["business_day"])
    return DaySales(day, figures["is_closed"], totals_in(figures["totals"]))


def totals_in(totals: Mapping[str, Any]) -> SalesTotals:
    """Return the totals in a payload."""
    average = totals["average_order_amount"]
    return SalesTotals(
        **{name: Decimal(totals[name]) for name in AMOUNT_TOTALS},
        orders=totals["orders"],
        items=totals["items"],
        average_order_amount=None if average is None else Decimal(average),
    )


def sales_payload(sales: Sales) -> dict[str, Any]:
    """Return the sales figures that every payload contains."""
    return {
        "totals": _totals(sales.totals),
        "categories": sales.categories,
        "products": sales.products,
        "left_out_products": sales.left_out_products,
        "left_out_amount": sales.currency.round(sales.left_out_amount),
        "hours": sales.hours,
        "cancelled": sales.cancelled,
        "not_collected": sales.not_collected,
        "kept_amount": sales.kept_amount,
    }


def canonical_json(payload: Mapping[str, Any]) -> str:
    """Return a payload as text; equal content gives equal text."""
    plain = _plain(payload)
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _compared(figures: Mapping[str, Any] | None, **what: Any) -> dict[str, Any] | None:
    return None if figures is None else {**what, **figures}


def plain_totals(totals: SalesTotals) -> dict[str, Any]:
    """Return totals in the payload's format."""
    return {name: _plain(value) for name, value in _totals(totals).items()}


def sales_in(payload: str) -> dict[str, Any]:
    """Return the sales of the payload's own day.

    Corrections concern other days; plans and leftovers are entered later.
    """
    figures: dict[str, Any] = json.loads(payload)
    for name in ("corrections", "left_out_corrections", "baking"):
        figures.pop(name, None)
    return figures


def _totals(totals: SalesTotals) -> dict[str, Any]:
    return {name: getattr(totals, name) for name in TOTALS}


def _plain(value: Any) -> Any:
    """Return a value as JSON data: dates in ISO form, amounts as text, rows as objects."""
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value


def csv_of(payload: str) -> str:
    """Return a stored payload as CSV."""
    return render_csv(json.loads(payload))


def render_csv(payload: Mapping[str, Any]) -> str:
    """Return a payload as CSV: section, name, quantity, amount; a header, a row per figure."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(["section", "name", "quantity", "amount"])
    for row in _csv_rows(payload):
        writer.writerow([safe_cell(cell) for cell in row])
    return file.getvalue()


def _csv_rows(payload: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    yield "report", "business day", "", payload["business_day"]
    yield "report", "currency", "", payload["currency"]
    for section, figures in {"total": payload["totals"], **_bases_of(payload)}.items():
        yield from _figure_rows(section, figures)
    for row in payload.get("days", ()):
        yield "day", row["day"], row["totals"]["orders"], row["totals"]["net_amount"]
    for section, key in (("category", "categories"), ("product", "products")):
        for row in payload[key]:
            yield section, row["name"], row["quantity"], row["net_amount"]
    if payload.get("left_out_products"):
        yield "left out", "products", payload["left_out_products"], payload["left_out_amount"]
    for row in payload["hours"]:
        yield "hour", f"{row['hour']:02}:00", row["orders"], row["net_amount"]
    for name in ("cancelled", "not_collected"):
        row = payload[name]
        yield "not sold", name.replace("_", " "), row["orders"], row["gross_amount"]
    if Decimal(payload.get("kept_amount", 0)):
        yield "not sold", "kept of cancelled orders, with tax", "", payload["kept_amount"]
    yield from _correction_rows(payload.get("corrections", ()))
    yield from _ahead_rows(payload.get("ordered_ahead"))
    yield from _baking_rows(payload.get("baking"))


def _baking_rows(baking: Mapping[str, Any] | None) -> Iterator[tuple[Any, ...]]:
    if baking is None:
        return
    for row in baking["scores"]:
        yield "baked", row["name"], row["baked"], ""
        yield "left over", row["name"], row["left_over"], row["waste_amount"]
        if row["is_sold_out"]:
            yield (
                "sold out",
                f"{row['name']} {row['sold_out_at']}".strip(),
                "",
                row["missed_amount"],
            )
    for row in baking["plan"]:
        yield f"bake plan {baking['plan_day']}", row["name"], row["quantity"], ""


def _bases_of(payload: Mapping[str, Any]) -> dict[str, Mapping[str, Any] | None]:
    """Return the totals to compare with, by their names in the CSV."""
    comparison = payload["comparison"]
    if isinstance(comparison, list):
        return {base["with"]: base["figures"] for base in comparison}
    return {"last week": comparison["last_week"], "mean": comparison["mean"]}


def _figure_rows(section: str, figures: Mapping[str, Any] | None) -> Iterator[tuple[Any, ...]]:
    for name, label in TOTALS.items() if figures else ():
        value = figures[name] if figures else None
        yield (section, label, value, "") if name in COUNT_TOTALS else (section, label, "", value)


def _ahead_rows(ahead: Mapping[str, Any] | None) -> Iterator[tuple[Any, ...]]:
    if ahead is None:
        return
    yield "ordered ahead", ahead["business_day"], ahead["items"], ""
    for row in ahead["products"]:
        yield "ordered ahead", row["name"], row["quantity"], ""


def _correction_rows(corrections: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Any, ...]]:
    for correction in corrections:
        for change in correction["changes"]:
            label = f"{TOTALS[change['name']]}, from {change['before']}"
            value = change["after"]
            is_count = change["name"] in COUNT_TOTALS
            section = f"correction to {correction['business_day']}"
            yield (section, label, value, "") if is_count else (section, label, "", value)
