"""Tests of how one product's baking went, in words."""

from decimal import Decimal
from typing import Any

import pytest

from cafe_site.shop.money import Currency
from reports.baking.facts import ScoredProduct
from reports.baking.words import score_words


def scored(**fields: Any) -> ScoredProduct:
    return ScoredProduct(
        **{
            "name": "Cheesecake",
            "planned": 9,
            "baked": 9,
            "sold": 9,
            "left_over": 0,
            "sold_out_at": "",
            "is_sold_out": False,
            "missed": Decimal(0),
            "waste_amount": None,
            "missed_amount": Decimal(0),
            **fields,
        }
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "none left over"),
        ({"left_over": 2}, "2 left over"),
        ({"left_over": 2, "waste_amount": Decimal("2.4")}, "2 left over, 2.40"),
        ({"is_sold_out": True}, "sold out"),
        ({"is_sold_out": True, "sold_out_at": "14:10"}, "sold out at 14:10"),
        # Rounded to whole items.
        ({"is_sold_out": True, "missed": Decimal("0.4")}, "sold out"),
        ({"is_sold_out": True, "missed": Decimal("1.2")}, "sold out; about 1 more wanted"),
        (
            {"is_sold_out": True, "sold_out_at": "14:10", "missed": Decimal("2.6")},
            "sold out at 14:10; about 3 more wanted",
        ),
    ],
)
def test_a_score_in_words(fields: dict[str, Any], words: str) -> None:
    assert score_words(scored(**fields), Currency("EUR")) == words
