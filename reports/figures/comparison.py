"""Comparison of a day's totals with earlier same weekdays. Pure."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_noop

from cafe_site.shop.money import ZERO, Currency
from reports.figures.sales import SalesTotals

WEEK = datetime.timedelta(days=7)
WEEKS = 4

# The report's figures, in display order.
AMOUNT_TOTALS = {
    "gross_amount": gettext_noop("Gross sales"),
    "discount_amount": gettext_noop("Discounts"),
    "refund_amount": gettext_noop("Refunds"),
    "net_amount": gettext_noop("Net sales"),
    "tax_amount": gettext_noop("Tax"),
}
COUNT_TOTALS = {"orders": gettext_noop("Orders"), "items": gettext_noop("Items")}
TOTALS = {
    **AMOUNT_TOTALS,
    **COUNT_TOTALS,
    "average_order_amount": gettext_noop("Average order value"),
}

# An amount, a count, or no value.
Value = Decimal | int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same weekday last week, and the mean of the last four; None without such days.

    Days when the shop did not exist yet or was closed are left out, not counted as zero.
    """

    last_week: Mapping[str, Value] | None
    mean: Mapping[str, Value] | None
    mean_days: tuple[datetime.date, ...]


def earlier_days(day: datetime.date, *, weeks: int = WEEKS) -> tuple[datetime.date, ...]:
    """Return the same weekday of the weeks before, newest first."""
    return tuple(day - WEEK * back for back in range(1, weeks + 1))


def compare(
    day: datetime.date, earlier: Mapping[datetime.date, SalesTotals], currency: Currency
) -> Comparison:
    """Return the comparison of a day; `earlier` has a row for each day to compare with."""
    last_week = earlier.get(day - WEEK)
    days = tuple(other for other in earlier_days(day) if other in earlier)
    return Comparison(
        last_week=values_of(last_week) if last_week else None,
        mean=mean_of([earlier[other] for other in days], currency) if days else None,
        mean_days=days,
    )


def mean_of(totals: Sequence[SalesTotals], currency: Currency) -> dict[str, Value]:
    """Return the mean of each figure: amounts rounded to the currency, counts to a tenth.

    The average order value is that of all their orders together, not a mean of means.
    """
    mean: dict[str, Value] = {}
    for name in AMOUNT_TOTALS:
        mean[name] = currency.round(
            sum((getattr(total, name) for total in totals), ZERO) / len(totals)
        )
    for name in COUNT_TOTALS:
        count = sum(getattr(total, name) for total in totals)
        mean[name] = (Decimal(count) / len(totals)).quantize(Decimal("0.1"))
    orders = sum(total.orders for total in totals)
    net = sum((total.net_amount for total in totals), ZERO)
    mean["average_order_amount"] = currency.round(net / orders) if orders else None
    return mean


def values_of(totals: SalesTotals) -> dict[str, Value]:
    return {name: getattr(totals, name) for name in TOTALS}


def change(value: Value, base: Value) -> Decimal | None:
    """Return the relative change from a base; None if it is undefined."""
    if value is None or not base:
        return None
    return (Decimal(value) - base) / base
