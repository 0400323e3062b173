"""Model of a background job: what was requested, its progress, and its file."""

import datetime
import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cafe_site.identity.fields import ExactTextField
from cafe_site.outbox.claims import Claimable, ClaimableQuerySet


def make_folder() -> str:
    """Return 128 random bits as 32 hexadecimal digits, so that file paths cannot be guessed."""
    return secrets.token_hex(16)


def job_name(kind: str, first_day: datetime.date, last_day: datetime.date) -> str:
    """Return a job's name in logs, and the key of equal jobs: `sales 2026-01-01 2026-11-22`."""
    return f"{kind} {first_day.isoformat()} {last_day.isoformat()}"


class JobQuerySet(ClaimableQuerySet["Job"]):
    """Jobs; a process claims one before it works on it."""

    def with_old_files(self, now: datetime.datetime) -> "JobQuerySet":
        return self.filter(expires_at__lte=now, files_deleted_at__isnull=True)


class Job(Claimable):
    """One job over the business days from `first_day` to `last_day`, both included."""

    class Kind(models.TextChoices):
        EXPORT = "export", _("order lines, as CSV")
        SALES = "sales", _("sales, as a workbook")
        REBUILD = "rebuild", _("recount past days")

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    WAITING_STATES = (State.QUEUED,)
    CLAIMED_STATE = State.RUNNING
    ACTIVE_STATES = (State.QUEUED, State.RUNNING)

    # The reports' function times out after 120 seconds.
    LEASE = datetime.timedelta(seconds=150)
    # Consecutive runs without progress.
    MAX_ATTEMPTS = 3
    RETRY_DELAY = datetime.timedelta(minutes=1)
    KEPT_FOR = datetime.timedelta(days=7)

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    # The job's name while it is queued or running, else NULL: equal requests share one job.
    active_key = ExactTextField(max_length=40, null=True, unique=True)

    total_days = models.PositiveIntegerField()
    done_days = models.PositiveIntegerField(default=0)
    # Number of days saved by earlier runs, and the fences of those runs.
    kept_days = models.PositiveIntegerField(default=0)
    kept_parts = models.JSONField(default=list)
    attempts = models.PositiveSmallIntegerField(default=0)
    # An error sentence for the owner.
    error = models.CharField(max_length=300, blank=True)

    folder = ExactTextField(max_length=32, default=make_folder, editable=False)
    # File name for the download; empty if the job makes no file.
    file_name = models.CharField(max_length=100, blank=True)
    # Path in the storage; empty while there is no file.
    file_path = ExactTextField(max_length=200, blank=True)
    file_size = models.PositiveBigIntegerField(null=True)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    # After this time its files may be deleted.
    expires_at = models.DateTimeField(null=True)
    files_deleted_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_day__lte=models.F("last_day")), name="job_days_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(done_days__lte=models.F("total_days"))
                & models.Q(kept_days__lte=models.F("done_days")),
                name="job_progress_in_bounds",
            ),
        ]
        indexes = [
            models.Index(fields=("state", "not_before"), name="job_waiting"),
            models.Index(fields=("expires_at",), name="job_expiring"),
        ]

    def __str__(self) -> str:
        return f"job {self.pk}: {self.name}"

    @property
    def name(self) -> str:
        return job_name(self.kind, self.first_day, self.last_day)

    @property
    def is_active(self) -> bool:
        return self.state in self.ACTIVE_STATES

    @property
    def percent(self) -> int:
        return self.done_days * 100 // self.total_days

    def has_file_at(self, now: datetime.datetime) -> bool:
        """Whether its file can be downloaded."""
        return bool(self.file_path) and self.expires_at is not None and now < self.expires_at
