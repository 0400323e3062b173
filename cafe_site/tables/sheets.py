"""Tables as data: sheets, columns and cells. Pure."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

Cell = str | int | float | Decimal | datetime.date | None


class CellKind(StrEnum):
    """The type of a column's values; None leaves a cell empty."""

    TEXT = "text"
    COUNT = "count"
    # In the shop's currency, with its number of decimals.
    AMOUNT = "amount"
    # From 0 to 1: 0.25 is shown as 25.0%.
    SHARE = "share"
    DAY = "day"
    # Any other number, with one decimal.
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    kind: CellKind = CellKind.TEXT
    # In characters; at least the length of the label.
    width: int = 12


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. Its rows are iterated once, and have a value for each column."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
