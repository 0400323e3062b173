"""Parsing and formatting of shares between 0 and 1 as per cent. Pure."""

import re
import unicodedata
from decimal import Decimal
from enum import StrEnum

_PERCENT = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]+)(?:[.,](?P<rest>[0-9]+))? ?(?P<mark>%?)")
# Longer texts are refused.
MAX_LENGTH = 20
ONE = Decimal(1)
HUNDRED = Decimal(100)


class PercentProblem(StrEnum):
    NOT_A_NUMBER = "not_a_number"
    OUT_OF_RANGE = "out_of_range"
    TOO_MANY_DIGITS = "too_many_digits"
    # Less than 1 and without a per cent sign: probably a share.
    LOOKS_LIKE_A_SHARE = "looks_like_a_share"


class PercentRefused(ValueError):
    """A text is not a valid percentage; `percent` is the number that was read, if any."""

    def __init__(self, problem: PercentProblem, percent: Decimal | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.percent = percent


def share_of(text: str, *, digits: int, least: Decimal = Decimal(0)) -> Decimal:
    """Return the share of a percentage such as "19", "7.7", "7,7" or "19 %".

    `digits` is the maximum of digits after the point, `least` the smallest share. "0.19" raises
    PercentRefused, because it is probably a share; "0.19 %" is 0.0019.
    """
    found = _PERCENT.fullmatch(" ".join(unicodedata.normalize("NFKC", text).split()))
    if found is None or len(text) > MAX_LENGTH:
        raise PercentRefused(PercentProblem.NOT_A_NUMBER)
    rest = found["rest"] or ""
    percent = Decimal(f"{found['sign']}{found['whole']}.{rest or 0}")
    if not 0 <= percent <= HUNDRED:
        raise PercentRefused(PercentProblem.OUT_OF_RANGE, percent)
    if 0 < percent < ONE and not found["mark"]:
        raise PercentRefused(PercentProblem.LOOKS_LIKE_A_SHARE, percent)
    if len(rest) > digits:
        raise PercentRefused(PercentProblem.TOO_MANY_DIGITS, percent)
    if percent < least * HUNDRED:
        raise PercentRefused(PercentProblem.OUT_OF_RANGE, percent)
    return percent / HUNDRED


def percent_text(share: Decimal) -> str:
    """Format a share as per cent without trailing zeros: 0.1900 is 19, 0.077 is 7.7."""
    text = f"{share * HUNDRED:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent_shown(share: Decimal) -> str:
    """Format a share as 7.7 %."""
    return f"{percent_text(share)}\N{NO-BREAK SPACE}%"


def percent_entry(share: Decimal) -> str:
    """Format a share so that share_of can parse it."""
    text = percent_text(share)
    return f"{text} %" if 0 < share * HUNDRED < ONE else text
