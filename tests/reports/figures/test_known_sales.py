import datetime
from decimal import Decimal

from cafe_site.orders.models import Order, Status
from cafe_site.shop.business_day import BusinessCalendar
from cafe_site.shop.opening import shop_calendar
from reports.figures.known_sales import KnownDays, sales_known_now, same_moment
from reports.figures.sales import Contribution, KnownSales
from reports.figures.summary import summarize_day
from tests.factories import make_order, utc
from tests.fixtures.shop import SUNDAY, WEEK, Shop


def test_an_earlier_day_is_known_as_it_was_at_this_time(shop: Shop, django_assert_num_queries):
    now = shop.at(SUNDAY, 10)
    before = SUNDAY - WEEK
    make_order(shop.at(SUNDAY, 15), {shop.coffee: 2}, placed_at=shop.at(SUNDAY, 9))
    make_order(shop.at(before, 15), {shop.coffee: 3}, placed_at=shop.at(before, 10))
    make_order(shop.at(before, 11), {shop.coffee: 5}, placed_at=shop.at(before, 10, 1))
    make_order(
        shop.at(before, 9),
        {shop.coffee: 7},
        placed_at=shop.at(before - WEEK, 9),
        status=Status.CANCELLED,
    )

    with django_assert_num_queries(2):
        known = sales_known_now(now, [SUNDAY, before, before - WEEK]).days

    net = Decimal("7.31")
    assert known[before] == KnownSales(
        1, net, {shop.coffee.pk: Contribution(3, net)}, {15: Contribution(1, net)}
    )
    assert known[before - WEEK] == KnownSales()
    assert known[SUNDAY].items == 2


def test_all_that_is_known_today_is_what_summarize_day_says(shop: Shop) -> None:
    shop.sell_an_ordinary_sunday()

    known = sales_known_now(shop.at(SUNDAY, 20), [SUNDAY]).days[SUNDAY]

    summary = summarize_day(SUNDAY)
    assert (known.orders, known.items, known.net_amount) == (
        summary.totals.orders,
        summary.totals.items,
        summary.totals.net_amount,
    )
    assert known.average_order_amount(summary.currency) == summary.totals.average_order_amount
    assert {(hour.hour, hour.orders, hour.net_amount) for hour in summary.hours} == {
        (hour, part.count, part.net_amount) for hour, part in known.hours.items()
    }


def test_the_same_time_is_that_of_the_clock_across_a_change_of_time() -> None:
    calendar = shop_calendar()
    winter, summer = datetime.date(2026, 10, 25), datetime.date(2026, 10, 18)

    moment = same_moment(utc(2026, 10, 25, 9), winter, summer, calendar)

    # Ten o'clock in Berlin: an hour earlier in UTC while it is summer.
    assert moment == utc(2026, 10, 18, 8)


def test_after_midnight_is_the_night_of_the_business_day_before() -> None:
    calendar = BusinessCalendar(shop_calendar().zone, datetime.time(4))
    day = datetime.date(2026, 11, 21)

    moment = same_moment(utc(2026, 11, 22, 0, 30), day, day - WEEK, calendar)

    assert moment == utc(2026, 11, 15, 0, 30)


def test_no_day_is_nothing_known() -> None:
    assert sales_known_now(utc(2026, 11, 22, 9), []) == KnownDays({}, {}, is_till_left_out=False)


def sell_at_the_till(shop: Shop, day: datetime.date) -> None:
    at = shop.at(day, 9)
    fields = {"channel": Order.Channel.TILL, "receipt": f"{day}"}
    make_order(at, {shop.coffee: 5}, placed_at=at, **fields)


def test_without_todays_till_the_earlier_days_have_none_to_be_held_against(shop: Shop) -> None:
    before = SUNDAY - WEEK
    for day in (SUNDAY, before):
        make_order(shop.at(day, 9), {shop.coffee: 1})
    sell_at_the_till(shop, before)

    known = sales_known_now(shop.at(SUNDAY, 12), [SUNDAY, before])

    assert known.is_till_left_out
    assert [known.days[day].orders for day in (SUNDAY, before)] == [1, 2]
    assert [known.comparable[day].orders for day in (SUNDAY, before)] == [1, 1]
    assert [known.comparable[day].items for day in (SUNDAY, before)] == [1, 1]


def test_with_todays_till_all_sales_are_compared(shop: Shop) -> None:
    before = SUNDAY - WEEK
    for day in (SUNDAY, before):
        make_order(shop.at(day, 9), {shop.coffee: 1})
        sell_at_the_till(shop, day)

    known = sales_known_now(shop.at(SUNDAY, 12), [SUNDAY, before])

    assert not known.is_till_left_out
    assert known.comparable == known.days
    assert known.days[before].products[shop.coffee.pk].count == 6
