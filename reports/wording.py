"""How the reports' messages are worded: forty columns, English, ASCII subjects. Pure."""

import datetime
import unicodedata
from textwrap import wrap

WIDTH = 40
SUBJECT_LIMIT = 99

# English on purpose and never the server's locale: the golden files depend on them.
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def ascii_of(text: str) -> str:
    """Return the text without accents and without what has no ASCII form, on one line."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join("".join(letter if letter.isprintable() else " " for letter in plain).split())


def subject_of(shop: str, what: str) -> str:
    """Return an e-mail's subject: ASCII, one line, under 100 characters, as SNS wants it."""
    name = ascii_of(shop)
    return f"{name[: SUBJECT_LIMIT - len(what) - 2]}, {what}" if name else what


def row(label: str, value: str) -> list[str]:
    """Return a label and its value at the right margin; a long label goes on below, indented."""
    width = WIDTH - max(len(value), 9) - 1
    first, *rest = wrap(label, width, subsequent_indent="     ")
    return [f"{first:<{WIDTH - len(value)}}{value}", *rest]


def count_of(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def paragraph(text: str) -> str:
    return "\n".join(wrap(text, WIDTH))


def long_day(day: datetime.date) -> str:
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def short_day(day: datetime.date) -> str:
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"
