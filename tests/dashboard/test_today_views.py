"""Tests of Today: figures up to now, unusual counts, quantities left, and next pickups."""

import datetime
from typing import Any

import pytest
from django.test import Client
from time_machine import travel

from cafe_site.menu.models import Product
from cafe_site.orders.models import Order, OrderLine, Status
from cafe_site.shop.business_day import DAY
from cafe_site.shop.models import ContactDetails, OpeningHours, OrderCutoff, SpecialDay
from cafe_site.stock.models import DailyStock
from reports.patterns.rollups import rebuild_days
from tests.factories import ProductFactory, make_order
from tests.fixtures.shop import SUNDAY, WEEK, Shop

# Session, user, groups (3); a savepoint (2); hours of eight weeks, of today and of the days to
# come (3, and one more with a special day); the summary (7); the first order, and orders and
# lines by now (3); stock, and the wholes of earlier days and their number (3); pickups and their
# number (2); names (1); the newest report, a refused one, and whether anybody gets them (3);
# what is missing for customers (3).
QUERIES = 30
EIGHT_WEEKS = [SUNDAY - WEEK * back for back in range(1, 9)]


@pytest.fixture(autouse=True)
def sunday_noon():
    # 12:00 on the shop's clock.
    with travel("2026-11-22T11:00:00Z", tick=False):
        yield


def look(office: Client) -> Any:
    return office.get("/dashboard/").context["today"]


def sell_like_sundays(shop: Shop, *, count: int = 10) -> None:
    """Sell `count` cheesecakes before noon and `count` after it, on each of eight Sundays."""
    for day in EIGHT_WEEKS:
        for minute in range(count):
            make_order(shop.at(day, 11, minute), {shop.cheesecake: 1})
            make_order(shop.at(day, 16, minute), {shop.cheesecake: 1})
    rebuild_days(EIGHT_WEEKS)


def sell_today(shop: Shop, *, count: int, **fields: Any) -> None:
    for minute in range(count):
        make_order(
            shop.at(SUNDAY, 11, minute), {shop.cheesecake: 1}, status=Status.COLLECTED, **fields
        )


def test_today_is_held_against_the_same_time_of_the_same_weekday(
    office: Client, shop: Shop
) -> None:
    sell_like_sundays(shop)
    sell_today(shop, count=12)

    tiles = look(office).tiles

    assert [(tile.label, tile.value, tile.change, tile.base) for tile in tiles] == [
        ("Orders", "12", "+20%", "10 on Sun 15 Nov at this time"),
        ("Net sales", "€47.16", "+20%", "€39.30 on Sun 15 Nov at this time"),
        ("Items", "12", "+20%", "10 on Sun 15 Nov at this time"),
        ("Average order value", "€3.93", "±0%", "€3.93 on Sun 15 Nov at this time"),
    ]
    assert [tile.direction for tile in tiles] == ["up", "up", "up", "same"]
    assert "Orders by this time, the last weeks and today: 10, 10, 10, 10, 10, 10, 10, 10, 12" in (
        tiles[0].chart
    )


def test_a_closed_week_is_left_out(office: Client, shop: Shop) -> None:
    sell_like_sundays(shop)
    SpecialDay.objects.create(day=SUNDAY - WEEK)
    sell_today(shop, count=10)

    orders = look(office).tiles[0]

    assert orders.base == "10 on Sun 8 Nov at this time"
    assert "10, 10, 10, 10, 10, 10, 10, -, 10" in orders.chart


def test_the_first_days_have_nothing_to_be_held_against(office: Client, shop: Shop) -> None:
    sell_today(shop, count=1)

    answer = office.get("/dashboard/")

    assert [tile.change for tile in answer.context["today"].tiles] == ["", "", "", ""]
    assert "No earlier day to compare with yet." in answer.content.decode()


def test_what_is_usual_is_not_remarked_on(office: Client, shop: Shop) -> None:
    sell_like_sundays(shop)
    sell_today(shop, count=11)

    assert look(office).sentences == []


def test_what_is_unusual_is_told_with_what_moved_it(office: Client, shop: Shop) -> None:
    sell_like_sundays(shop)
    sell_today(shop, count=34)

    assert look(office).sentences == [
        "Much more than usual: 34 orders so far. A Sunday has about 10. All of the "
        "difference in net sales comes from Cheesecake: 34 ordered, usually 10."
    ]


