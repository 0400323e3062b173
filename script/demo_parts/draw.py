"""Random generation of a day's orders: plausible, and deterministic for each day. Pure."""

import datetime
from dataclasses import dataclass
from random import Random

from cafe_site.orders.models import Status
from cafe_site.orders.slots import slot_starts
from cafe_site.shop.business_day import DAY, BusinessCalendar
from cafe_site.shop.opening_day import OpeningDay
from script.demo_parts.menu import CAKES, DRINKS, PASTRIES, MenuItem

FEWEST, MOST = 25, 70
# Orders on an ordinary day, Monday first.
WEEKDAY_ORDERS = (30, 31, 34, 36, 44, 60, 55)
# How many of a hundred orders are collected in each hour; Sundays have no 13.
HOUR_WEIGHTS = {8: 7, 9: 13, 10: 15, 11: 12, 12: 8, 13: 6, 14: 8, 15: 14, 16: 12, 17: 5}
NOON = 13
ALL_ITEMS = (*CAKES, *PASTRIES, *DRINKS)
LEAD = datetime.timedelta(minutes=25)
MINUTE = datetime.timedelta(minutes=1)

# Sorted by frequency, most frequent first.
_NAMES = (
    "Anna K., Ben M., Carla S., Deniz B., Emil R., Fatma T., Greta W., Hannes H., Ida L., "
    "Jonas F., Katrin K., Leo P., Mia G., Noor A., Oskar V., Paula S., Quirin N., Rosa D., "
    "Samir E., Theresa M., Uwe R., Vera B., Wanda J., Xaver H., Yara K., Zoe C., Aylin Y., "
    "Bruno T., Clara W., David S., Elif L., Felix O., Gül B., Henri G., Ines K., Jakob F., "
    "Kira Z., Luca M., Maren D., Nils R., Olga P., Piotr N., Ronja J., Sven H., Tomasz E., "
    "Ulla S."
)
CUSTOMERS = tuple(_NAMES.split(", "))


@dataclass(frozen=True, slots=True)
class DrawnOrder:
    """An order before it is saved. Instants are UTC; `outcome` is its final status."""

    customer: str
    placed_at: datetime.datetime
    pickup_at: datetime.datetime
    outcome: Status
    is_refunded: bool
    quantities: dict[MenuItem, int]


def draw_day(opening: OpeningDay, calendar: BusinessCalendar, *, growth: float) -> list[DrawnOrder]:
    """Return the orders for pickup on a day, by pickup time; none on a closed day.

    `growth` multiplies the number of orders: 1 is an ordinary day.
    """
    random = Random(f"{opening.day:%Y-%m-%d}")  # The day is the seed.
    starts = list(slot_starts(opening.spans))
    if not starts:
        return []
    ordinary = WEEKDAY_ORDERS[opening.day.weekday()] * growth
    count = round(min(max(random.gauss(ordinary, ordinary / 10), FEWEST), MOST))
    weights = [HOUR_WEIGHTS.get(calendar.local(start).hour, 1) for start in starts]
    pickups = sorted(random.choices(starts, weights, k=count))
    return [_draw_order(pickup, calendar, random) for pickup in pickups]


def _draw_order(
    pickup_at: datetime.datetime, calendar: BusinessCalendar, random: Random
) -> DrawnOrder:
    customer = CUSTOMERS[int(len(CUSTOMERS) * random.random() ** 2)]
    outcome = random.choices(
        (Status.COLLECTED, Status.NOT_COLLECTED, Status.CANCELLED), (96, 2, 2)
    )[0]
    return DrawnOrder(
        customer=customer,
        placed_at=_draw_placed_at(pickup_at, calendar, random),
        pickup_at=pickup_at,
        outcome=outcome,
        is_refunded=outcome == Status.COLLECTED and random.random() < 0.01,
        quantities=_draw_quantities(calendar.local(pickup_at).hour, random),
    )


def _draw_placed_at(
    pickup_at: datetime.datetime, calendar: BusinessCalendar, random: Random
) -> datetime.datetime:
    """Return the time of placing: mostly the same morning, sometimes up to four days ahead."""
    days_before = random.choices((0, 1, 2, 3, 4), (62, 26, 6, 4, 2))[0]
    if days_before == 0:
        wake_up = calendar.local(pickup_at).replace(hour=6, minute=0)
        earliest = max(wake_up.astimezone(datetime.UTC), pickup_at - datetime.timedelta(hours=4))
        return earliest + random.random() * (pickup_at - LEAD - earliest)
    at_home = calendar.local(pickup_at).replace(hour=10, minute=0) - DAY * days_before
    return at_home.astimezone(datetime.UTC) + random.random() * datetime.timedelta(hours=11)


def _draw_quantities(hour: int, random: Random) -> dict[MenuItem, int]:
    """Return the quantity of each item; people who buy cake are likely to buy a drink."""
    weights = [item.morning if hour < NOON else item.afternoon for item in ALL_ITEMS]
    lines = random.choices((1, 2, 3, 4), (34, 40, 20, 6))[0]
    chosen = random.choices(ALL_ITEMS, weights, k=lines)
    if any(item in CAKES for item in chosen) and random.random() < 0.4:
        chosen.append(random.choice(DRINKS[:2]))
    return {item: random.choices((1, 2, 3, 4), (55, 30, 9, 6))[0] for item in chosen}
