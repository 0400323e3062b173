import datetime
from decimal import Decimal
from typing import Any

from cafe_site.shop.periods import DayRange
from reports.models import BakeScore
from reports.patterns.baking import SellOut, Waste, sell_outs, waste
from tests.fixtures.bakery import DAY, stock
from tests.fixtures.shop import SATURDAY, SUNDAY, WEEK, Shop

WEEK_TO_SUNDAY = DayRange(SUNDAY - 6 * DAY, SUNDAY)


def at(hour: int, minute: int = 0) -> datetime.time:
    return datetime.time(hour, minute)


def test_a_product_runs_out_at_the_median_of_its_days(shop: Shop) -> None:
    for back, hour in ((0, 12), (1, 14), (2, 17)):
        day = SUNDAY - DAY * back
        stock(shop, day, planned=8, reserved=8, sold_out_at=shop.at(day, hour, 30))
    stock(shop, SUNDAY - 3 * DAY, planned=8, reserved=1)
    stock(shop, SUNDAY - 4 * DAY)

    # A day without a limit cannot run out, and does not count.
    assert sell_outs(WEEK_TO_SUNDAY) == [SellOut("Cheesecake", 3, 4, at(14, 30), at(12, 30))]


def test_what_was_ordered_out_the_day_before_had_run_out_in_the_morning(shop: Shop) -> None:
    stock(shop, SUNDAY, planned=8, reserved=8, sold_out_at=shop.at(SATURDAY, 20))

    (row,) = sell_outs(WEEK_TO_SUNDAY)

    assert row.median_at == at(0)


def test_a_limit_that_was_taken_away_since_still_counts_its_day(shop: Shop) -> None:
    stock(shop, SUNDAY, reserved=8, sold_out_at=shop.at(SUNDAY, 15))

    (row,) = sell_outs(WEEK_TO_SUNDAY)

    assert (row.days, row.limited_days, row.share) == (1, 1, 1.0)


def test_what_is_not_made_on_a_day_does_not_run_out(shop: Shop) -> None:
    stock(shop, SUNDAY, planned=0, sold_out_at=shop.at(SATURDAY, 18))
    stock(shop, SATURDAY, planned=8, reserved=8, sold_out_at=shop.at(SATURDAY, 15))

    (row,) = sell_outs(WEEK_TO_SUNDAY)

    assert (row.days, row.limited_days, row.median_at) == (1, 1, at(15))


def test_on_a_day_of_25_hours_the_clock_says_when(shop: Shop) -> None:
    day = datetime.date(2026, 10, 25)
    stock(shop, day, planned=8, reserved=8, sold_out_at=shop.at(day, 15))

    (row,) = sell_outs(DayRange(day, day))

    assert row.median_at == at(15)


def test_after_midnight_is_later_than_before(shop: Shop, settings: Any) -> None:
    settings.SHOP_DAY_STARTS_AT = at(4)
    for back, moment in (
        (0, shop.at(SUNDAY, 23)),
        (1, shop.at(SUNDAY, 1)),
        (2, shop.at(SATURDAY, 2)),
    ):
        stock(shop, SUNDAY - DAY * back, planned=8, reserved=8, sold_out_at=moment)

    (row,) = sell_outs(WEEK_TO_SUNDAY)

    assert (row.median_at, row.earliest_at) == (at(1), at(23))


def test_nothing_runs_out_outside_of_the_range(shop: Shop) -> None:
    day = SUNDAY - WEEK
    stock(shop, day, planned=8, reserved=8, sold_out_at=shop.at(day, 15))

    assert sell_outs(WEEK_TO_SUNDAY) == []


def score(shop: Shop, day: datetime.date, **fields: object) -> BakeScore:
    values = {
        "product": shop.cheesecake,
        "baked": 10,
        "sold": 8,
        "left_over": 2,
        "demand": Decimal(8),
        "waste_amount": Decimal("2.40"),
        "missed_amount": Decimal(0),
    }
    return BakeScore.objects.create(business_day=day, **values | fields)


def test_waste_is_added_up_by_product(shop: Shop) -> None:
    score(shop, SUNDAY)
    score(
        shop,
        SATURDAY,
        sold=10,
        left_over=0,
        is_sold_out=True,
        demand=Decimal("13.5"),
        waste_amount=Decimal(0),
        missed_amount=Decimal("9.10"),
    )
    score(shop, SATURDAY, product=shop.tart, waste_amount=None)
    score(shop, SUNDAY - WEEK)

    cheesecake, tart = waste(WEEK_TO_SUNDAY)

    assert cheesecake == Waste(
        "Cheesecake", 2, 20, 18, 2, Decimal("2.40"), Decimal("3.5"), Decimal("9.10")
    )
    assert cheesecake.share == 0.1
    # It has no unit cost: what was wasted is not known, and is no zero.
    assert tart.waste_amount is None
