"""A message: what is sent of a report. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: the subject is ASCII, the payload canonical JSON."""

    subject: str
    text: str
    payload: str
