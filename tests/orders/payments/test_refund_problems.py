"""Tests of the messages that staff see when a card refund fails."""

import pytest
from django.utils.translation import override

from cafe_site.orders.payments.refund_problems import refund_sentence
from tests.plain_sentences import problem_of


@pytest.mark.parametrize(
    ("last_error", "was_answered", "part"),
    [
        ("charge_already_refunded: Charge ch_1 has already been refunded.", True, "before you"),
        ("balance_insufficient: Insufficient funds in Stripe account.", True, "enough money"),
        ("AuthenticationError: Invalid API Key provided: sk_live_1", True, "accept this site"),
        ("account_closed: The account is closed.", True, "Stripe refused the refund."),
        ("", True, "Stripe refused the refund."),
        ("The payment service cannot be reached.", False, "could not be reached"),
    ],
)
def test_a_failed_refund_says_what_to_do_by_its_kind(
    last_error: str, was_answered: bool, part: str
) -> None:
    with override("en"):
        sentence = refund_sentence(last_error, was_answered=was_answered)

    assert part in sentence
    assert problem_of(sentence) == ""
    assert "sk_live" not in sentence
