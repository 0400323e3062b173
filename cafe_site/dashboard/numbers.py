"""Formatting of numbers, weekdays and hours on the dashboard."""

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR


def percent(share: float) -> str:
    return f"{share * 100:.0f}%"


def signed_percent(change: float) -> str:
    """Format a change as +7%, or ±0% if it rounds to zero."""
    rounded = round(change * 100)
    return f"{rounded:+}%" if rounded else "±0%"


def signed_points(change: float) -> str:
    """Format the difference of two shares in percentage points."""
    rounded = round(change * 100, 1)
    return f"{rounded:+.1f}" if rounded else "±0"


def weekday_name(weekday: int) -> str:
    return str(WEEKDAYS[weekday])


def short_weekday(weekday: int) -> str:
    return str(WEEKDAYS_ABBR[weekday])


def hour_span(hour: int) -> str:
    return f"{hour:02}:00–{(hour + 1) % 24:02}:00"  # noqa: RUF001 - a dash between two times.
