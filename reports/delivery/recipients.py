"""Interface of the recipient lists, common to all channels."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from reports.delivery.problems import Problem
from reports.models import RecipientCheck, Report

# Kinds that a recipient can choose. A digest replaces daily reports and has their recipients.
CHOSEN_KINDS = (Report.Kind.DAILY, Report.Kind.WEEKLY, Report.Kind.MONTHLY)


class RecipientsUnavailable(Exception):
    """The recipient list could not be read or changed; nothing was changed.

    The message is for the log. `code` is the service's error code, if any; `problem` is its kind.
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
    # A confirmation e-mail was sent and is not answered yet.
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address that receives reports of some kinds, possibly after confirming.

    `key` identifies it in its list; it is empty while nothing can be changed.
    """

    address: str
    state: RecipientState
    kinds: tuple[str, ...]
    key: str = ""
    # Whether only signed-in owners can unsubscribe it. Otherwise anybody with the e-mail can, and
    # so can a mail scanner that follows its links.
    is_protected: bool = True
    # Why the last report did not reach it, as a sentence for owners.
    problem: str = ""

    @property
    def is_confirmed(self) -> bool:
        return self.state == RecipientState.CONFIRMED


class RecipientBook(Protocol):
    """The recipient list of one channel. Each method may raise RecipientsUnavailable."""

    # Whether recipients have to confirm before their first report.
    asks_to_confirm: bool

    def all(self) -> list[Recipient]:
        """Return the recipients by address; the kinds of pending ones are unknown (empty)."""

    def add(self, address: str, kinds: Collection[str]) -> None:
        """Add an address; raise RecipientRefused if that is not possible."""

    def change_kinds(self, key: str, kinds: Collection[str]) -> None:
        """Set a recipient's kinds; raise RecipientRefused if it does not exist."""

    def remove(self, key: str) -> None:
        """Remove a recipient; raise RecipientRefused if it does not exist."""

    def confirm(self, link: str) -> None:
        """Confirm an address by the link in its e-mail; raise RecipientRefused if it is wrong."""


def note_recipients(recipients: Collection[Recipient]) -> None:
    """Save the number of recipients, for pages that must not wait for the channel."""
    RecipientCheck.objects.update_or_create(
        pk=1,
        defaults={
            "confirmed": sum(recipient.is_confirmed for recipient in recipients),
            "pending": sum(not recipient.is_confirmed for recipient in recipients),
        },
    )


def is_anybody_confirmed() -> bool:
    """Whether anybody receives reports, as of the last check; False before the first check."""
    return RecipientCheck.objects.filter(confirmed__gt=0).exists()
