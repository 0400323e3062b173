from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_site.orders.pricing import (
    LineAmounts,
    discount_line,
    price_line_tax_excluded,
    price_line_tax_included,
    refund_line,
    spread,
)
from cafe_site.shop.money import Currency

EUR = Currency("EUR")
KRW = Currency("KRW")


def amounts(gross: str, tax: str, refund: str = "0") -> LineAmounts:
    return LineAmounts(Decimal(gross), Decimal(tax), refund_amount=Decimal(refund))


@pytest.mark.parametrize(
    ("price", "quantity", "rate", "currency", "expected"),
    [
        ("4.20", 2, "0.07", EUR, amounts("7.85", "0.55")),
        ("2.90", 1, "0.19", EUR, amounts("2.44", "0.46")),
        ("3.33", 3, "0", EUR, amounts("9.99", "0.00")),
        ("4800", 2, "0.1", KRW, amounts("8727", "873")),
    ],
)
def test_tax_is_taken_out_of_a_price_that_holds_it(
    price: str, quantity: int, rate: str, currency: Currency, expected: LineAmounts
) -> None:
    priced = price_line_tax_included(Decimal(price), quantity, Decimal(rate), currency)

    assert priced == expected


def test_tax_is_put_on_top_of_a_price_without_it() -> None:
    priced = price_line_tax_excluded(Decimal("4.20"), 2, Decimal("0.07"), EUR)

    assert priced == amounts("8.40", "0.59")


def test_a_partial_refund_leaves_net_and_tax_of_what_is_left() -> None:
    refunded = refund_line(amounts("7.85", "0.55"), Decimal("4.20"), Decimal("0.07"), EUR)

    assert refunded == amounts("7.85", "0.27", refund="3.92")


@pytest.mark.parametrize("refund", ["-0.01", "8.41"])
def test_no_more_than_the_total_is_refunded(refund: str) -> None:
    with pytest.raises(ValueError, match="not between zero and the line"):
        refund_line(amounts("7.85", "0.55"), Decimal(refund), Decimal("0.07"), EUR)


def test_a_discount_is_taken_off_net_and_tax_alike() -> None:
    discounted = discount_line(amounts("7.85", "0.55"), Decimal("0.84"), Decimal("0.07"), EUR)

    assert discounted == LineAmounts(
        Decimal("7.85"), Decimal("0.49"), discount_amount=Decimal("0.78")
    )
    assert discounted.total_amount == Decimal("7.56")


CENTS = st.integers(0, 100_000).map(lambda cents: Decimal(cents) / 100)
RATES = st.integers(0, 30).map(lambda percent: Decimal(percent) / 100)


@given(CENTS, st.integers(1, 50), RATES, st.data())
def test_what_is_left_and_what_is_refunded_make_the_total(
    price: Decimal, quantity: int, rate: Decimal, data: st.DataObject
) -> None:
    priced = price_line_tax_included(price, quantity, rate, EUR)
    cents = data.draw(st.integers(0, int(priced.total_amount * 100)))

    refunded = refund_line(priced, Decimal(cents) / 100, rate, EUR)

    assert priced.total_amount == price * quantity
    assert refunded.total_amount == priced.total_amount - Decimal(cents) / 100
    assert refunded.net_amount >= 0
    assert refunded.refund_amount >= 0


@given(st.lists(CENTS, min_size=1, max_size=6), st.data())
def test_shares_add_up_and_fit_their_weights(weights: list[Decimal], data: st.DataObject) -> None:
    cents = data.draw(st.integers(0, int(sum(weights) * 100)))

    shares = spread(Decimal(cents) / 100, weights, EUR)

    assert sum(shares) == Decimal(cents) / 100
    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))
