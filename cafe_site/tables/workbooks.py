"""XLSX workbooks made of tables, with typed cells and without formulas.

The only module that uses xlsxwriter. Rows are written as they come and not kept, so a workbook
needs the memory of one row; each sheet is a temporary file until it is complete.
"""

import datetime
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any

from cafe_site.tables.sheets import CellKind, Sheet

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

# Excel's limit; it reports larger files as corrupt.
MAX_ROWS = 1_048_576
MAX_NAME_LENGTH = 31
_FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_MIN_WIDTH, _MAX_WIDTH = 8, 40


class TooManyRows(Exception):
    """A table exceeds the rows of a sheet; the message is a sentence."""


def write_workbook(file: IO[bytes], sheets: Sequence[Sheet], *, amount_digits: int) -> None:
    """Write the sheets, in order, as an XLSX file; raise TooManyRows for a sheet too long.

    Amounts have `amount_digits` decimals. The file contains no timestamp: the same sheets give the
    same bytes.
    """
    # Imported here: the import takes longer than answering a page.
    from xlsxwriter import Workbook

    options = {
        "constant_memory": True,
        # A product called "=1+1" is not a formula, and an address in a name is not a link.
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(file, options) as book:
        book.set_properties({"created": datetime.datetime(2000, 1, 1)})  # noqa: DTZ001 - naive is wanted.
        formats = _formats_of(book, amount_digits)
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet_name(sheet.name)), sheet, formats, head)


def sheet_name(text: str) -> str:
    """Return a text as a valid name of an Excel sheet."""
    return text.translate(_FORBIDDEN_IN_NAMES).strip(" '")[:MAX_NAME_LENGTH]


def _formats_of(book: "Workbook", amount_digits: int) -> dict[CellKind, "Format"]:
    digits = f".{'0' * amount_digits}" if amount_digits else ""
    codes = {
        CellKind.TEXT: "@",
        CellKind.COUNT: "#,##0",
        CellKind.AMOUNT: f"#,##0{digits}",
        CellKind.SHARE: "0.0%",
        # ISO format, because the local date format differs between computers.
        CellKind.DAY: "yyyy-mm-dd",
        CellKind.NUMBER: "#,##0.0",
    }
    return {kind: book.add_format({"num_format": code}) for kind, code in codes.items()}


def _write_sheet(
    target: "Worksheet", sheet: Sheet, formats: dict[CellKind, "Format"], head: "Format"
) -> None:
    for index, column in enumerate(sheet.columns):
        width = min(max(column.width, len(column.label) + 1, _MIN_WIDTH), _MAX_WIDTH)
        target.set_column(index, index, width, formats[column.kind])
        target.write_string(0, index, column.label, head)
    # Freeze the header row and the first column, which names the row.
    target.freeze_panes(1, 1)
    for row_index, row in enumerate(sheet.rows, start=1):
        if row_index >= MAX_ROWS:
            raise TooManyRows(
                f"The sheet {sheet.name} has more than {MAX_ROWS - 1:,} rows, and Excel takes no "
                "more: choose a shorter period."
            )
        for column_index, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            _write_cell(target, (row_index, column_index), column.kind, value, formats[column.kind])


def _write_cell(
    target: "Worksheet", position: tuple[int, int], kind: CellKind, value: Any, look: "Format"
) -> None:
    if value is None:
        return
    if kind == CellKind.TEXT:
        # Never write(), which guesses the type of a text.
        target.write_string(*position, str(value), look)
    elif kind == CellKind.DAY:
        target.write_datetime(*position, value, look)
    else:
        target.write_number(*position, value, look)
