"""Rows of figures for the owners' pages; the figures are computed in `reports`."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from cafe_site.shop.money import Currency
from reports.figures.comparison import COUNT_TOTALS, TOTALS


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One figure as text: as sent, and now."""

    label: str
    sent: str
    current: str

    @property
    def is_changed(self) -> bool:
        return self.sent != self.current


def write_value(name: str, value: Any, currency: Currency) -> str:
    """Format a figure of a payload; `-` if it has no value."""
    if value is None:
        return "-"
    return f"{int(value):,}" if name in COUNT_TOTALS else currency.text(Decimal(value))


def value_rows(sent: Mapping[str, Any], current: Mapping[str, Any]) -> list[ValueRow]:
    """Return each figure of two payloads side by side."""
    currency = Currency(sent["currency"])
    return [
        ValueRow(
            _(label),
            write_value(name, sent["totals"][name], currency),
            write_value(name, current["totals"][name], currency),
        )
        for name, label in TOTALS.items()
    ]
