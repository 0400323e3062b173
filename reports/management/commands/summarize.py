from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from reports.jobs import current_message
from reports.management.days import read_day
from reports.payload import csv_of


class Command(BaseCommand):
    help = "Print a business day's figures as they stand now. Nothing is written or sent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("day", type=read_day, help="the business day, as 2026-11-22")
        parser.add_argument("--format", choices=("text", "json", "csv"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        message = current_message(options["day"], revision=None)
        if options["format"] == "json":
            self.stdout.write(message.payload)
        elif options["format"] == "csv":
            self.stdout.write(csv_of(message.payload), ending="")
        else:
            self.stdout.write(message.text, ending="")
