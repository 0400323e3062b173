"""Tables as data: sheets, columns and cells. Pure."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

Cell = str | int | float | Decimal | datetime.date | None


class CellKind(StrEnum):
    """How a column's values are written; a value that is None leaves its cell empty."""

    TEXT = "text"
    COUNT = "count"
    # In the shop's currency, with its digits.
    AMOUNT = "amount"
    # Of one: 0.25 is shown as 25.0%.
    SHARE = "share"
    DAY = "day"
    # Any other number, with one digit after the point.
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    kind: CellKind = CellKind.TEXT
    # In characters; the label's when it is longer.
    width: int = 12


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. Its rows are read once, and have a value for each column."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
