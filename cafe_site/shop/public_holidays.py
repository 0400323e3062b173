"""What a day is beside the public holidays of the shop's country."""

import datetime
import logging
from collections.abc import Sequence

from django.conf import settings

from cafe_site.shop.business_day import DAY

logger = logging.getLogger(__name__)

# Kinds of days; what is kept of a day names them by these numbers.
ORDINARY, BEFORE_HOLIDAY, HOLIDAY, AFTER_HOLIDAY = 0, 1, 2, 3


def kinds_of_days(days: Sequence[datetime.date]) -> list[int]:
    """Return the kind of each day; all are ordinary where the shop names no country."""
    public = _public_holidays({day.year for other in days for day in (other - DAY, other + DAY)})
    return [_kind_of(day, public) for day in days]


def _kind_of(day: datetime.date, public: set[datetime.date]) -> int:
    if day in public:
        return HOLIDAY
    if day + DAY in public:
        return BEFORE_HOLIDAY
    return AFTER_HOLIDAY if day - DAY in public else ORDINARY


def _public_holidays(years: set[int]) -> set[datetime.date]:
    country, _, region = settings.SHOP_COUNTRY.partition("-")
    if not country or not years:
        return set()
    import holidays

    try:
        return set(
            holidays.country_holidays(
                country, subdiv=region or None, years=range(min(years), max(years) + 1)
            )
        )
    except NotImplementedError:
        # A plan without holidays is better than none; the system check tells of the setting.
        logger.exception("holidays_unknown country=%s", settings.SHOP_COUNTRY)
        return set()
