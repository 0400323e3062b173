from decimal import Decimal

import pytest

from cafe_site.shop.money import Currency


@pytest.mark.parametrize(
    ("code", "amount", "plain", "text"),
    [
        ("EUR", "1234.5", "1,234.50", "€1,234.50"),
        ("EUR", "-0.005", "-0.01", "-€0.01"),
        ("KRW", "4800", "4,800", "₩4,800"),
        ("CHF", "0", "0.00", "CHF\N{NO-BREAK SPACE}0.00"),
    ],
)
def test_amounts_are_written_in_their_currency(
    code: str, amount: str, plain: str, text: str
) -> None:
    currency = Currency(code)

    assert (currency.plain(Decimal(amount)), currency.text(Decimal(amount))) == (plain, text)


@pytest.mark.parametrize(
    ("amount", "rounded"), [("0.005", "0.01"), ("0.0049", "0.00"), ("-0.005", "-0.01")]
)
def test_halves_are_rounded_away_from_zero(amount: str, rounded: str) -> None:
    assert Currency("EUR").round(Decimal(amount)) == Decimal(rounded)
