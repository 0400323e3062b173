"""Command-line arguments for a business day and a report kind."""

import datetime
from argparse import ArgumentParser, ArgumentTypeError

from cafe_site.shop.business_day import parse_day
from cafe_site.shop.periods import PeriodKind
from reports.models import Report

KINDS = (Report.Kind.DAILY.value, *PeriodKind)


def read_day(value: str) -> datetime.date:
    """Return the day; raise ArgumentTypeError with the remedy if it is not one."""
    try:
        return parse_day(value)
    except ValueError as error:
        raise ArgumentTypeError(f"{value!r} is not a day; write it as 2026-11-22.") from error


def add_kind(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--kind",
        choices=KINDS,
        default=KINDS[0],
        help="the report of the day itself, or of the week or month that it lies in",
    )
