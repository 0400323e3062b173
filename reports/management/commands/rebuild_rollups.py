"""Command `rebuild_rollups`: recount closed business days for the patterns."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cafe_site.shop.periods import DayRange
from reports.figures.closed_days import last_closed_day
from reports.figures.summary import first_business_day
from reports.management.days import read_day
from reports.patterns.rollups import CHUNK_DAYS, rebuild_days


class Command(BaseCommand):
    help = (
        "Recount closed business days for the patterns: all of them, or those from --first to "
        "--last. The result is the same however often you run it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--first", type=read_day, help="the first day, as 2026-11-01")
        parser.add_argument("--last", type=read_day, help="the last day, as 2026-11-22")

    def handle(self, *args: Any, **options: Any) -> None:
        began = first_business_day()
        if began is None:
            raise CommandError("There is no order yet, so there is no day to count.")
        closed = last_closed_day(timezone.now())
        first, last = options["first"] or began, options["last"] or closed
        if last > closed:
            raise CommandError(f"The business day {last} is not over; the newest is {closed}.")
        if first > last:
            raise CommandError(f"{first} comes after {last}; give them the other way round.")
        days = DayRange(max(first, began), last).days
        for start in range(0, len(days), CHUNK_DAYS):
            rebuild_days(days[start : start + CHUNK_DAYS])
            self.stdout.write(f"{min(start + CHUNK_DAYS, len(days))} of {len(days)} days counted")
