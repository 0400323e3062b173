"""Dates in the reader's language, by translated formats."""

import datetime

from django.utils.formats import date_format
from django.utils.translation import pgettext, pgettext_lazy

# All formats in use, in their English form; the catalogues have them under "date format".
FORMATS = (
    pgettext_lazy("date format", "l"),
    pgettext_lazy("date format", "l j F Y"),
    pgettext_lazy("date format", "l j F Y, H:i"),
    pgettext_lazy("date format", "l j F"),
    pgettext_lazy("date format", "l j F, H:i"),
    pgettext_lazy("date format", "D j M Y, H:i"),
    pgettext_lazy("date format", "D j M Y"),
    pgettext_lazy("date format", "D j M"),
    pgettext_lazy("date format", "j F Y, H:i"),
    pgettext_lazy("date format", "j F Y"),
    pgettext_lazy("date format", "j F, H:i"),
    pgettext_lazy("date format", "j M"),
    pgettext_lazy("date format", "F Y"),
)


def local_date(value: datetime.date, english_format: str) -> str:
    """Format a date, or an instant in the shop's time zone, by one of `FORMATS`."""
    return date_format(value, pgettext("date format", english_format))


def weekday_of(day: datetime.date) -> str:
    return local_date(day, "l")


def long_day(day: datetime.date) -> str:
    return local_date(day, "l j F Y")


def short_day(day: datetime.date) -> str:
    return local_date(day, "l j F")


def day_in_table(day: datetime.date) -> str:
    return local_date(day, "D j M")


def month_of(day: datetime.date) -> str:
    return local_date(day, "F Y")
