"""Tests of the outlier days that a plan shows."""

import datetime

from reports.baking.outlier_words import DAYS_SHOWN, outliers_before
from reports.models import OutlierDay
from tests.fixtures.bakery import DAY
from tests.fixtures.shop import SUNDAY, Shop


def test_a_plan_shows_the_days_before_it_of_its_own_products(shop: Shop) -> None:
    def mark(day: datetime.date, product_id: int) -> None:
        OutlierDay.objects.create(business_day=day, product_id=product_id, sold=90, counted_as=20)

    oldest, newest = SUNDAY - DAY * DAYS_SHOWN, SUNDAY - DAY
    for day in (oldest - DAY, oldest, newest, SUNDAY):
        mark(day, shop.cheesecake.pk)
    mark(newest, shop.tart.pk)

    found = outliers_before(SUNDAY, [shop.cheesecake.pk])

    assert {(row.business_day, row.product_id) for row in found} == {
        (oldest, shop.cheesecake.pk),
        (newest, shop.cheesecake.pk),
    }
