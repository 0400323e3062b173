"""Pickup times of the checkout form, as choices."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cafe_site.orders.slots import DaySlots
from cafe_site.shop.dates import local_date
from cafe_site.shop.opening import shop_calendar

# Prefix of a full slot's value; it makes the value unparsable if it is posted.
FULL = "full:"


def slot_choices(days: Sequence[DaySlots]) -> list[tuple[str, Any]]:
    """Return the choices of a select: a group of local times for each day."""
    groups = []
    for day in days:
        times = []
        for slot in day.slots:
            time = time_words(slot.start, day.day)
            value = slot.start.isoformat()
            if slot.is_full:
                times.append((FULL + value, _("%(time)s, full") % {"time": time}))
            else:
                times.append((value, time))
        if times:
            groups.append((local_date(day.day, "l j F"), times))
    return [("", _("Choose a time")), *groups]


def time_words(start: datetime.datetime, day: datetime.date) -> str:
    """Return a slot's local time, with its weekday if it is on the next date.

    When the clocks go back, an hour is repeated; its times say which of the two they are.
    """
    local = shop_calendar().local(start)
    time = date_format(local, "H:i")
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        words = (
            _("%(time)s after the clock change")
            if local.fold
            else _("%(time)s before the clock change")
        )
        time = words % {"time": time}
    if local.date() == day:
        return time
    return _("%(time)s (%(weekday)s)") % {"time": time, "weekday": local_date(local, "l")}
