"""Abstract model of an outbox row: outgoing work, retried until it succeeds or is given up."""

import datetime
from typing import TypeVar

from django.db import models
from django.db.models.functions import Now

from cafe_site.outbox.claims import Claimable, ClaimableQuerySet

MAX_REASON_LENGTH = 300


class Outgoing(Claimable):
    """The columns of an outbox. A subclass names its states, these three among them."""

    QUEUED = "queued"
    IN_FLIGHT = "in_flight"
    FAILED = "failed"
    WAITING_STATES = (QUEUED,)
    CLAIMED_STATE = IN_FLIGHT

    LEASE = datetime.timedelta(minutes=2)
    # With the delays doubling from a minute, the last attempt falls within five hours: Stripe
    # forgets an idempotency key after a day, and would then give money back twice.
    MAX_ATTEMPTS = 8
    FIRST_DELAY = datetime.timedelta(minutes=1)

    last_error = models.CharField(max_length=MAX_REASON_LENGTH, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=Outgoing)


class OutgoingQuerySet(ClaimableQuerySet[Row]):
    """Rows of an outbox, to be claimed before anything leaves."""

    def waiting(self, most: int) -> list[int]:
        """Return the ids of the rows whose turn it is, the oldest first."""
        return list(self.claimable().order_by("pk").values_list("pk", flat=True)[:most])

    def try_later(self, row: Row, reason: str) -> bool:
        """Put a claimed row off, twice as long each time; False when it was tried too often."""
        if row.fence >= row.MAX_ATTEMPTS:
            self.give_up(row, reason)
            return False
        not_before = Now() + row.FIRST_DELAY * 2 ** (row.fence - 1)
        reason = reason[:MAX_REASON_LENGTH]
        self.settle(row, state=row.QUEUED, not_before=not_before, last_error=reason)
        return True

    def give_up(self, row: Row, reason: str) -> None:
        """Record that a claimed row will not be tried again."""
        self.settle(row, state=row.FAILED, last_error=reason[:MAX_REASON_LENGTH])