def test_the_line_of_a_young_shop_begins_with_its_first_week(office: Client, shop: Shop) -> None:
    for back in (1, 2):
        make_order(shop.at(SUNDAY - WEEK * back, 11), {shop.cheesecake: back})
        rebuild_days([SUNDAY - WEEK * back])

    orders, _net, items, _average = look(office).tiles

    assert "the last weeks and today: 1, 1, 0" in orders.chart
    assert "the last weeks and today: 2, 1, 0" in items.chart


def test_orders_where_none_are_usual_are_told_in_words(office: Client, shop: Shop) -> None:
    for day in EIGHT_WEEKS:
        make_order(shop.at(day, 16), {shop.coffee: 1})
    sell_today(shop, count=12)

    (sentence,) = look(office).sentences

    assert sentence == (
        "Much more than usual: 12 orders so far. A Sunday has hardly any. All of the "
        "difference in net sales comes from Cheesecake: 12 ordered, usually 0."
    )


def test_a_till_that_comes_in_the_evening_makes_no_day_unusual(office: Client, shop: Shop) -> None:
    for day in EIGHT_WEEKS:
        for minute in range(30):
            at = shop.at(day, 9, minute)
            fields = {"channel": Order.Channel.TILL, "receipt": f"{minute}"}
            make_order(at, {shop.coffee: 1}, placed_at=at, **fields)
        make_order(shop.at(day, 11), {shop.cheesecake: 1})
    sell_today(shop, count=1)

    answer = office.get("/dashboard/")

    today = answer.context["today"]
    assert today.sentences == []
    assert [tile.change for tile in today.tiles] == ["±0%"] * 4
    assert "shown without till sales" in answer.content.decode()


def test_an_hour_that_moved_it_is_told(office: Client, shop: Shop) -> None:
    products = [ProductFactory(category__name=f"Category {number}") for number in range(8)]
    for day in EIGHT_WEEKS:
        for product in products:
            make_order(shop.at(day, 11), {product: 1})
    for product in products:
        for minute in range(4):
            make_order(shop.at(SUNDAY, 15, minute), {product: 1}, placed_at=shop.at(SUNDAY, 11))

    (sentence,) = look(office).sentences

    assert sentence.startswith("Much more than usual: 32 orders so far")
    assert "All of the difference in net sales comes from pickups at 15:00" in sentence


def test_a_product_alone_is_told_where_the_whole_is_usual(office: Client, shop: Shop) -> None:
    sell_like_sundays(shop)
    sell_today(shop, count=2)
    make_order(shop.at(SUNDAY, 11), {shop.tart: 9})
    for minute in range(7):
        make_order(shop.at(SUNDAY, 11, minute), {shop.coffee: 1})

    sentences = look(office).sentences

    assert sentences == [f"Much more {shop.tart.name} than usual: 9 so far. Hardly any are usual."]


def stock(shop: Shop, **fields: Any) -> None:
    DailyStock.objects.create(
        business_day=SUNDAY, **{"product": shop.cheesecake, "planned": 20, **fields}
    )


def test_what_will_run_out_is_told_with_its_time(office: Client, shop: Shop) -> None:
    sell_like_sundays(shop)
    stock(shop, reserved=15)

    (row,) = look(office).stock.shown

    # Ten more are asked for from noon to 18:00, and five are left.
    assert (row.free, row.limit, row.runs_out) == (5, 20, "may sell out at about 15:00")


def test_what_lasts_and_what_is_gone(office: Client, shop: Shop) -> None:
    sell_like_sundays(shop)
    stock(shop, reserved=5)
    stock(shop, product=shop.tart, reserved=20, sold_out_at=shop.at(SUNDAY, 9, 40))
    stock(shop, product=shop.coffee, planned=None, reserved=3)

    rows = look(office).stock.shown

    assert [(row.product.name, row.runs_out, row.is_sold_out) for row in rows] == [
        (shop.tart.name, "sold out at 09:40", True),
        ("Cheesecake", "", False),
    ]


