"""Parsing of the range of closed days in a page's address: a preset, or first and last day."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cafe_site.shop.business_day import DAY, parse_day
from cafe_site.shop.periods import DayRange, PeriodKind, period_before, period_with

# By their names in the address.
PRESETS: Mapping[str, Promise] = {
    "7": gettext_lazy("7 days"),
    "28": gettext_lazy("4 weeks"),
    "91": gettext_lazy("13 weeks"),
    "365": gettext_lazy("12 months"),
    "month": gettext_lazy("This month"),
    "last-month": gettext_lazy("Last month"),
}
DEFAULT_PRESET = "28"
MOST_DAYS = 3 * 366


class RangeRefused(Exception):
    """The days in the address are not valid; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class ChosenDays:
    """A range, and its preset, if it was chosen by one."""

    days: DayRange
    preset: str | None
    # The newest closed day, the last that can be chosen.
    newest: datetime.date

    @property
    def query(self) -> str:
        """Return the range's query string."""
        if self.preset is not None:
            return f"period={self.preset}"
        return f"first={self.days.first.isoformat()}&last={self.days.last.isoformat()}"

    @property
    def earlier(self) -> "ChosenDays":
        return replace(self, days=self.days.before, preset=None)

    @property
    def later(self) -> "ChosenDays | None":
        """The same number of days after it, up to the newest closed day; None if there are none."""
        first = self.days.last + DAY
        if first > self.newest:
            return None
        last = min(self.days.last + DAY * self.days.count, self.newest)
        return replace(self, days=DayRange(first, last), preset=None)


def chosen_days(query: Mapping[str, str], newest: datetime.date) -> ChosenDays:
    """Return the range in the address, or else four weeks.

    Raises RangeRefused for an invalid range.
    """
    if "first" in query or "last" in query:
        return ChosenDays(_written_range(query, newest), None, newest)
    preset = query.get("period", DEFAULT_PRESET)
    if preset not in PRESETS:
        raise RangeRefused(
            _("“%(value)s” is not a period. Choose one of those below.") % {"value": preset[:20]}
        )
    return ChosenDays(preset_range(preset, newest), preset, newest)


# Ranges to compare with, by their names in the address.
OTHERS: Mapping[str, Promise] = {
    "before": gettext_lazy("just before"),
    "week": gettext_lazy("a week before"),
    "year": gettext_lazy("a year before"),
}
# 52 weeks, so that the weekdays match.
YEAR = DAY * 364


@dataclass(frozen=True, slots=True)
class OtherDays:
    """The range to compare with; `name` is one of OTHERS, or None for explicit days."""

    days: DayRange
    name: str | None

    @property
    def query(self) -> str:
        if self.name is not None:
            return f"with={self.name}"
        return f"with_first={self.days.first.isoformat()}&with_last={self.days.last.isoformat()}"


def other_days(query: Mapping[str, str], days: DayRange, newest: datetime.date) -> OtherDays:
    """Return the range to compare with, by default the same number of days before.

    Raises RangeRefused for an invalid range.
    """
    if "with_first" in query or "with_last" in query:
        written = {name: query.get(f"with_{name}", "") for name in ("first", "last")}
        return OtherDays(_written_range(written, newest), None)
    name = query.get("with", "before")
    back = {"before": DAY * days.count, "week": DAY * 7, "year": YEAR}.get(name)
    if back is None:
        raise RangeRefused(
            _("“%(value)s” is not a period. Choose one of those below.") % {"value": name[:20]}
        )
    return OtherDays(DayRange(days.first - back, days.last - back), name)


def preset_range(preset: str, newest: datetime.date) -> DayRange:
    if preset == "month":
        return DayRange(newest.replace(day=1), newest)
    if preset == "last-month":
        month = period_before(period_with(newest, PeriodKind.MONTHLY))
        return DayRange(month.first, month.last)
    return DayRange(newest - DAY * (int(preset) - 1), newest)


def _written_range(query: Mapping[str, str], newest: datetime.date) -> DayRange:
    first = _day_in(query, "first")
    last = _day_in(query, "last")
    if first > last:
        raise RangeRefused(
            _("%(first)s comes after %(last)s. Enter them the other way round.")
            % {"first": first.isoformat(), "last": last.isoformat()}
        )
    if first > newest:
        raise RangeRefused(
            _("%(day)s is not over yet. Choose %(newest)s or an earlier day.")
            % {"day": first.isoformat(), "newest": newest.isoformat()}
        )
    days = DayRange(first, min(last, newest))
    if days.count > MOST_DAYS:
        raise RangeRefused(
            ngettext(
                "%(count)s days are too many to show together. Choose at most %(most)s day.",
                "%(count)s days are too many to show together. Choose at most %(most)s days.",
                MOST_DAYS,
            )
            % {"count": days.count, "most": MOST_DAYS}
        )
    return days


def _day_in(query: Mapping[str, str], name: str) -> datetime.date:
    text = query.get(name, "")
    try:
        return parse_day(text)
    except ValueError as error:
        raise RangeRefused(
            _("“%(value)s” is not a day. Write it as 2026-11-22.") % {"value": text[:20]}
        ) from error
