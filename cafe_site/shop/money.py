"""Amounts of money: rounding to the currency's smallest unit, and how they are written."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# Digits after the point, where they are not two (ISO 4217).
_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0}
_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "KRW": "₩", "JPY": "¥"}
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 currency that the shop counts in."""

    code: str

    @property
    def digits(self) -> int:
        return _DIGITS.get(self.code, 2)

    def round(self, amount: Decimal) -> Decimal:
        """Return an amount in whole smallest units, halves away from zero."""
        return amount.quantize(Decimal(1).scaleb(-self.digits), rounding=ROUND_HALF_UP)

    def plain(self, amount: Decimal) -> str:
        """Write an amount as 1,234.50, for a table that names its currency once."""
        return f"{self.round(amount):,.{self.digits}f}"

    def text(self, amount: Decimal) -> str:
        """Write an amount as €1,234.50 or, for a currency without a sign here, CHF 1,234.50."""
        sign = "-" if amount < 0 else ""
        symbol = _SYMBOLS.get(self.code, f"{self.code}\N{NO-BREAK SPACE}")
        return f"{sign}{symbol}{self.plain(abs(amount))}"
