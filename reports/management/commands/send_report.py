"""Command `send_report`: issue and publish one report."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cafe_site.shop.fields import make_token
from cafe_site.shop.periods import PeriodKind, period_with
from reports import due
from reports.delivery import channel, publishing
from reports.delivery.issuing import message_of_day, message_of_period
from reports.delivery.problems import words_in
from reports.management.days import add_kind, read_day
from reports.models import Delivery, Report


class Command(BaseCommand):
    help = "Issue and publish one report, the same way as the schedule does."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--day", type=read_day, required=True, help="such as 2026-11-22")
        add_kind(parser)
        parser.add_argument(
            "--dry-run", action="store_true", help="print the message; write and send nothing"
        )
        parser.add_argument(
            "--resend", action="store_true", help="send a report again that was published before"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        day, kind = options["day"], options["kind"]
        period = None if kind == Report.Kind.DAILY else period_with(day, PeriodKind(kind))
        if options["dry_run"]:
            message = message_of_period(period) if period else message_of_day(day)
            self.stdout.write(f"Subject: {message.subject}\n\n{message.text}", ending="")
            return
        publisher = channel.report_publisher()
        if publisher is None:
            raise CommandError("REPORT_TOPIC_ARN is not set: there is no topic to publish to.")
        try:
            now = timezone.now()
            report = (
                due.issue_closed_period(period, now=now)
                if period
                else due.issue_closed_day(day, now=now)
            )
        except due.DayNotClosed as error:
            raise CommandError(str(error)) from error
        delivery = self.delivery_to_publish(report, resend=options["resend"])
        publishing.publish_delivery(delivery.pk, publisher)
        self.show_result(delivery)

    def delivery_to_publish(self, report: Report, *, resend: bool) -> Delivery:
        if resend:
            return publishing.request_copy(report, request_key=make_token())
        published = report.deliveries.filter(state=Delivery.State.PUBLISHED).first()
        if published is not None:
            raise CommandError(
                f"The report of {report.business_day} was published at "
                f"{published.published_at:%Y-%m-%d %H:%M} UTC as {published.message_id}. "
                "To send it once more, add --resend."
            )
        return report.deliveries.get(number=1)

    def show_result(self, delivery: Delivery) -> None:
        delivery.refresh_from_db()
        if delivery.state == Delivery.State.PUBLISHED:
            self.stdout.write(
                f"Published the report of {delivery.report.business_day} as {delivery.message_id}."
            )
            return
        last = delivery.attempts.last()
        why = words_in(last.detail) if last and last.detail else "another process has claimed it"
        raise CommandError(
            f"The report of {delivery.report.business_day} is {delivery.get_state_display()}: {why}"
        )
