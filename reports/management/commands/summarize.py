"""Command `summarize`: print the figures of a day, a week or a month."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from cafe_site.shop.periods import PeriodKind, period_with
from reports.delivery.issuing import message_of_day, message_of_period
from reports.management.days import add_kind, read_day
from reports.messages.payload import csv_of
from reports.models import Report


class Command(BaseCommand):
    help = "Print a day's, a week's or a month's figures as they stand now. Nothing is sent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("day", type=read_day, help="the business day, as 2026-11-22")
        add_kind(parser)
        parser.add_argument("--format", choices=("text", "json", "csv"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["kind"] == Report.Kind.DAILY:
            message = message_of_day(options["day"])
        else:
            message = message_of_period(period_with(options["day"], PeriodKind(options["kind"])))
        if options["format"] == "json":
            self.stdout.write(message.payload)
        elif options["format"] == "csv":
            self.stdout.write(csv_of(message.payload), ending="")
        else:
            self.stdout.write(message.text, ending="")
