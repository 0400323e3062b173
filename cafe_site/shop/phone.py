"""Telephone numbers as people write them. Pure."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_ALLOWED = re.compile(r"\+?[0-9 ()/.\-]+")
FEWEST_DIGITS, MOST_DIGITS = 5, 20


def validate_phone(value: str) -> None:
    """Raise ValidationError, with the remedy, for text that nobody could call."""
    digits = sum(character.isdigit() for character in value)
    if _ALLOWED.fullmatch(value) and FEWEST_DIGITS <= digits <= MOST_DIGITS:
        return
    raise ValidationError(
        _(
            "%(value).40s is not a telephone number. Enter %(fewest)s to %(most)s digits, with "
            "spaces or + ( ) / . - between them, such as +49 30 23125 000."
        ),
        code="invalid_phone",
        params={"value": value, "fewest": FEWEST_DIGITS, "most": MOST_DIGITS},
    )


def phone_link(phone: str) -> str:
    """Return the address that calls a number (RFC 3966): +49 (0)30 23125 000 is +493023125000."""
    if phone.startswith("+"):
        # The national prefix in brackets is not dialled after a country code.
        phone = re.sub(r"\(\s*0\s*\)", "", phone)
    return "tel:" + re.sub(r"[^0-9+]", "", phone)
