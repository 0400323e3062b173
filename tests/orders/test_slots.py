import datetime

from cafe_site.orders.slots import DaySlots, offer_slots
from cafe_site.shop.opening import OpeningDay
from tests.factories import utc

SUNDAY = datetime.date(2026, 11, 22)
SPANS = (
    (utc(2026, 11, 22, 8), utc(2026, 11, 22, 8, 50)),
    (utc(2026, 11, 22, 13), utc(2026, 11, 22, 13, 15)),
)


def test_each_slot_starts_and_ends_within_its_span() -> None:
    offered = offer_slots([OpeningDay(SUNDAY, SPANS)], earliest=utc(2026, 11, 20))

    assert offered == [
        DaySlots(
            SUNDAY,
            (
                utc(2026, 11, 22, 8),
                utc(2026, 11, 22, 8, 15),
                utc(2026, 11, 22, 8, 30),
                utc(2026, 11, 22, 13),
            ),
            sentence="",
            is_closed=False,
        )
    ]


def test_a_slot_before_the_earliest_moment_is_not_offered() -> None:
    [day] = offer_slots([OpeningDay(SUNDAY, SPANS)], earliest=utc(2026, 11, 22, 8, 15))

    assert day.starts[0] == utc(2026, 11, 22, 8, 15)


def test_a_closed_day_offers_nothing_and_says_why() -> None:
    offered = offer_slots([OpeningDay(SUNDAY, (), "Holiday.")], earliest=utc(2026, 11, 20))

    assert offered == [DaySlots(SUNDAY, (), "Holiday.", is_closed=True)]
