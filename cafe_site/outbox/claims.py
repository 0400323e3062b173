"""Claims: exclusive processing of a row by one of many processes, by lease and fence.

The claim is one conditional UPDATE on the database's own clock, so two processes whose clocks
differ cannot both hold it. Each claim raises the fence by one; whoever records a result names the
fence it claimed with, and a process that slept past its lease records nothing.
"""

import datetime
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models.functions import Now


class Claimable(models.Model):
    """The columns of a claim. A subclass adds `state` and names its states."""

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
        """Return the rows that wait for their turn, or whose holder has outlived its lease."""
        waiting = models.Q(state__in=self.model.WAITING_STATES) & (
            models.Q(not_before__isnull=True) | models.Q(not_before__lte=Now())
        )
        abandoned = models.Q(state=self.model.CLAIMED_STATE, lease_expires_at__lt=Now())
        return self.filter(waiting | abandoned)

    def claim(self, pk: int, *, lease: datetime.timedelta) -> Row | None:
        """Take one row for as long as `lease`; return it, or None when another process has it."""
        row: Any = self.claimable().filter(pk=pk).first()
        if row is None:
            return None
        # A holder that outlived its lease may put the row back meanwhile, with no new fence, and
        # then it is another one than what was read. Only its lease tells: whoever settles a row
        # takes that away. Its state would tell, too, but MariaDB then locks rows by the index that
        # begins with it, in another order than those who settle, and they meet in deadlocks.
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
        """Whether a claim stands for `margin` longer: the last look before the irrevocable."""
        return self.filter(
            pk=row.pk,
            state=self.model.CLAIMED_STATE,
            fence=row.fence,
            lease_expires_at__gt=Now() + margin,
        ).exists()

    def settle(self, row: Any, **result: Any) -> bool:
        """Record what became of a claimed row; False when the claim was lost meanwhile."""
        held = self.filter(pk=row.pk, state=self.model.CLAIMED_STATE, fence=row.fence)
        return bool(held.update(lease_expires_at=None, **result))
