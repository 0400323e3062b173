"""Wording common to the reports' messages: 40 columns; subjects in ASCII and English. Pure."""

import unicodedata

from django.utils.translation import ngettext

from cafe_site.tables.columns import WIDTH, fill_right, width_of, wrap

SUBJECT_LIMIT = 99

# For subjects, which are always ASCII.
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
    """Return the text on one line, without accents and other non-ASCII characters."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(
        "".join(character if character.isprintable() else " " for character in plain).split()
    )


def subject_of(shop: str, what: str) -> str:
    """Return an e-mail's subject: ASCII, one line, under 100 characters, as SNS requires."""
    name = ascii_of(shop)
    return f"{name[: SUBJECT_LIMIT - len(what) - 2]}, {what}" if name else what


def count_in_subject(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def row(label: str, value: str) -> list[str]:
    """Return a label and its right-aligned value; a long label wraps, indented."""
    width = WIDTH - max(width_of(value), 9) - 1
    first, *rest = wrap(label, width, subsequent_indent="     ")
    return [f"{fill_right(first, WIDTH - width_of(value))}{value}", *rest]


def orders_of(count: int) -> str:
    return _counted(ngettext("%(count)s order", "%(count)s orders", count), count)


def items_of(count: int) -> str:
    return _counted(ngettext("%(count)s item", "%(count)s items", count), count)


def days_of(count: int) -> str:
    return _counted(ngettext("%(count)s day", "%(count)s days", count), count)


def products_of(count: int) -> str:
    return _counted(ngettext("%(count)s product", "%(count)s products", count), count)


def _counted(words: str, count: int) -> str:
    return words % {"count": f"{count:,}"}


def paragraph(text: str) -> str:
    return "\n".join(wrap(text))
