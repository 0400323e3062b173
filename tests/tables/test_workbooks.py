"""Tests of XLSX workbooks, which are read back from their XML."""

import datetime
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from cafe_site.shop.money import Currency
from cafe_site.tables import workbooks
from cafe_site.tables.sheets import Cell, CellKind, Column, Sheet
from cafe_site.tables.workbooks import TooManyRows, sheet_name, write_workbook

EURO = Currency("EUR")
_NAMES = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
COLUMNS = (
    Column("Name"),
    Column("Day", CellKind.DAY),
    Column("Items", CellKind.COUNT),
    Column("Net sales", CellKind.AMOUNT),
    Column("Share", CellKind.SHARE),
)
ROW = ("Käsekuchen", datetime.date(2026, 11, 22), 12, Decimal("50.40"), Decimal("0.25"))


def written(*sheets: Sheet, currency: Currency = EURO) -> bytes:
    file = io.BytesIO()
    write_workbook(file, sheets, amount_digits=currency.digits)
    return file.getvalue()


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode()


def cells_of(content: bytes, sheet: int = 1) -> list[tuple[str, str]]:
    """Return each cell's type (n for a number) and its value."""
    root = ElementTree.fromstring(part(content, f"xl/worksheets/sheet{sheet}.xml"))  # noqa: S314
    return [(cell.get("t", "n"), "".join(cell.itertext())) for cell in root.iter(f"{_NAMES}c")]


def rows_in(content: bytes) -> list[list[list[str | None]]]:
    """Return each sheet's rows with their values as text; None for an empty cell."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        count = sum(name.startswith("xl/worksheets/sheet") for name in archive.namelist())
    return [_rows_of(content, sheet) for sheet in range(1, count + 1)]


def _rows_of(content: bytes, sheet: int) -> list[list[str | None]]:
    root = ElementTree.fromstring(part(content, f"xl/worksheets/sheet{sheet}.xml"))  # noqa: S314
    rows = []
    for row in root.iter(f"{_NAMES}row"):
        cells = {cell.get("r", "")[0]: "".join(cell.itertext()) for cell in row}
        rows.append(cells)
    letters = sorted(rows[0])
    return [[cells.get(letter) for letter in letters] for cells in rows]


def one(*row: Cell, columns: Sequence[Column] = COLUMNS) -> bytes:
    return written(Sheet("Days", columns, [row]))


def test_each_kind_of_value_is_what_it_is() -> None:
    cells = cells_of(one(*ROW))

    assert cells[5:] == [
        ("inlineStr", "Käsekuchen"),
        # Days since the thirtieth of December 1899.
        ("n", "46348"),
        ("n", "12"),
        ("n", "50.40"),
        ("n", "0.25"),
    ]


def test_labels_come_first_and_stay_in_sight() -> None:
    content = one(*ROW)

    assert [text for _kind, text in cells_of(content)[:5]] == [
        "Name",
        "Day",
        "Items",
        "Net sales",
        "Share",
    ]
    assert 'topLeftCell="B2"' in part(content, "xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    "text", ["=1+1", "{=1}", "+1", "-1", "@A1", "https://example.com/", "mailto:a@b", "007", "1e5"]
)
def test_a_text_is_no_formula_no_link_and_no_number(text: str) -> None:
    content = one(text, columns=[Column("Name")])

    assert cells_of(content)[1] == ("inlineStr", text)
    sheet = part(content, "xl/worksheets/sheet1.xml")
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet


def test_what_is_not_known_is_empty_and_nothing_is_zero() -> None:
    cells = cells_of(one(None, None, 0, None, Decimal(0)))

    # An empty cell is not written at all.
    assert cells[5:] == [("n", "0"), ("n", "0")]


@pytest.mark.parametrize(("code", "look"), [("EUR", "#,##0.00"), ("JPY", "#,##0")])
def test_amounts_have_the_digits_of_the_currency(code: str, look: str) -> None:
    column = [Column("Net sales", CellKind.AMOUNT)]

    content = written(Sheet("Days", column, [(Decimal("4.20"),)]), currency=Currency(code))

    [style] = re.findall(r'<c r="A2" s="(\d)"', part(content, "xl/worksheets/sheet1.xml"))
    styles = part(content, "xl/styles.xml")
    used = re.findall(r'<xf numFmtId="(\d+)"', styles.partition("<cellXfs")[2])[int(style)]
    assert f'numFmtId="{used}" formatCode="{look}"' in styles


def test_several_sheets_keep_their_order_and_an_empty_one_its_labels() -> None:
    content = written(Sheet("Days", COLUMNS, [ROW]), Sheet("Hours", [Column("Hour")], []))

    names = re.findall(r'<sheet name="([^"]*)"', part(content, "xl/workbook.xml"))
    assert names == ["Days", "Hours"]
    assert cells_of(content, sheet=2) == [("inlineStr", "Hour")]


def test_the_same_sheets_make_the_same_bytes() -> None:
    assert part(one(*ROW), "docProps/core.xml") == part(one(*ROW), "docProps/core.xml")
    assert one(*ROW) == one(*ROW)


def test_rows_are_taken_one_by_one() -> None:
    taken: list[int] = []

    def rows() -> Iterator[Sequence[Cell]]:
        for number in range(3):
            taken.append(number)
            yield (number,)

    written(Sheet("Days", [Column("Items", CellKind.COUNT)], rows()))

    assert taken == [0, 1, 2]


def test_more_rows_than_excel_takes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_ROWS", 3)
    fits, too_long = [(1,)] * 2, [(1,)] * 3
    column = [Column("Items", CellKind.COUNT)]
    written(Sheet("Days", column, fits))

    with pytest.raises(TooManyRows, match="The sheet Days has more than 2 rows"):
        written(Sheet("Days", column, too_long))


def test_a_row_with_too_few_values_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="zip"):
        one("Käsekuchen")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Days", "Days"),
        ("Weekday/hour [net]: *?", "Weekday hour  net"),
        ("'quoted'", "quoted"),
        ("x" * 40, "x" * 31),
    ],
)
def test_a_sheets_name_is_one_that_excel_takes(text: str, expected: str) -> None:
    assert sheet_name(text) == expected
