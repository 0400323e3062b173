"""Services that request, cancel and retry a job, with their checks."""

import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cafe_site.accounts.models import User
from cafe_site.outbox.background import run_in_reports_after_commit
from cafe_site.shop.dates import local_date
from cafe_site.shop.opening import shop_calendar
from cafe_site.shop.periods import DayRange
from reports.figures.closed_days import last_closed_day
from reports.figures.summary import first_business_day
from reports.models import Job
from reports.models.job import job_name
from reports.offloaded import files
from reports.offloaded.running import run_job
from reports.offloaded.tasks import TASKS


class JobRefused(Exception):
    """A request about a job was refused; the message says why and what to do."""


class PeriodRefused(JobRefused):
    """The days are not available; `field` is the form field to change."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def available_span(kind: str, *, now: datetime.datetime) -> DayRange | None:
    """Return the days from the first order to today or the last closed day; None without orders."""
    first = first_business_day()
    last = last_closed_day(now) if kind == Job.Kind.REBUILD else shop_calendar().day_of(now)
    return None if first is None or first > last else DayRange(first, last)


def request_job(
    kind: str,
    *,
    first: datetime.date,
    last: datetime.date,
    by: User | None,
    now: datetime.datetime,
) -> Job:
    """Return a new job, or the active job for the same request.

    Raises PeriodRefused for days that are not available.
    """
    if kind == Job.Kind.REBUILD and first < last == shop_calendar().day_of(now):
        # "Everything" includes today, which can only be recounted once it has closed.
        last = last_closed_day(now)
    check_period(kind, first=first, last=last, now=now)
    with transaction.atomic():
        job, is_new = Job.objects.get_or_create(
            active_key=job_name(kind, first, last),
            defaults={
                "kind": kind,
                "first_day": first,
                "last_day": last,
                "total_days": (last - first).days + 1,
                "file_name": TASKS[kind].file_name(first, last),
                "created_by": by,
                "created_at": now,
            },
        )
        if is_new:
            run_in_reports_after_commit(run_job, job.pk)
    return job


def check_period(
    kind: str, *, first: datetime.date, last: datetime.date, now: datetime.datetime
) -> None:
    span = available_span(kind, now=now)
    if span is None:
        raise PeriodRefused(
            "first", _("There is no order yet. Try again when the first one has been placed.")
        )
    if first > last:
        raise PeriodRefused(
            "last",
            _("The last day, %(last)s, is before the first, %(first)s. Choose a later last day.")
            % {"last": _written(last), "first": _written(first)},
        )
    if first < span.first:
        raise PeriodRefused(
            "first",
            _(
                "The first order was on %(day)s. Choose that day or a later one instead of "
                "%(first)s."
            )
            % {"day": _written(span.first), "first": _written(first)},
        )
    if last > span.last:
        raise PeriodRefused(
            "last",
            _(
                "The newest day available is %(day)s. Choose it or an earlier one instead of "
                "%(last)s."
            )
            % {"day": _written(span.last), "last": _written(last)},
        )


def _written(day: datetime.date) -> str:
    return local_date(day, "j F Y")


def cancel_job(job_id: int, *, now: datetime.datetime) -> None:
    """Cancel a job: at once if it waits, else after the days in progress.

    Raises JobRefused if it has ended.
    """
    active = Job.objects.filter(pk=job_id, state__in=Job.ACTIVE_STATES)
    if not active.update(cancel_requested_at=now):
        raise JobRefused(_("This export has ended already, so it cannot be cancelled."))
    # After the request is saved, so that a process that claims the job in between sees it.
    Job.objects.filter(pk=job_id, state=Job.State.QUEUED).update(
        state=Job.State.CANCELLED, active_key=None, finished_at=now, expires_at=now
    )


def retry_job(job_id: int, *, now: datetime.datetime) -> None:
    """Restart a failed or cancelled job from the beginning; JobRefused for any other.

    Raises PeriodRefused if its days are no longer available.
    """
    job = Job.objects.get(pk=job_id)
    check_period(job.kind, first=job.first_day, last=job.last_day, now=now)
    over = Job.objects.filter(pk=job_id, state__in=(Job.State.FAILED, Job.State.CANCELLED))
    try:
        with transaction.atomic():
            is_queued = over.update(
                state=Job.State.QUEUED,
                # A process that read the job before this can no longer claim it.
                fence=F("fence") + 1,
                active_key=job.name,
                attempts=0,
                done_days=0,
                kept_days=0,
                kept_parts=[],
                error="",
                not_before=None,
                started_at=None,
                finished_at=None,
                cancel_requested_at=None,
                expires_at=None,
                files_deleted_at=None,
            )
            if is_queued:
                run_in_reports_after_commit(run_job, job_id)
    except IntegrityError as error:
        raise JobRefused(_("An export of these days is running already. See above.")) from error
    if not is_queued:
        raise JobRefused(_("Only a failed or cancelled export can be tried again."))


def delete_old_files(*, now: datetime.datetime) -> int:
    """Delete the files of expired jobs; return the number of jobs. Safe to repeat."""
    old = list(Job.objects.with_old_files(now))
    for job in old:
        files.delete_all(job)
        Job.objects.filter(pk=job.pk, expires_at=job.expires_at).update(
            files_deleted_at=now, file_path=""
        )
    return len(old)
