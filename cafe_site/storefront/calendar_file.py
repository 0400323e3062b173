"""Calendar file of an order's pickup (RFC 5545). Pure."""

import datetime
from dataclasses import dataclass

from cafe_site.shop.service_day import SLOT_LENGTH


@dataclass(frozen=True, slots=True)
class Appointment:
    """A calendar entry; `start` is aware, `uid` is constant for an order."""

    uid: str
    start: datetime.datetime
    title: str
    text: str
    url: str
    is_cancelled: bool = False
    # The shop's address; empty if it was not entered.
    location: str = ""


def render_calendar(appointment: Appointment, *, now: datetime.datetime) -> str:
    """Return a calendar with one appointment, with lines folded as in RFC 5545, 3.1."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//cafe-site//pickup//EN",
        "BEGIN:VEVENT",
        f"UID:{appointment.uid}",
        f"DTSTAMP:{_instant(now)}",
        f"DTSTART:{_instant(appointment.start)}",
        f"DTEND:{_instant(appointment.start + SLOT_LENGTH)}",
        f"SUMMARY:{_text(appointment.title)}",
        f"DESCRIPTION:{_text(appointment.text)}",
        *([f"LOCATION:{_text(appointment.location)}"] if appointment.location else []),
        f"URL:{appointment.url}",
        f"STATUS:{'CANCELLED' if appointment.is_cancelled else 'CONFIRMED'}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(_fold(line) + "\r\n" for line in lines)


def _instant(instant: datetime.datetime) -> str:
    return instant.astimezone(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    for character, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(character, escaped)
    return text.replace("\r", "")


def _fold(line: str) -> str:
    """Fold a line after at most 75 bytes, between characters."""
    parts: list[str] = []
    part = ""
    for character in line:
        limit = 75 if not parts else 74
        if len((part + character).encode()) > limit:
            parts.append(part)
            part = ""
        part += character
    return "\r\n ".join([*parts, part])
