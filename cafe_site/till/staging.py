"""Staging of the file's valid rows on disk, sorted so that the rows of a receipt are together."""

import datetime
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Self

from cafe_site.till.rows import TillRow


@dataclass(frozen=True, slots=True)
class Receipt:
    """All rows of one receipt on one business day; `line` is its first line in the file."""

    day: datetime.date
    number: str
    line: int
    rows: tuple[TillRow, ...]

    @property
    def at(self) -> datetime.datetime:
        return min(row.at for row in self.rows)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Number of rows with this quantity and price of an item."""

    item: str
    quantity: int
    unit_price: Decimal | None
    count: int


class Staging:
    """A table in a temporary file, so that memory does not grow with the till's file.

    Instants are stored as UTC in ISO form of equal length, so that they sort by time.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="till-")
        self._database = sqlite3.connect(Path(self._folder.name) / "rows.sqlite3")
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute("PRAGMA synchronous=OFF")
        self._database.execute(
            "CREATE TABLE rows (day TEXT, receipt TEXT, line INTEGER, at TEXT, item TEXT,"
            " quantity INTEGER, price TEXT)"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._database.close()
        self._folder.cleanup()

    def add(self, day: datetime.date, line: int, row: TillRow) -> None:
        price = None if row.unit_price is None else str(row.unit_price)
        self._database.execute(
            "INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)",
            (day.isoformat(), row.receipt, line, row.at.isoformat(), row.item, row.quantity, price),
        )

    def numbers(self) -> Iterator[Numbers]:
        """Yield each item's quantities and prices, with their number of rows."""
        records = self._database.execute(
            "SELECT item, quantity, price, COUNT(*) FROM rows GROUP BY item, quantity, price"
        )
        for item, quantity, price, count in records:
            yield Numbers(item, quantity, None if price is None else Decimal(price), count)

    def receipts(self) -> Iterator[Receipt]:
        """Yield the receipts by business day, then in file order."""
        records = self._database.execute(
            "SELECT day, receipt, line, at, item, quantity, price FROM rows"
            " ORDER BY day, MIN(line) OVER (PARTITION BY day, receipt), line"
        )
        for (day, number), members in groupby(records, key=lambda record: record[:2]):
            found = list(members)
            yield Receipt(
                datetime.date.fromisoformat(day),
                number,
                line=found[0][2],
                rows=tuple(_row_of(record) for record in found),
            )


def _row_of(record: tuple[str, str, int, str, str, int, str | None]) -> TillRow:
    _day, receipt, _line, at, item, quantity, price = record
    return TillRow(
        receipt,
        datetime.datetime.fromisoformat(at),
        item,
        quantity,
        None if price is None else Decimal(price),
    )
