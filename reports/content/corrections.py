"""Changes to days that were already reported. Pure."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.figures.comparison import TOTALS

# Days listed one by one in a message; the import of a whole history may change hundreds.
MAX_DAYS = 10


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that differs from the report; both values as the payload writes them."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A reported day whose figures have changed, and the revision with the new ones."""

    business_day: datetime.date
    revision: int
    changes: tuple[Change, ...]


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return the totals that differ between two payloads, in the report's order."""
    return tuple(
        Change(name, _written(before[name]), _written(after[name]))
        for name in TOTALS
        if before[name] != after[name]
    )


def _written(value: Any) -> str:
    return "-" if value is None else str(value)


def listed_corrections(corrections: Sequence[Correction]) -> Sequence[Correction]:
    """Return the newest corrections, as many as a message lists."""
    return corrections[-MAX_DAYS:]
