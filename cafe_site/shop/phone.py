"""Telephone numbers as links. Pure."""

import re

# As TelephoneNumber accepts it: a number with an optional extension.
_EXTENSION = re.compile(r"[^0-9+()/.\- ].*?([0-9]+)$")


def phone_link(phone: str) -> str:
    """Return the tel: address of a number (RFC 3966): +49 (0)30 23125 000 is +493023125000.

    An extension becomes a parameter: 030 23125 ext. 5 is 03023125;ext=5.
    """
    found = _EXTENSION.search(phone)
    number = phone[: found.start()] if found else phone
    if number.startswith("+"):
        # The national prefix in brackets is not dialled after a country code.
        number = re.sub(r"\(\s*0\s*\)", "", number)
    dialled = re.sub(r"[^0-9+]", "", number)
    return f"tel:{dialled};ext={found[1]}" if found else f"tel:{dialled}"
