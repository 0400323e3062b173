"""Tests of pickup slots with lead times, nights and clock changes."""

import datetime
from collections.abc import Iterable

import pytest

from cafe_site.menu.models import Product
from cafe_site.orders.basket import ChosenLine
from cafe_site.orders.checkout import available_slots, place_order
from cafe_site.orders.errors import SlotUnavailable
from cafe_site.orders.models import PickupSlot
from cafe_site.shop.models import OpeningHours, OrderCutoff, PickupRules, SpecialDay, Weekday
from cafe_site.shop.opening import shop_calendar
from cafe_site.stock.models import DailyStock
from tests.factories import ProductFactory
from tests.fixtures.ordering import details

pytestmark = pytest.mark.django_db
NIGHT = "18:00-02:00"


def write_hours(*spans: str, weekdays: Iterable[int] = Weekday.values, **rules: object) -> None:
    """Open the shop at these hours, with half an hour of lead and one day ahead."""
    for weekday in weekdays:
        for span in spans:
            opens, closes = map(datetime.time.fromisoformat, span.split("-"))
            OpeningHours.objects.create(weekday=weekday, opens_at=opens, closes_at=closes)
    PickupRules.objects.update_or_create(
        pk=1, defaults={"lead_minutes": 30, "days_ahead": 1, **rules}
    )


def at(text: str, *, fold: int = 0) -> datetime.datetime:
    """Return the instant at which the shop's clock shows a time: 2026-05-04 17:32."""
    local = datetime.datetime.fromisoformat(text)
    return local.replace(tzinfo=shop_calendar().zone, fold=fold).astimezone(datetime.UTC)


def offered(now: str) -> dict[str, list[str]]:
    """Return what is offered under each date, as the shop's clock shows it."""
    return {
        f"{day.day:%a %d}": [f"{shop_calendar().local(slot.start):%a %H:%M}" for slot in day.slots]
        for day in available_slots(at(now), [])
    }


def ends(slots: list[str]) -> tuple[int, str, str] | int:
    """Return how many slots there are, and the first and the last of them."""
    return (len(slots), slots[0], slots[-1]) if slots else 0


