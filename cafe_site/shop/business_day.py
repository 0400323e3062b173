"""Business days and their intervals in UTC. Pure; nothing else converts between the two."""

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

DAY = datetime.timedelta(days=1)
SECOND = datetime.timedelta(seconds=1)
YEARS = range(1970, 2200)


def parse_day(text: str) -> datetime.date:
    """Return a day written as 2026-11-22; raise ValueError for any other text.

    Years at the limits of `datetime` are refused, too: the days around them do not exist.
    """
    day = datetime.date.fromisoformat(text)
    if day.year not in YEARS:
        raise ValueError(f"The year {day.year} is too far away.")
    return day


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """A shop's time zone, and the local time at which a business day starts.

    A business day is a half-open interval of 23, 24 or 25 hours. If the clocks change at its start,
    PEP 495 applies (fold=0): the earlier of two equal local times starts the day, and a skipped
    time means the moment of the change or just after it.
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
        """Return the instant, in UTC, of a local time on a date.

        Of two such instants, return the earlier one. A skipped time becomes the moment of the clock
        change, so a span within the skipped hour is empty.
        """
        local = datetime.datetime.combine(day, time, tzinfo=self.zone)
        late = local.astimezone(datetime.UTC)
        early = local.replace(fold=1).astimezone(datetime.UTC)
        # The second reading is earlier only for a skipped time (PEP 495).
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
        """Return the business day of an aware instant."""
        day = self.local(instant).date()
        while instant < self.start_of(day):
            day -= DAY
        while instant >= self.start_of(day + DAY):
            day += DAY
        return day

    def local(self, instant: datetime.datetime) -> datetime.datetime:
        """Return an aware instant in the shop's time zone."""
        return instant.astimezone(self.zone)

    def last_closed_day(
        self, now: datetime.datetime, *, grace: datetime.timedelta
    ) -> datetime.date:
        """Return the newest business day that ended at least `grace` before `now`."""
        return self.day_of(now - grace) - DAY
