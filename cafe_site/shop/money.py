"""Money: rounding to the currency's smallest unit, and formatting."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# Currencies whose number of decimal digits is not two (ISO 4217).
_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0}
_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "KRW": "₩", "JPY": "¥"}
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Currency:
    """The shop's ISO 4217 currency."""

    code: str

    @property
    def digits(self) -> int:
        return _DIGITS.get(self.code, 2)

    def round(self, amount: Decimal) -> Decimal:
        """Return an amount rounded to the smallest unit, half away from zero."""
        return amount.quantize(Decimal(1).scaleb(-self.digits), rounding=ROUND_HALF_UP)

    def plain(self, amount: Decimal) -> str:
        """Format an amount as 1,234.50, for a table that names its currency once."""
        return f"{self.round(amount):,.{self.digits}f}"

    def text(self, amount: Decimal) -> str:
        """Format an amount as €1,234.50 or, for a currency without a known sign, CHF 1,234.50."""
        sign = "-" if amount < 0 else ""
        symbol = _SYMBOLS.get(self.code, f"{self.code}\N{NO-BREAK SPACE}")
        return f"{sign}{symbol}{self.plain(abs(amount))}"
