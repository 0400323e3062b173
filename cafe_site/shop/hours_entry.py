"""Validation of entered opening hours: sentences with the problem and the remedy. Pure.

Hours are compared in local minutes since the business day's start. The two clock changes a year are
ignored.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cafe_site.shop.service_day import SLOT_LENGTH, Times

MINUTES_OF_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The hours of the day before or after, and the name of that day."""

    name: str
    times: Sequence[Times] = ()


def span_words(times: Times) -> str:
    """Write a span as 18:00 to 02:00."""
    opens_at, closes_at = times
    return _("%(opens)s to %(closes)s") % {
        "opens": f"{opens_at:%H:%M}",
        "closes": f"{closes_at:%H:%M}",
    }


def problem_alone(times: Times, *, day_starts_at: datetime.time) -> str:
    """Return what is wrong with a span by itself, or an empty text."""
    opens_at, closes_at = times
    if opens_at == closes_at:
        noon = day_starts_at.replace(hour=day_starts_at.hour + 12)
        return _(
            "The shop would open and close at %(time)s. Enter another closing time. For a shop "
            "that never closes, enter %(first)s and %(second)s."
        ) % {
            "time": f"{opens_at:%H:%M}",
            "first": span_words((day_starts_at, noon)),
            "second": span_words((noon, day_starts_at)),
        }
    if opens_at < day_starts_at and not opens_at < closes_at <= day_starts_at:
        # Its first part would belong to the business day before.
        return _(
            "%(span)s begins before %(start)s, when the shop's day begins. Open at %(start)s or "
            "later. Sales before then belong to the day before."
        ) % {"span": span_words(times), "start": f"{day_starts_at:%H:%M}"}
    start, end = _minutes(times, datetime.time(0))
    shortest = SLOT_LENGTH.total_seconds() / 60
    if end - start < shortest:
        return ngettext(
            "%(span)s is shorter than a pickup slot of %(minutes)s minute, so nothing could be "
            "collected. Enter a later closing time.",
            "%(span)s is shorter than a pickup slot of %(minutes)s minutes, so nothing could be "
            "collected. Enter a later closing time.",
            round(shortest),
        ) % {"span": span_words(times), "minutes": f"{shortest:.0f}"}
    return ""


def problem_among(times: Times, others: Iterable[Times], *, day_starts_at: datetime.time) -> str:
    """Return the sentence about an overlap with another span of the day, or an empty text."""
    start, end = _minutes(times, day_starts_at)
    for other in others:
        other_start, other_end = _minutes(other, day_starts_at)
        if not (start < other_end and other_start < end):
            continue
        facts = {"span": span_words(times), "other": span_words(other)}
        if max(end, other_end) - min(start, other_start) < MINUTES_OF_DAY:
            first = times if start <= other_start else other
            last = times if end >= other_end else other
            return _(
                "%(span)s overlaps %(other)s. Change one of them, or enter both as one: %(both)s."
            ) % {**facts, "both": span_words((first[0], last[1]))}
        return _("%(span)s overlaps %(other)s. Change one of them.") % facts
    return ""


def problem_beside(
    times: Times,
    *,
    before: Neighbour,
    after: Neighbour,
    day_starts_at: datetime.time,
) -> str:
    """Return the sentence about an overlap with the day before or after, or an empty text."""
    start, end = _minutes(times, day_starts_at)
    for other in after.times:
        other_start, _other_end = _minutes(other, day_starts_at)
        if other_start + MINUTES_OF_DAY < end:
            return _(
                "%(span)s runs into the hours of %(day)s, which begin at %(time)s. Close at "
                "%(time)s or earlier, or change the hours of %(day)s first."
            ) % {"span": span_words(times), "day": after.name, "time": f"{other[0]:%H:%M}"}
    for other in before.times:
        _other_start, other_end = _minutes(other, day_starts_at)
        if start < other_end - MINUTES_OF_DAY:
            return _(
                "The hours of %(day)s, %(other)s, go on until %(time)s, so %(span)s begins too "
                "early. Open at %(time)s or later, or change the hours of %(day)s first."
            ) % {
                "span": span_words(times),
                "day": before.name,
                "other": span_words(other),
                "time": f"{other[1]:%H:%M}",
            }
    return ""


def joined_times(times: Iterable[Times], *, day_starts_at: datetime.time) -> list[Times]:
    """Return the spans of a day in order; those that touch or overlap are merged.

    A full day is one span that ends at the time it begins.
    """
    joined: list[tuple[tuple[float, float], Times]] = []
    for span in sorted(times, key=lambda span: _minutes(span, day_starts_at)):
        start, end = _minutes(span, day_starts_at)
        if joined and start <= joined[-1][0][1]:
            (first_start, first_end), (opens_at, closes_at) = joined[-1]
            if end > first_end:
                first_end, closes_at = end, span[1]
            if first_end - first_start >= MINUTES_OF_DAY:
                closes_at = opens_at
            joined[-1] = (first_start, first_end), (opens_at, closes_at)
        else:
            joined.append(((start, end), span))
    return [span for _ends, span in joined]


def _minutes(times: Times, day_starts_at: datetime.time) -> tuple[float, float]:
    """Return the start and end of a span, in minutes since the business day's start."""
    opens, closes = (time.hour * 60 + time.minute + time.second / 60 for time in times)
    start = (opens - day_starts_at.hour * 60 - day_starts_at.minute) % MINUTES_OF_DAY
    return start, start + ((closes - opens) % MINUTES_OF_DAY or MINUTES_OF_DAY)