@pytest.mark.parametrize(
    ("spans", "rules", "now", "expected"),
    [
        # 18:02 is the earliest: 18:15.
        (
            ["12:00-20:00"],
            {},
            "2026-05-04 17:32",
            {"Mon 04": (7, "Mon 18:15", "Mon 19:45"), "Tue 05": (32, "Tue 12:00", "Tue 19:45")},
        ),
        # The last one ends when the shop closes.
        (
            ["12:00-20:00"],
            {},
            "2026-05-04 08:00",
            {"Mon 04": (32, "Mon 12:00", "Mon 19:45"), "Tue 05": (32, "Tue 12:00", "Tue 19:45")},
        ),
        # Ordered before it opens, the lead time still holds.
        (
            ["16:00-21:00"],
            {},
            "2026-05-04 15:47",
            {"Mon 04": (18, "Mon 16:30", "Mon 20:45"), "Tue 05": (20, "Tue 16:00", "Tue 20:45")},
        ),
        (
            ["17:30-23:00"],
            {},
            "2026-05-04 22:37",
            {"Mon 04": 0, "Tue 05": (22, "Tue 17:30", "Tue 22:45")},
        ),
        # Open round the clock: the lead time counts from now, not from midnight again.
        (
            ["00:00-12:00", "12:00-00:00"],
            {"lead_minutes": 90},
            "2026-05-04 22:20",
            {"Mon 04": 0, "Tue 05": (96, "Tue 00:00", "Tue 23:45")},
        ),
        (
            ["00:00-23:59"],
            {"lead_minutes": 90},
            "2026-05-04 22:20",
            {"Mon 04": 0, "Tue 05": (95, "Tue 00:00", "Tue 23:30")},
        ),
        (
            [NIGHT],
            {},
            "2026-05-04 19:00",
            {"Mon 04": (26, "Mon 19:30", "Tue 01:45"), "Tue 05": (32, "Tue 18:00", "Wed 01:45")},
        ),
        (
            [NIGHT],
            {},
            "2026-05-04 23:50",
            {"Mon 04": (6, "Tue 00:30", "Tue 01:45"), "Tue 05": (32, "Tue 18:00", "Wed 01:45")},
        ),
        # The evening that is still running comes first, and does not count as a day ahead.
        (
            [NIGHT],
            {},
            "2026-05-05 00:40",
            {
                "Mon 04": (3, "Tue 01:15", "Tue 01:45"),
                "Tue 05": (32, "Tue 18:00", "Wed 01:45"),
                "Wed 06": (32, "Wed 18:00", "Thu 01:45"),
            },
        ),
        (
            [NIGHT],
            {"days_ahead": 0},
            "2026-05-05 00:40",
            {"Mon 04": (3, "Tue 01:15", "Tue 01:45"), "Tue 05": (32, "Tue 18:00", "Wed 01:45")},
        ),
        # Nothing of it can be had any more: it is not shown.
        (
            [NIGHT],
            {"days_ahead": 0},
            "2026-05-05 01:20",
            {"Tue 05": (32, "Tue 18:00", "Wed 01:45")},
        ),
        # A lead time that reaches over midnight.
        (
            [NIGHT],
            {"lead_minutes": 120, "days_ahead": 0},
            "2026-05-04 23:10",
            {"Mon 04": (3, "Tue 01:15", "Tue 01:45")},
        ),
        # Rows that overlap, of one day and of two: each slot once, under the date that has it.
        (
            ["08:00-14:00", "12:00-18:00"],
            {},
            "2026-05-04 06:00",
            {"Mon 04": (40, "Mon 08:00", "Mon 17:45"), "Tue 05": (40, "Tue 08:00", "Tue 17:45")},
        ),
        (
            ["18:00-10:00", "08:00-12:00"],
            {},
            "2026-05-04 18:00",
            {"Mon 04": (54, "Mon 18:30", "Tue 07:45"), "Tue 05": (72, "Tue 08:00", "Wed 07:45")},
        ),
        # A slot that lies across midnight, and the quarters of an hour that go on after it.
        (
            ["23:40-00:40"],
            {},
            "2026-05-04 12:00",
            {"Mon 04": (4, "Mon 23:40", "Tue 00:25"), "Tue 05": (4, "Tue 23:40", "Wed 00:25")},
        ),
        (
            ["12:00-20:00"],
            {"days_ahead": 0},
            "2026-05-04 09:00",
            {"Mon 04": (32, "Mon 12:00", "Mon 19:45")},
        ),
        # The night in which 02:00 to 03:00 is skipped.
        (
            ["01:00-04:00"],
            {"lead_minutes": 0},
            "2026-03-28 23:00",
            {"Sat 28": 0, "Sun 29": (8, "Sun 01:00", "Sun 03:45")},
        ),
        (["02:15-02:45"], {"lead_minutes": 0}, "2026-03-28 23:00", {"Sat 28": 0, "Sun 29": 0}),
        (
            ["02:30-03:30"],
            {"lead_minutes": 0},
            "2026-03-28 23:00",
            {"Sat 28": 0, "Sun 29": (2, "Sun 03:00", "Sun 03:15")},
        ),
        # The night in which it comes twice.
        (
            ["01:00-04:00"],
            {"lead_minutes": 0},
            "2026-10-24 23:00",
            {"Sat 24": 0, "Sun 25": (16, "Sun 01:00", "Sun 03:45")},
        ),
    ],
)
def test_each_situation_offers_what_can_be_kept(
    spans: list[str], rules: dict[str, object], now: str, expected: dict[str, object]
) -> None:
    write_hours(*spans, **rules)

    found = offered(now)

    assert {day: ends(slots) for day, slots in found.items()} == expected
    starts = [slot.start for day in available_slots(at(now), []) for slot in day.slots]
    assert len(starts) == len(set(starts))


def test_the_skipped_hour_is_not_offered() -> None:
    write_hours("01:00-04:00", lead_minutes=0)

    assert offered("2026-03-28 23:00")["Sun 29"] == [
        *("Sun 01:00", "Sun 01:15", "Sun 01:30", "Sun 01:45"),
        *("Sun 03:00", "Sun 03:15", "Sun 03:30", "Sun 03:45"),
    ]


def test_a_cut_off_before_dawn_on_the_day_of_the_change_is_the_first_of_the_two() -> None:
    write_hours("08:00-18:00", lead_minutes=20, days_ahead=0)
    OrderCutoff.objects.create(weekday=Weekday.SUNDAY, orders_until=datetime.time(2, 30))
    first = at("2026-10-25 02:30")

    before, after = (
        available_slots(now, [])[0] for now in (first - datetime.timedelta(seconds=1), first)
    )

    assert (len(before.slots), len(after.slots), after.is_cut_off) == (40, 0, True)


