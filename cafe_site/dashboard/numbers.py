"""Formatting of numbers, weekdays and hours on the dashboard."""

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR


def percent(share: float) -> str:
    return f"{share * 100:.0f}%"


def signed_percent(change: float) -> str:
    """Write a change as +7%; what rounds to nothing is ±0%."""
    rounded = round(change * 100)
    return f"{rounded:+}%" if rounded else "±0%"


def signed_points(change: float) -> str:
    """Write the difference of two shares, in points of a percent."""
    rounded = round(change * 100, 1)
    return f"{rounded:+.1f}" if rounded else "±0"


def weekday_name(weekday: int) -> str:
    return str(WEEKDAYS[weekday])


def short_weekday(weekday: int) -> str:
    return str(WEEKDAYS_ABBR[weekday])


def hour_span(hour: int) -> str:
    return f"{hour:02}:00–{(hour + 1) % 24:02}:00"  # noqa: RUF001 - a dash between two times.