def test_what_was_ordered_out_before_today_says_since_when(office: Client, shop: Shop) -> None:
    stock(shop, reserved=20, sold_out_at=shop.at(SUNDAY - DAY, 20))

    (row,) = look(office).stock.shown

    assert row.runs_out == "sold out since Sat 21 Nov"


def test_what_is_not_made_today_is_not_sold_out(office: Client, shop: Shop) -> None:
    stock(shop, planned=0, sold_out_at=shop.at(SUNDAY, 7))

    assert look(office).stock.shown == []


def test_what_runs_out_comes_first_and_the_rest_is_folded(office: Client, shop: Shop) -> None:
    sell_like_sundays(shop)
    for number in range(12):
        stock(shop, product=ProductFactory(name=f"Bread {number:02}"))
    stock(shop, product=shop.tart, reserved=20, sold_out_at=shop.at(SUNDAY, 9))
    stock(shop, reserved=15)

    answer = office.get("/dashboard/")

    found = answer.context["today"].stock
    names = [row.product.name for row in found.shown]
    assert names[:3] == ["Cheesecake", shop.tart.name, "Bread 00"]
    assert (len(names), [row.product.name for row in found.folded][-1]) == (10, "Bread 11")
    assert "<summary>4 more products</summary>" in answer.content.decode()


def test_counted_leftovers_are_not_a_missing_limit(office: Client, shop: Shop) -> None:
    stock(shop, reserved=15, left_over=5)

    page = office.get("/dashboard/").content.decode()

    assert "The leftovers are saved." in page
    assert "No product has a limit today." not in page


def test_nothing_runs_out_after_the_last_order(office: Client, shop: Shop) -> None:
    sell_like_sundays(shop)
    OrderCutoff.objects.create(
        weekday=SUNDAY.weekday(), orders_until=datetime.time(18), orders_until_days_before=1
    )
    stock(shop, reserved=15)

    (row,) = look(office).stock.shown

    assert row.runs_out == ""


def test_a_base_without_an_order_is_no_missing_day(office: Client, shop: Shop) -> None:
    make_order(shop.at(SUNDAY - WEEK, 16), {shop.coffee: 1})
    sell_today(shop, count=1)

    average = look(office).tiles[3]

    assert (average.change, average.base) == ("", "no order by this time on Sun 15 Nov")
    assert average.chart


def test_a_day_that_sold_nothing_is_part_of_the_mean(office: Client, shop: Shop) -> None:
    sell_like_sundays(shop)
    Order.objects.filter(business_day__in=EIGHT_WEEKS[:4]).update(status=Status.CANCELLED)
    OrderLine.objects.filter(business_day__in=EIGHT_WEEKS[:4]).update(counted=False)
    rebuild_days(EIGHT_WEEKS)
    stock(shop, reserved=14)

    (row,) = look(office).stock.shown

    # Five are asked for after noon on the mean of eight Sundays, not ten on that of four.
    assert (row.free, row.runs_out) == (6, "")


def test_nobody_orders_after_closing_whenever_orders_end(office: Client, shop: Shop) -> None:
    sell_like_sundays(shop)
    OrderCutoff.objects.create(weekday=SUNDAY.weekday(), orders_until=datetime.time(23))
    stock(shop, reserved=15)

    (row,) = look(office).stock.shown

    assert row.runs_out == "may sell out at about 15:00"


def test_nothing_runs_out_after_closing(office: Client, shop: Shop) -> None:
    sell_like_sundays(shop)
    for day in EIGHT_WEEKS:
        make_order(shop.at(day, 20), {shop.cheesecake: 9}, placed_at=shop.at(day, 19))
    rebuild_days(EIGHT_WEEKS)
    stock(shop, reserved=15)

    with travel("2026-11-22T17:30:00Z", tick=False):
        (row,) = look(office).stock.shown

    assert row.runs_out == ""


