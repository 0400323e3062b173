"""Business days: which instant belongs to which day. Pure, and the only place that decides it."""

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

DAY = datetime.timedelta(days=1)
SECOND = datetime.timedelta(seconds=1)
YEARS = range(1970, 2200)


def parse_day(text: str) -> datetime.date:
    """Return a day written as 2026-11-22; raise ValueError for any other text.

    Years far from ours are refused too: the days around them cannot be reckoned with.
    """
    day = datetime.date.fromisoformat(text)
    if day.year not in YEARS:
        raise ValueError(f"The year {day.year} is too far away.")
    return day


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """A shop's days: a zone, and the local time at which a new day starts.

    A business day is a half-open interval of 23, 24 or 25 hours. Where the clocks are changed at
    that very time, PEP 495's rules hold (fold=0): of two such times the earlier one starts the
    day, and one that is skipped stands for the moment of the change or just after it.
    """

    zone: ZoneInfo
    day_starts_at: datetime.time = datetime.time(0)

    def start_of(self, day: datetime.date) -> datetime.datetime:
        """Return the first instant of a business day, in UTC."""
        local = datetime.datetime.combine(day, self.day_starts_at, tzinfo=self.zone)
        return local.astimezone(datetime.UTC)

    def interval_of(self, day: datetime.date) -> tuple[datetime.datetime, datetime.datetime]:
        """Return the start and the end of a business day, in UTC; the end is excluded."""
        return self.start_of(day), self.start_of(day + DAY)

    def instant_of(self, day: datetime.date, time: datetime.time) -> datetime.datetime:
        """Return the instant, in UTC, at which the shop's clock shows a time on a date.

        Of two such instants it is the earlier one. A time that the clocks skip stands for the
        moment at which they are changed, so that what lies in the skipped hour has no length.
        """
        local = datetime.datetime.combine(day, time, tzinfo=self.zone)
        late = local.astimezone(datetime.UTC)
        early = local.replace(fold=1).astimezone(datetime.UTC)
        # Only for a skipped time is the second reading earlier than the first (PEP 495).
        if early >= late:
            return late
        offset = self.local(early).utcoffset()
        while late - early > SECOND:
            middle = early + (late - early) // 2
            if self.local(middle).utcoffset() == offset:
                early = middle
            else:
                late = middle
        return late.replace(microsecond=0)

    def day_of(self, instant: datetime.datetime) -> datetime.date:
        """Return the one business day that an aware instant belongs to."""
        day = self.local(instant).date()
        while instant < self.start_of(day):
            day -= DAY
        while instant >= self.start_of(day + DAY):
            day += DAY
        return day

    def local(self, instant: datetime.datetime) -> datetime.datetime:
        """Return an aware instant on the shop's clock."""
        return instant.astimezone(self.zone)

    def last_closed_day(
        self, now: datetime.datetime, *, grace: datetime.timedelta
    ) -> datetime.date:
        """Return the newest business day that ended at least `grace` before `now`."""
        return self.day_of(now - grace) - DAY
