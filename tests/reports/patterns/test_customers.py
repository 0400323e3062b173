from decimal import Decimal

from cafe_site.orders.models import Order
from cafe_site.shop.business_day import DAY
from cafe_site.shop.periods import DayRange
from reports.patterns.customers import CustomerGroup, DayOrders, customers, orders_by_day
from reports.patterns.rollups import rebuild_days
from tests.factories import make_order
from tests.fixtures.shop import SATURDAY, SUNDAY, WEEK, Shop

WEEKEND = DayRange(SATURDAY, SUNDAY)


def sell(shop: Shop) -> None:
    """Ada came a week ago and comes twice; Bob is new and comes again; Cy is new; one pays cash."""
    make_order(shop.at(SATURDAY - WEEK, 9), {shop.coffee: 1}, customer_email="ada@example.com")
    make_order(shop.at(SATURDAY, 9), {shop.coffee: 1}, customer_email="ada@example.com")
    make_order(shop.at(SUNDAY, 9), {shop.coffee: 2}, customer_email="ADA@example.com")
    make_order(shop.at(SATURDAY, 10), {shop.coffee: 1}, customer_email="bob@example.com")
    make_order(shop.at(SUNDAY, 10), {shop.coffee: 1}, customer_email="bob@example.com")
    make_order(shop.at(SUNDAY, 11), {shop.coffee: 1}, customer_email="cy@example.com")
    make_order(
        shop.at(SUNDAY, 12),
        {shop.coffee: 1},
        customer_email="",
        channel=Order.Channel.TILL,
        receipt="1",
    )
    rebuild_days(DayRange(SATURDAY - WEEK, SUNDAY).days)


def test_customers_are_new_on_their_first_day_and_returning_after_it(shop: Shop) -> None:
    sell(shop)

    found = customers(WEEKEND)

    net = Decimal("2.44")
    assert found.new == CustomerGroup(2, 2, 2 * net)
    # Ada twice, and Bob's second time.
    assert found.returning == CustomerGroup(2, 3, 2 * net + Decimal("4.87"))
    assert found.unknown == CustomerGroup(None, 1, net)
    assert found.came_again == 1


def test_a_day_has_the_orders_of_new_and_of_returning_customers(shop: Shop) -> None:
    sell(shop)

    assert orders_by_day(WEEKEND) == {
        SATURDAY: DayOrders(new=1, returning=1),
        SUNDAY: DayOrders(new=1, returning=2),
    }


def test_no_order_is_no_customer(shop: Shop) -> None:
    found = customers(DayRange(SUNDAY + DAY, SUNDAY + WEEK))

    assert (found.new, found.returning, found.came_again) == (CustomerGroup(), CustomerGroup(), 0)
    assert found.unknown == CustomerGroup(None)
