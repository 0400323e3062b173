"""Claims: exclusive processing of a row by one of many processes, by lease and fence.

A claim is one conditional UPDATE on the database's clock, so two processes with different clocks
cannot both hold it. Each claim increments the fence. A result is recorded only with the fence of
its claim, so a process that outlived its lease records nothing.
"""

import datetime
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models.functions import Now


class Claimable(models.Model):
    """The columns of a claim. A subclass adds `state` and its states."""

    WAITING_STATES: tuple[str, ...]
    CLAIMED_STATE: str

    fence = models.PositiveIntegerField(default=0)
    lease_expires_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=Claimable)


class ClaimableQuerySet(models.QuerySet[Row]):
    def claimable(self) -> Self:
        """Return the rows that are due, or whose lease has expired."""
        waiting = models.Q(state__in=self.model.WAITING_STATES) & (
            models.Q(not_before__isnull=True) | models.Q(not_before__lte=Now())
        )
        abandoned = models.Q(state=self.model.CLAIMED_STATE, lease_expires_at__lt=Now())
        return self.filter(waiting | abandoned)

    def claim(self, pk: int, *, lease: datetime.timedelta) -> Row | None:
        """Claim one row for `lease`; return it, or None if another process has it."""
        row: Any = self.claimable().filter(pk=pk).first()
        if row is None:
            return None
        # A holder that outlived its lease may release the row meanwhile without a new fence, so
        # the row may differ from what was read. The lease shows it, because settling a row clears
        # it. The state would show it too, but MariaDB would then lock rows by the state's index, in
        # another order than settling does, and deadlock.
        was_waiting = row.lease_expires_at is None
        as_read = self.claimable().filter(
            pk=pk, fence=row.fence, lease_expires_at__isnull=was_waiting
        )
        claimed = as_read.update(
            state=self.model.CLAIMED_STATE,
            fence=row.fence + 1,
            lease_expires_at=Now() + lease,
        )
        if not claimed:
            return None
        row.fence += 1
        return row

    def still_holds(self, row: Any, *, margin: datetime.timedelta) -> bool:
        """Whether a claim is valid for `margin` more; the last check before a final step."""
        return self.filter(
            pk=row.pk,
            state=self.model.CLAIMED_STATE,
            fence=row.fence,
            lease_expires_at__gt=Now() + margin,
        ).exists()

    def settle(self, row: Any, **result: Any) -> bool:
        """Record the outcome of a claimed row; False if the claim was lost."""
        held = self.filter(pk=row.pk, state=self.model.CLAIMED_STATE, fence=row.fence)
        return bool(held.update(lease_expires_at=None, **result))
