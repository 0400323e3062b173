"""Abstract model of an outbox row: outgoing work, retried until it succeeds or is given up."""

import datetime
from typing import TypeVar

from django.db import models
from django.db.models.functions import Now

from cafe_site.outbox.claims import Claimable, ClaimableQuerySet

MAX_REASON_LENGTH = 300


class Outgoing(Claimable):
    """The columns of an outbox. A subclass defines its states, including these three."""

    QUEUED = "queued"
    IN_FLIGHT = "in_flight"
    FAILED = "failed"
    WAITING_STATES = (QUEUED,)
    CLAIMED_STATE = IN_FLIGHT

    LEASE = datetime.timedelta(minutes=2)
    # With delays doubling from a minute, the last attempt is within five hours. Stripe forgets an
    # idempotency key after a day, and would then refund twice.
    MAX_ATTEMPTS = 8
    FIRST_DELAY = datetime.timedelta(minutes=1)

    last_error = models.CharField(max_length=MAX_REASON_LENGTH, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=Outgoing)


class OutgoingQuerySet(ClaimableQuerySet[Row]):
    """Rows of an outbox; a process claims one before it sends anything."""

    def waiting(self, most: int) -> list[int]:
        """Return the ids of the due rows, the oldest first."""
        return list(self.claimable().order_by("pk").values_list("pk", flat=True)[:most])

    def try_later(self, row: Row, reason: str) -> bool:
        """Postpone a claimed row, with doubling delays; False if the attempts are used up."""
        if row.fence >= row.MAX_ATTEMPTS:
            self.give_up(row, reason)
            return False
        not_before = Now() + row.FIRST_DELAY * 2 ** (row.fence - 1)
        reason = reason[:MAX_REASON_LENGTH]
        self.settle(row, state=row.QUEUED, not_before=not_before, last_error=reason)
        return True

    def give_up(self, row: Row, reason: str) -> None:
        """Record that a claimed row will not be retried."""
        self.settle(row, state=row.FAILED, last_error=reason[:MAX_REASON_LENGTH])
