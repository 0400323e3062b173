"""Tables with typed columns, shown as a page, a CSV file or a workbook."""

import csv
import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpResponse

from cafe_site.shop.dates import local_date
from cafe_site.shop.money import Currency
from cafe_site.shop.opening import shop_currency
from cafe_site.tables.safe_cells import safe_cell
from cafe_site.tables.sheets import Cell, CellKind, Sheet
from cafe_site.tables.workbooks import write_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class ShownCell:
    text: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet with its labels and cells as text, in the reader's language."""

    head: Sequence[ShownCell]
    rows: Sequence[Sequence[ShownCell]]
    # Number of rows that the page leaves out; the files contain all.
    left_out: int = 0

    @classmethod
    def of(cls, sheet: Sheet) -> "Table":
        currency = shop_currency()
        kinds = [column.kind for column in sheet.columns]
        head = [ShownCell(column.label, is_number(column.kind)) for column in sheet.columns]
        all_rows = list(sheet.rows)
        rows = [
            [
                ShownCell(shown(value, kind, currency), is_number(kind))
                for value, kind in zip(row, kinds, strict=True)
            ]
            for row in all_rows[:MOST_ROWS]
        ]
        return cls(head, rows, len(all_rows) - len(rows))


def is_number(kind: CellKind) -> bool:
    return kind not in (CellKind.TEXT, CellKind.DAY)


def shown(value: Cell, kind: CellKind, currency: Currency) -> str:
    """Format a value for display; `-` if it is None."""
    if value is None:
        return "-"
    if isinstance(value, datetime.date):
        return local_date(value, "D j M Y")
    if isinstance(value, str):
        return value
    if kind == CellKind.AMOUNT:
        return currency.text(Decimal(value))
    if kind == CellKind.SHARE:
        return f"{value * 100:.1f}%"
    return f"{value:,}"


def csv_response(sheet: Sheet, filename: str) -> HttpResponse:
    """Return a sheet as CSV: a header, ISO dates, plain numbers, shares from 0 to 1."""
    currency = shop_currency()
    kinds = [column.kind for column in sheet.columns]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([column.label for column in sheet.columns])
    for row in sheet.rows:
        writer.writerow(
            [safe_cell(_plain(cell, kind, currency)) for cell, kind in zip(row, kinds, strict=True)]
        )
    # Without a byte order mark, Excel assumes the machine's local encoding.
    content = "\ufeff" + file.getvalue()
    return _attachment(content.encode(), "text/csv; charset=utf-8", filename)


def _plain(cell: Cell, kind: CellKind, currency: Currency) -> Cell:
    if kind == CellKind.AMOUNT and isinstance(cell, Decimal):
        # Rounded as in the reports: the database stores two decimals, and SQLite's sums have more.
        return currency.round(cell)
    if isinstance(cell, float):
        return round(cell, 6)
    return cell.isoformat() if isinstance(cell, datetime.date) else cell


def xlsx_response(sheet: Sheet, filename: str) -> HttpResponse:
    file = io.BytesIO()
    write_workbook(file, [sheet], amount_digits=shop_currency().digits)
    return _attachment(file.getvalue(), XLSX, filename)


def _attachment(content: bytes, content_type: str, filename: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )
