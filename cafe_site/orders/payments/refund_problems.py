"""Reasons why a card refund failed, as sentences for staff. Pure.

Stripe's own message is in the log and in the refund's row, for operators.
"""

from django.utils.translation import gettext as _

# https://docs.stripe.com/error-codes
_REFUNDED_BEFORE = ("charge_already_refunded", "refund_disputed_payment")
_TOO_LITTLE_MONEY = ("balance_insufficient", "insufficient_funds")
_WRONG_KEY = ("AuthenticationError", "PermissionError", "api_key_expired")


def refund_sentence(last_error: str, *, was_answered: bool) -> str:
    """Return what happened to a failed refund and what to do, as a sentence.

    `last_error` begins with Stripe's code and a colon, if Stripe answered.
    """
    if not was_answered:
        return _(
            "Stripe could not be reached. Check at Stripe whether the money went back; if not, "
            "give it back there or at the counter."
        )
    code = last_error.partition(":")[0]
    if code in _REFUNDED_BEFORE:
        return _(
            "At Stripe, this payment was refunded or disputed before. Check it there before you "
            "give anything back."
        )
    if code in _TOO_LITTLE_MONEY:
        return _(
            "There is not enough money at Stripe. Top it up and give the amount back there, or "
            "give it back at the counter."
        )
    if code in _WRONG_KEY:
        return _(
            "Stripe does not accept this site's key. Give the money back at the counter, and ask "
            "the person who runs the site to check the key."
        )
    return _("Stripe refused the refund. Give the money back at Stripe or at the counter.")
