from decimal import Decimal

import pytest

from cafe_site.shop.plausibility import is_far_above, is_price_far_above


@pytest.mark.parametrize(
    ("value", "most", "is_asked"),
    [
        (10_000, 24, True),
        (240, 24, True),
        (97, 24, True),
        (96, 24, False),
        (30, 2, False),
        (31, 2, True),
        (200, 0, False),
        (201, 0, True),
        (0, 24, False),
    ],
)
def test_a_zero_too_many_is_asked_about_and_a_busy_day_is_not(
    value: int, most: int, is_asked: bool
) -> None:
    assert is_far_above(value, most) is is_asked


@pytest.mark.parametrize(
    ("price", "highest", "is_asked"),
    [("320", "3.20", True), ("12.80", "3.20", False), ("12.81", "3.20", True), ("320", "0", False)],
)
def test_a_price_in_cents_is_asked_about(price: str, highest: str, is_asked: bool) -> None:
    assert is_price_far_above(Decimal(price), Decimal(highest)) is is_asked