def test_the_next_pickups_are_those_that_nobody_has_collected(office: Client, shop: Shop) -> None:
    make_order(shop.at(SUNDAY, 11), {shop.coffee: 1}, status=Status.COLLECTED)
    late = make_order(shop.at(SUNDAY, 11, 30), {shop.coffee: 2}, status=Status.READY)
    soon = make_order(shop.at(SUNDAY, 12, 30), {shop.coffee: 1, shop.tart: 3}, status=Status.PLACED)
    for minute in range(6):
        make_order(shop.at(SUNDAY, 17, minute), {shop.coffee: 1}, status=Status.PLACED)

    answer = office.get("/dashboard/")

    today = answer.context["today"]
    assert [order.pk for order in today.pickups[:2]] == [late.pk, soon.pk]
    assert [order.items for order in today.pickups[:2]] == [2, 4]
    assert (len(today.pickups), today.more_pickups) == (6, 2)
    assert "2 more on the order board" in answer.content.decode()


def test_today_takes_few_queries_whatever_the_sales(
    office: Client, shop: Shop, django_assert_num_queries
) -> None:
    sell_like_sundays(shop, count=2)
    sell_today(shop, count=3)
    stock(shop, reserved=3)
    office.get("/dashboard/")
    make_order(shop.at(SUNDAY, 15), {shop.coffee: 1, shop.tart: 3}, status=Status.PLACED)

    with django_assert_num_queries(QUERIES):
        answer = office.get("/dashboard/")

    assert answer.status_code == 200


def test_a_closed_day_says_so(office: Client, shop: Shop) -> None:
    SpecialDay.objects.create(day=SUNDAY, sentence="We are at the fair.")

    page = office.get("/dashboard/").content.decode()

    assert "The shop is closed today." in page
    assert "We are at the fair." in page
    assert "No more pickups today." in page


def test_few_orders_on_a_closed_day_are_not_unusual(office: Client, shop: Shop) -> None:
    sell_like_sundays(shop, count=30)
    SpecialDay.objects.create(day=SUNDAY)

    assert look(office).sentences == []


def test_on_a_day_of_25_hours_the_clock_is_what_is_compared(office: Client, shop: Shop) -> None:
    day = datetime.date(2026, 10, 25)
    make_order(shop.at(day, 9), {shop.coffee: 1})
    make_order(shop.at(day - WEEK, 9), {shop.coffee: 1}, placed_at=shop.at(day - WEEK, 9, 30))

    with travel("2026-10-25T08:15:00Z", tick=False):
        before = look(office).tiles[0].base
    with travel("2026-10-25T08:30:00Z", tick=False):
        at_half_past_nine = look(office).tiles[0].base

    assert before == "0 on Sun 18 Oct at this time"
    assert at_half_past_nine == "1 on Sun 18 Oct at this time"


def test_what_customers_miss_is_said_with_the_way_to_enter_it(office: Client, shop: Shop) -> None:
    OpeningHours.objects.all().delete()
    ContactDetails.objects.create(phone="+49 30 23125 012", address="Lindenstraße 12")

    page = office.get("/dashboard/").content.decode()

    assert "The e-mail address is missing." in page
    assert "The legal notice is missing." in page
    assert "The telephone number is missing." not in page
    assert "The address is missing." not in page
    assert 'href="/admin/shop/contactdetails/"' in page
    assert "The opening hours are missing." in page
    assert 'href="/admin/shop/openinghours/add/"' in page


def test_a_shop_with_all_facts_has_no_reminder(office: Client, shop: Shop) -> None:
    ContactDetails.objects.create(
        address="Lindenstraße 12", phone="+49 30 23125 012", email="a@example.com", legal_notice="A"
    )

    Product.objects.update(is_free_of_allergens=True)

    page = office.get("/dashboard/").content.decode()

    assert "is missing" not in page
    assert "/admin/shop/" not in page
    assert "not stated" not in page


def test_products_without_stated_allergens_are_named(office: Client, shop: Shop) -> None:
    Product.objects.update(is_free_of_allergens=True)
    ProductFactory(name="Apple pie")
    ProductFactory(name="Gone", is_on_sale=False)
    one = office.get("/dashboard/").content.decode()
    for number in range(6):
        ProductFactory(name=f"Tart {number}")

    page = office.get("/dashboard/").content.decode()

    assert "The allergens of 1 product are not stated: Apple pie." in one
    assert "The allergens of 7 products are not stated: Apple pie, Tart 0, Tart 1" in page
    assert "Tart 3 …." in page
    assert "Gone" not in page
    assert 'href="/admin/menu/product/?allergens=not_stated"' in page