def test_the_night_keeps_the_cut_off_of_its_evening() -> None:
    write_hours(NIGHT)
    OrderCutoff.objects.create(weekday=Weekday.MONDAY, orders_until=datetime.time(1))
    OrderCutoff.objects.create(weekday=Weekday.TUESDAY, orders_until=datetime.time(12))

    assert ends(offered("2026-05-05 00:10")["Mon 04"]) == (5, "Tue 00:45", "Tue 01:45")
    # From one o'clock on Monday's night is over; Tuesday's cut-off says nothing of it.
    assert list(offered("2026-05-05 01:00")) == ["Tue 05", "Wed 06"]


@pytest.mark.parametrize(("day_starts_at", "business_day"), [(0, 5), (4, 4)])
def test_an_order_after_midnight_is_of_the_business_day_that_the_shop_says(
    settings, day_starts_at: int, business_day: int
) -> None:
    settings.SHOP_DAY_STARTS_AT = datetime.time(day_starts_at)
    write_hours(NIGHT)
    cake = ProductFactory()

    order = order_at(cake, "2026-05-05 00:30", now="2026-05-04 20:00")

    day = datetime.date(2026, 5, business_day)
    assert (order.business_day, order.pickup_hour) == (day, 0)
    [stock] = DailyStock.objects.filter(reserved__gt=0)
    assert (stock.business_day, stock.reserved) == (day, 1)
    assert PickupSlot.objects.get().taken == 1


@pytest.mark.parametrize("day_starts_at", [0, 4])
def test_the_evening_offers_the_same_whenever_the_day_starts(settings, day_starts_at: int) -> None:
    settings.SHOP_DAY_STARTS_AT = datetime.time(day_starts_at)
    write_hours(NIGHT, days_ahead=0)

    assert ends(offered("2026-05-05 00:40")["Mon 04"]) == (3, "Tue 01:15", "Tue 01:45")


def order_at(product: Product, pickup: str, *, now: str, key: str = "key"):
    return place_order(
        details(pickup_at=at(pickup)),
        [ChosenLine(product.pk, (), 1)],
        checkout_key=key,
        now=at(now),
    )


@pytest.mark.parametrize(
    ("weekdays", "pickup", "now", "next_start"),
    [
        # Chosen at 14:00, sent at 14:35.
        (range(7), "2026-05-04 14:30", "2026-05-04 14:35", "2026-05-04 15:15"),
        # No quarter of an hour.
        (range(7), "2026-05-04 14:37", "2026-05-04 12:00", "2026-05-04 14:45"),
        # When it closes.
        (range(7), "2026-05-04 20:00", "2026-05-04 12:00", "2026-05-05 12:00"),
        # A Sunday without hours.
        (range(5), "2026-05-10 13:00", "2026-05-09 01:00", None),
    ],
)
def test_what_is_not_offered_is_refused_with_the_next_slot(
    weekdays: Iterable[int], pickup: str, now: str, next_start: str | None
) -> None:
    write_hours("12:00-20:00", weekdays=weekdays)
    cake = ProductFactory()

    with pytest.raises(SlotUnavailable) as refused:
        order_at(cake, pickup, now=now)

    assert refused.value.next_start == (at(next_start) if next_start else None)
    assert not PickupSlot.objects.filter(start=at(pickup), taken__gt=0).exists()


def test_a_slot_of_one_takes_one_and_a_form_sent_twice_is_one_order() -> None:
    write_hours("12:00-20:00", slot_capacity=1)
    cake = ProductFactory()

    first = order_at(cake, "2026-05-04 13:00", now="2026-05-04 09:00")
    again = order_at(cake, "2026-05-04 13:00", now="2026-05-04 09:02")

    assert first == again
    with pytest.raises(SlotUnavailable):
        order_at(cake, "2026-05-04 13:00", now="2026-05-04 09:01", key="another")


def test_a_special_day_changes_its_own_evening_and_leaves_the_night_before() -> None:
    write_hours(NIGHT)
    SpecialDay.objects.create(day=datetime.date(2026, 5, 5), sentence="Closed for a wedding.")

    found = offered("2026-05-04 20:00")

    # The night that begins on Monday is Monday's, and goes on into the closed Tuesday.
    assert ends(found["Mon 04"]) == (22, "Mon 20:30", "Tue 01:45")
    assert found["Tue 05"] == []
