"""Parser of the e-mails that Django's file backend has written."""

import datetime
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

# Django's backend ends each message with a line of 79 dashes.
_END = re.compile(rb"^-{79}\r?\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SentMail:
    """An e-mail; `key` is unique, `sent_at` is UTC."""

    key: str
    sent_at: datetime.datetime
    to: str
    sender: str
    subject: str
    text: str


def read_mails(folder: str | Path) -> list[SentMail]:
    """Return the e-mails in a folder, newest first; none without a folder."""
    found = [
        _read(message_from_bytes(content, policy=policy.default), f"{path.stem}-{place}")
        for path in Path(folder).glob("*.log")
        for place, content in enumerate(_END.split(path.read_bytes()))
        if content.strip()
    ]
    return sorted(found, key=lambda mail: (mail.sent_at, mail.key), reverse=True)


def _read(message: EmailMessage, key: str) -> SentMail:
    sent_at = parsedate_to_datetime(message["Date"])
    if sent_at.tzinfo is None:
        # The offset -0000 means UTC with an unknown local zone (RFC 5322, 3.3).
        sent_at = sent_at.replace(tzinfo=datetime.UTC)
    body = message.get_body(preferencelist=("plain",))
    return SentMail(
        key=key,
        sent_at=sent_at.astimezone(datetime.UTC),
        to=str(message["To"]),
        sender=str(message["From"]),
        subject=str(message["Subject"]),
        text=body.get_content() if body is not None else "",
    )
