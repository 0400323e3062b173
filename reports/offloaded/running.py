"""Execution of jobs in slices: claim, process some days, save progress, continue.

Only the process that holds a job's lease works on it. Progress is saved by a conditional UPDATE on
the fence, so a process that lost the job saves nothing. A process may die at any point: its lease
expires, and the sweep continues the job from its last saved progress.
"""

import logging
import time
from collections.abc import Callable
from typing import IO, Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from cafe_site.outbox.background import is_process_ending, run_in_reports_after_commit
from cafe_site.shop.business_day import DAY
from reports.models import Job
from reports.offloaded import files
from reports.offloaded.tasks import TASKS, Finish, Task

logger = logging.getLogger(__name__)

# The reports' function times out after 120 seconds, and only one instance runs at a time, so an
# evening's report waits for a slice. The rest of the 120 seconds is for merging and moving a file.
SLICE_SECONDS = 45.0


class JobStopped(Exception):
    """The job was cancelled, or another process has it; this process stops."""


def run_job(job_id: int) -> None:
    """Work on a job for one slice; used as a background task, which the sweep repeats."""
    run_slice(job_id, until=time.monotonic() + SLICE_SECONDS)


def run_waiting_jobs(*, until: float) -> int:
    """Work on the waiting jobs, the oldest first, until a time of the monotonic clock.

    Returns the number of jobs; safe to repeat and to run concurrently.
    """
    worked_on = 0
    for job_id in Job.objects.claimable().order_by("pk").values_list("pk", flat=True):
        if time.monotonic() >= until:
            break
        worked_on += run_slice(job_id, until=until) is not None
    return worked_on


def run_slice(
    job_id: int, *, until: float, clock: Callable[[], float] = time.monotonic
) -> Job.State | None:
    """Claim a job and work on it until it is done or the time is up; return its new state.

    Returns None if the job could not be claimed. Each slice processes at least some days, however
    short it is, so that every job ends.
    """
    job = _claim(job_id)
    if job is None:
        return None
    try:
        return _carry_on(job, until=until, clock=clock)
    except JobStopped:
        return _stop(job)
    except Exception as error:
        # On any error, the waiting owner has to be informed, and the next job has to run.
        logger.exception("job_broken job=%s attempt=%s", job.pk, job.attempts)
        return _try_later(job, type(error).__name__)


def _claim(job_id: int) -> Job | None:
    with transaction.atomic():
        job = Job.objects.claim(job_id, lease=Job.LEASE)
        if job is None:
            return None
        # Progress that an earlier run did not save is lost.
        job.done_days = job.kept_days
        job.attempts += 1
        job.started_at = job.started_at or timezone.now()
        Job.objects.filter(pk=job.pk, fence=job.fence).update(
            done_days=job.done_days, attempts=job.attempts, started_at=job.started_at
        )
    return job


def _carry_on(job: Job, *, until: float, clock: Callable[[], float] = time.monotonic) -> Job.State:
    if job.cancel_requested_at:
        raise JobStopped
    if job.attempts > job.MAX_ATTEMPTS:
        # The earlier runs died without recording an error: out of time, out of memory, or stopped.
        return _give_up(job, "")
    logger.info("job_started job=%s %s attempt=%s", job.pk, job.name, job.attempts)
    task = TASKS[job.kind]
    half_time = (clock() + until) / 2
    is_anything_to_do = job.done_days < job.total_days
    with files.new_file() as part:
        while job.done_days < job.total_days:
            _work_on_next_days(job, task, part)
            if clock() >= until or is_process_ending():
                return _put_back(job, task, part)
        if task.finish is None:
            return _settle_done(job)
        if is_anything_to_do and clock() >= half_time:
            # Merging a large file gets its own slice.
            return _put_back(job, task, part)
        return _finish(job, task.finish, part)


def _work_on_next_days(job: Job, task: Task, part: IO[bytes]) -> None:
    count = min(task.days_at_once, job.total_days - job.done_days)
    first = job.first_day + DAY * job.done_days
    task.work_on([first + DAY * offset for offset in range(count)], part)
    job.done_days += count
    _hold_on(job, done_days=job.done_days)


def _hold_on(job: Job, **progress: Any) -> None:
    """Save a job's progress and renew its lease; raise JobStopped if it was lost."""
    held = Job.objects.filter(
        pk=job.pk, state=Job.State.RUNNING, fence=job.fence, cancel_requested_at__isnull=True
    )
    if not held.update(lease_expires_at=Now() + job.LEASE, **progress):
        raise JobStopped


def _put_back(job: Job, task: Task, part: IO[bytes]) -> Job.State:
    """Save the progress, and queue the job for another slice."""
    kept_parts = job.kept_parts
    if task.finish is not None:
        files.save(files.part_path(job, job.fence), part)
        kept_parts = [*kept_parts, job.fence]
    if not Job.objects.settle(
        job,
        state=Job.State.QUEUED,
        kept_days=job.done_days,
        kept_parts=kept_parts,
        # This run made progress, so reset the retry count.
        attempts=0,
    ):
        raise JobStopped
    logger.info("job_put_back job=%s done=%s/%s", job.pk, job.done_days, job.total_days)
    if not is_process_ending():
        run_in_reports_after_commit(run_job, job.pk)
    return Job.State.QUEUED


def _finish(job: Job, finish: Finish, part: IO[bytes]) -> Job.State:
    with files.new_file() as whole:
        finish(files.parts_of(job, part), whole)
        size = whole.tell()
        _hold_on(job)
        path = files.whole_path(job, job.fence)
        files.save(path, whole)
    state = _settle_done(
        job, file_path=path, file_size=size, expires_at=timezone.now() + job.KEPT_FOR
    )
    files.delete_parts(job)
    return state


def _settle_done(job: Job, **result: Any) -> Job.State:
    wanted = Job.objects.filter(cancel_requested_at__isnull=True)
    if not wanted.settle(
        job, state=Job.State.DONE, active_key=None, finished_at=timezone.now(), **result
    ):
        raise JobStopped
    logger.info("job_done job=%s %s size=%s", job.pk, job.name, result.get("file_size"))
    return Job.State.DONE


def _stop(job: Job) -> Job.State | None:
    """Release a job that was cancelled by an owner or taken over after the lease."""
    files.delete_run(job, job.fence)
    now = timezone.now()
    # If this process still holds the job, an owner cancelled it.
    if Job.objects.settle(
        job, state=Job.State.CANCELLED, active_key=None, finished_at=now, expires_at=now
    ):
        logger.info("job_cancelled job=%s done=%s/%s", job.pk, job.done_days, job.total_days)
        return Job.State.CANCELLED
    logger.error("job_claim_lost job=%s fence=%s", job.pk, job.fence)
    return None


def _try_later(job: Job, error: str) -> Job.State:
    if job.attempts >= job.MAX_ATTEMPTS:
        return _give_up(job, error)
    Job.objects.settle(
        job,
        state=Job.State.QUEUED,
        done_days=job.kept_days,
        not_before=Now() + job.RETRY_DELAY * 2 ** (job.attempts - 1),
        error=error,
    )
    return Job.State.QUEUED


def _give_up(job: Job, error: str) -> Job.State:
    now = timezone.now()
    Job.objects.settle(
        job,
        state=Job.State.FAILED,
        active_key=None,
        finished_at=now,
        expires_at=now,
        error=error or job.error,
    )
    logger.error("job_failed job=%s %s error=%s", job.pk, job.name, error or "died")
    return Job.State.FAILED
