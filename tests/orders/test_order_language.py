"""Tests that an order keeps the language in which it was placed, and its e-mails use it."""

import pytest
from django.utils import translation

from cafe_site.menu.models import Product
from cafe_site.orders.basket import ChosenLine
from cafe_site.orders.checkout import place_order
from tests.fixtures.ordering import NOW, details


@pytest.mark.parametrize(
    ("active", "kept"),
    # None: a process that has not chosen any, such as a command.
    [("en", "en"), ("zh-hans", "zh-hans"), (None, "en")],
)
def test_an_order_keeps_the_language_in_which_it_was_placed(
    cheesecake: Product, active: str | None, kept: str
) -> None:
    with translation.override(active):
        order = place_order(
            details(), [ChosenLine(cheesecake.pk, (), 1)], checkout_key="key", now=NOW
        )

    order.refresh_from_db()
    assert order.language == kept
