"""Reading a business day from the command line."""

import datetime
from argparse import ArgumentTypeError

from cafe_site.shop.business_day import parse_day


def read_day(value: str) -> datetime.date:
    """Return the day; a value that is none is told with the remedy."""
    try:
        return parse_day(value)
    except ValueError as error:
        raise ArgumentTypeError(f"{value!r} is no day; write it as 2026-11-22.") from error
