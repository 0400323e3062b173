"""Command `run_due_reports`: publish every report that is due."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports import events


class Command(BaseCommand):
    help = "Publish every report that is due, as the schedule does on Lambda. For cron."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = events.run_due_reports({}, None)
        except events.RunFailed as error:
            raise CommandError(str(error)) from error
        for outcome, names in done.items():
            for name in names:
                self.stdout.write(f"{outcome}: {name}")
