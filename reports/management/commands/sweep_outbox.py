"""Command `sweep_outbox`: finish work that requests left undone."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from reports.sweep import sweep_all


class Command(BaseCommand):
    help = (
        "Send e-mails and card refunds that could not be sent at once, give up orders that were "
        "not paid in time, and go on with exports. On Lambda the schedule does it; elsewhere "
        "let cron run it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = sweep_all(now=timezone.now())
        self.stdout.write(", ".join(f"{name}: {count}" for name, count in done.items()))
