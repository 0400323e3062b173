import datetime

import pytest

from cafe_site.menu.models import Product
from cafe_site.stock.models import DailyStock
from cafe_site.stock.services import (
    SoldOut,
    StockRefused,
    free_quantities,
    prepare_stock,
    release,
    reserve,
    set_quantities,
)
from tests.factories import ProductFactory, utc

pytestmark = pytest.mark.django_db

FRIDAY = datetime.date(2026, 11, 27)
THURSDAY = datetime.date(2026, 11, 26)
NOW = utc(2026, 11, 26, 10)
LATER = utc(2026, 11, 26, 11)


@pytest.fixture
def coffee() -> Product:
    return ProductFactory(name="Coffee")


def stock_of(product: Product, day: datetime.date = FRIDAY) -> DailyStock:
    return DailyStock.objects.get(product=product, business_day=day)


def state_of(product: Product, day: datetime.date = FRIDAY) -> tuple[object, ...]:
    row = stock_of(product, day)
    return row.planned, row.baked, row.reserved, row.free, row.sold_out_at


def test_a_day_starts_with_the_usual_plan(cake: Product, coffee: Product) -> None:
    prepare_stock([cake.pk, coffee.pk], FRIDAY)
    prepare_stock([cake.pk, coffee.pk], FRIDAY)

    assert state_of(cake) == (10, None, 0, 10, None)
    assert state_of(coffee) == (None, None, 0, None, None)


def test_preparing_what_is_prepared_takes_one_query(
    cake: Product, coffee: Product, django_assert_num_queries
) -> None:
    prepare_stock([cake.pk, coffee.pk], FRIDAY)

    with django_assert_num_queries(1):
        prepare_stock([cake.pk, coffee.pk], FRIDAY)


def test_an_order_for_friday_never_eats_thursdays(cake: Product) -> None:
    prepare_stock([cake.pk], FRIDAY)
    prepare_stock([cake.pk], THURSDAY)

    reserve({cake.pk: 10}, FRIDAY, now=NOW)

    assert state_of(cake, FRIDAY) == (10, None, 10, 0, NOW)
    assert state_of(cake, THURSDAY) == (10, None, 0, 10, None)


def test_the_minute_of_selling_out_is_kept_and_taken_back(cake: Product) -> None:
    prepare_stock([cake.pk], FRIDAY)
    reserve({cake.pk: 9}, FRIDAY, now=NOW)
    before = state_of(cake)
    reserve({cake.pk: 1}, FRIDAY, now=LATER)
    sold_out = state_of(cake)
    release({cake.pk: 1}, FRIDAY)

    assert before == (10, None, 9, 1, None)
    assert sold_out == (10, None, 10, 0, LATER)
    assert state_of(cake) == (10, None, 9, 1, None)


@pytest.mark.parametrize(
    ("wanted", "reserved", "sentence"),
    [
        (11, 0, "Cheesecake: only 10 are left for this day. Order fewer, or choose another day."),
        (2, 9, "Cheesecake: only 1 is left for this day. Order one, or choose another day."),
        (1, 10, "Cheesecake is sold out for this day."),
    ],
)
def test_more_than_is_left_is_refused(
    cake: Product, wanted: int, reserved: int, sentence: str
) -> None:
    prepare_stock([cake.pk], FRIDAY)
    reserve({cake.pk: reserved}, FRIDAY, now=NOW)

    with pytest.raises(SoldOut) as refused:
        reserve({cake.pk: wanted}, FRIDAY, now=NOW)

    assert str(refused.value) == sentence
    assert stock_of(cake).reserved == reserved


def test_a_product_without_a_limit_is_unlimited_and_counted(coffee: Product) -> None:
    prepare_stock([coffee.pk], FRIDAY)

    reserve({coffee.pk: 5000}, FRIDAY, now=NOW)

    assert state_of(coffee) == (None, None, 5000, None, None)


def test_a_limit_that_is_set_at_noon_knows_the_morning(coffee: Product) -> None:
    prepare_stock([coffee.pk], FRIDAY)
    reserve({coffee.pk: 8}, FRIDAY, now=NOW)

    set_quantities(stock_of(coffee).pk, planned=10, baked=None, left_over=None, now=LATER)

    assert state_of(coffee) == (10, None, 8, 2, None)
    with pytest.raises(SoldOut):
        reserve({coffee.pk: 3}, FRIDAY, now=LATER)


def test_what_was_baked_counts_instead_of_the_plan(cake: Product) -> None:
    prepare_stock([cake.pk], FRIDAY)
    reserve({cake.pk: 8}, FRIDAY, now=NOW)

    set_quantities(stock_of(cake).pk, planned=10, baked=8, left_over=None, now=LATER)
    used_up = state_of(cake)
    set_quantities(stock_of(cake).pk, planned=10, baked=12, left_over=3, now=LATER)

    assert used_up == (10, 8, 8, 0, LATER)
    # What is counted in the evening is not sold any more.
    assert state_of(cake) == (10, 12, 8, 0, None)
    assert stock_of(cake).left_over == 3


@pytest.mark.parametrize(("planned", "baked"), [(7, None), (10, 7), (None, 7), (0, None)])
def test_fewer_than_were_promised_is_refused(
    cake: Product, planned: int | None, baked: int | None
) -> None:
    prepare_stock([cake.pk], FRIDAY)
    reserve({cake.pk: 8}, FRIDAY, now=NOW)

    with pytest.raises(StockRefused, match=r"Cheesecake: 8 are reserved\. Enter a higher number"):
        set_quantities(stock_of(cake).pk, planned=planned, baked=baked, left_over=None, now=LATER)

    assert state_of(cake) == (10, None, 8, 2, None)


def test_more_is_never_given_back_than_was_taken(cake: Product) -> None:
    prepare_stock([cake.pk], FRIDAY)
    reserve({cake.pk: 2}, FRIDAY, now=NOW)

    release({cake.pk: 3}, FRIDAY)

    assert stock_of(cake).reserved == 2


def test_what_is_free_takes_two_queries(
    cake: Product, coffee: Product, django_assert_num_queries
) -> None:
    tart = ProductFactory(daily_quantity=4)
    prepare_stock([cake.pk, coffee.pk], FRIDAY)
    reserve({cake.pk: 7}, FRIDAY, now=NOW)

    with django_assert_num_queries(2):
        free = free_quantities([cake.pk, coffee.pk, tart.pk], FRIDAY)

    assert free == {cake.pk: 3, coffee.pk: None, tart.pk: 4}


@pytest.mark.parametrize(("planned", "baked"), [(10, None), (12, 10)])
def test_more_left_over_than_there_was_is_refused(
    cake: Product, planned: int, baked: int | None
) -> None:
    prepare_stock([cake.pk], FRIDAY)

    with pytest.raises(
        StockRefused, match=r"Cheesecake: there were only 10, so 11 cannot be left over\."
    ):
        set_quantities(stock_of(cake).pk, planned=planned, baked=baked, left_over=11, now=LATER)

    assert stock_of(cake).left_over is None


def test_what_was_counted_in_the_evening_is_not_sold_any_more(cake: Product) -> None:
    prepare_stock([cake.pk], FRIDAY)
    set_quantities(stock_of(cake).pk, planned=10, baked=10, left_over=3, now=LATER)

    with pytest.raises(SoldOut):
        reserve({cake.pk: 1}, FRIDAY, now=LATER)
