import datetime
from decimal import Decimal

import pytest

from cafe_site.shop.money import Currency
from reports.figures.comparison import Comparison, Value, change, compare
from reports.figures.sales import SalesTotals

EUR = Currency("EUR")
SUNDAY = datetime.date(2026, 11, 22)
LAST_WEEK = datetime.date(2026, 11, 15)
BEFORE = datetime.date(2026, 11, 8)


def totals(net: str, orders: int) -> SalesTotals:
    amount = Decimal(net)
    return SalesTotals(
        gross_amount=amount,
        net_amount=amount,
        orders=orders,
        items=orders * 2,
        average_order_amount=EUR.round(amount / orders) if orders else None,
    )


def figures(net: str, orders: Value, items: Value, average: str | None) -> dict[str, Value]:
    return {
        "gross_amount": Decimal(net),
        "discount_amount": Decimal("0.00"),
        "refund_amount": Decimal("0.00"),
        "net_amount": Decimal(net),
        "tax_amount": Decimal("0.00"),
        "orders": orders,
        "items": items,
        "average_order_amount": None if average is None else Decimal(average),
    }


def test_no_earlier_day_leaves_nothing_to_compare_with() -> None:
    assert compare(SUNDAY, {}, EUR) == Comparison(None, None, ())


def test_the_mean_weighs_the_average_order_value_by_orders() -> None:
    earlier = {LAST_WEEK: totals("10.00", 1), BEFORE: totals("30.01", 4)}

    comparison = compare(SUNDAY, earlier, EUR)

    assert comparison == Comparison(
        last_week=figures("10.00", 1, 2, "10.00"),
        mean=figures("20.01", Decimal("2.5"), Decimal("5.0"), "8.00"),
        mean_days=(LAST_WEEK, BEFORE),
    )


def test_an_open_day_without_orders_counts_as_zero() -> None:
    earlier = {LAST_WEEK: totals("0.00", 0)}

    assert compare(SUNDAY, earlier, EUR).mean == figures("0.00", Decimal(0), Decimal(0), None)


def test_without_last_week_the_older_weeks_still_have_a_mean() -> None:
    comparison = compare(SUNDAY, {BEFORE: totals("30.00", 3)}, EUR)

    assert comparison.last_week is None
    assert comparison.mean_days == (BEFORE,)


@pytest.mark.parametrize(
    ("value", "base", "expected"),
    [
        (Decimal(110), Decimal(100), Decimal("0.1")),
        (50, 100, Decimal("-0.5")),
        (Decimal(5), Decimal(0), None),
        (Decimal(0), Decimal(0), None),
        (None, Decimal(5), None),
        (Decimal(5), None, None),
    ],
)
def test_change_is_a_share_of_the_base(value: Value, base: Value, expected: Decimal | None) -> None:
    assert change(value, base) == expected
