"""Interface of the recipient lists, common to all channels."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from reports.delivery.problems import Problem
from reports.models import RecipientCheck, Report

# What a recipient chooses among. A digest stands for daily reports, and goes where they go.
CHOSEN_KINDS = (Report.Kind.DAILY, Report.Kind.WEEKLY, Report.Kind.MONTHLY)


class RecipientsUnavailable(Exception):
    """Whoever keeps the recipients gave no useful answer: nothing is known, nothing was changed.

    The message is for the log. `code` is the answer's own, if there was one; `problem` is its kind.
    """

    def __init__(
        self, message: str, *, code: str = "", problem: Problem = Problem.NO_ANSWER
    ) -> None:
        super().__init__(message)
        self.code = code
        self.problem = problem


class RecipientRefused(Exception):
    """A recipient cannot be added or changed; the message says why and what to do."""


class RecipientState(StrEnum):
    CONFIRMED = "confirmed"
    # Asked to confirm by an e-mail, and has not yet.
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address that gets reports of some kinds, or will when it has confirmed.

    `key` names it to its book; it is empty while there is nothing that could be changed.
    """

    address: str
    state: RecipientState
    kinds: tuple[str, ...]
    key: str = ""
    # Whether only somebody who is signed in here can end it: not whoever has the e-mail, and no
    # program that follows the links in it.
    is_protected: bool = True
    # Why the last report did not reach it, in a sentence for owners.
    problem: str = ""

    @property
    def is_confirmed(self) -> bool:
        return self.state == RecipientState.CONFIRMED


class RecipientBook(Protocol):
    """Keeps the recipients of one channel. Each method raises RecipientsUnavailable."""

    # Whether a recipient has to confirm before the first report comes.
    asks_to_confirm: bool

    def all(self) -> list[Recipient]:
        """Return the recipients by address; a pending one's kinds are not known (empty)."""

    def add(self, address: str, kinds: Collection[str]) -> None:
        """Add an address; raise RecipientRefused when that is not possible."""

    def change_kinds(self, key: str, kinds: Collection[str]) -> None:
        """Let a recipient get these kinds; raise RecipientRefused when there is no such one."""

    def remove(self, key: str) -> None:
        """Send a recipient nothing any more; raise RecipientRefused when there is no such one."""

    def confirm(self, link: str) -> None:
        """Confirm an address by the link in its e-mail; raise RecipientRefused for a wrong one."""


def note_recipients(recipients: Collection[Recipient]) -> None:
    """Write down how many get reports, for pages that are not to wait for the channel."""
    RecipientCheck.objects.update_or_create(
        pk=1,
        defaults={
            "confirmed": sum(recipient.is_confirmed for recipient in recipients),
            "pending": sum(not recipient.is_confirmed for recipient in recipients),
        },
    )


def is_anybody_confirmed() -> bool:
    """Whether somebody gets the reports, as far as was seen last; False before the first look."""
    return RecipientCheck.objects.filter(confirmed__gt=0).exists()
