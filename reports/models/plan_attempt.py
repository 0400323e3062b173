"""Model of the attempts to make a bake plan; an attempt is recorded before it begins."""

import datetime

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cafe_site.outbox.claims import Claimable, ClaimableQuerySet


class PlanAttemptQuerySet(ClaimableQuerySet["PlanAttempt"]):
    """Attempts; a process claims one before it plans."""

    def running(self) -> "PlanAttemptQuerySet":
        """Return the attempts that are being processed."""
        return self.filter(state=self.model.CLAIMED_STATE, lease_expires_at__gte=Now())


class PlanAttempt(Claimable):
    """The attempts to make the plan after one closed business day.

    If the process is killed while planning, the row stays in the state `planning`, and its lease
    expires.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        PLANNING = "planning", _("planning")
        MADE = "made", _("made")

    WAITING_STATES = (State.WAITING,)
    CLAIMED_STATE = State.PLANNING

    # The reports' function times out after 120 seconds.
    LEASE = datetime.timedelta(seconds=150)
    # A failed attempt is not repeated by the same run.
    RETRY_DELAY = datetime.timedelta(minutes=5)
    MAX_ATTEMPTS = 3

    planned_after = models.DateField(_("planned after"))
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    # Consecutive failed attempts.
    attempts = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    # When the last attempt returned; None while it runs, and if its process was killed.
    finished_at = models.DateTimeField(null=True)
    # Class name of the last exception, for operators.
    error = models.CharField(max_length=100, blank=True)

    objects = PlanAttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt to plan")
        verbose_name_plural = _("attempts to plan")
        ordering = ("-planned_after",)
        constraints = [
            models.UniqueConstraint(fields=("planned_after",), name="plan_attempt_once"),
        ]

    def __str__(self) -> str:
        return f"plan after {self.planned_after:%Y-%m-%d}: {self.state}"

    @property
    def is_given_up(self) -> bool:
        return self.state != self.State.MADE and self.attempts >= self.MAX_ATTEMPTS
