"""The type of a report's message. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A message to send: the subject is ASCII, the payload canonical JSON."""

    subject: str
    text: str
    payload: str
