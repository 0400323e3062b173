import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.forms.models import model_to_dict

from cafe_site.menu.models import Product
from cafe_site.orders import checkout
from cafe_site.orders.basket import ChosenLine
from cafe_site.orders.checkout import place_order
from cafe_site.orders.errors import CheckoutKeyReused, ProductsUnavailable, SlotUnavailable
from cafe_site.orders.models import Order, OrderEvent, OrderLine, OutgoingMail, PickupSlot
from cafe_site.shop.models import OpeningHours, SpecialDay
from cafe_site.stock.models import DailyStock
from cafe_site.stock.services import prepare_stock
from tests.factories import utc
from tests.fixtures.ordering import NOW, PICKUP, details


def place(products: dict[Product, int], **changes: Any) -> Order:
    chosen = [ChosenLine(product.pk, (), quantity) for product, quantity in products.items()]
    return place_order(details(**changes), chosen, checkout_key="key", now=NOW)


def test_an_order_keeps_what_it_was_sold_for(cheesecake: Product, coffee: Product) -> None:
    order = place({cheesecake: 2, coffee: 1})
    Product.objects.filter(pk=coffee.pk).update(name="Renamed")
    Product.objects.update(price_amount=99, tax_rate=0)

    order.refresh_from_db()
    kept = model_to_dict(order, exclude=["id", "checkout_key", "checkout_digest"])
    assert kept == {
        "channel": "web",
        "status": "placed",
        "receipt": None,
        "voucher": None,
        "customer_name": "Ada Lovelace",
        "customer_email": "ada@example.com",
        "customer_phone": "",
        "note": "",
        "placed_at": NOW,
        "pickup_at": PICKUP,
        "business_day": PICKUP.date(),
        "pickup_hour": 13,
        "gross_amount": Decimal("10.29"),
        "discount_amount": Decimal(0),
        "refund_amount": Decimal(0),
        "kept_amount": Decimal(0),
        "net_amount": Decimal("10.29"),
        "tax_amount": Decimal("1.01"),
    }
    lines = order.lines.values_list(
        "product_name", "quantity", "unit_price_amount", "tax_rate", "net_amount", "tax_amount"
    )
    assert list(lines) == [
        ("Cheesecake", 2, Decimal("4.20"), Decimal("0.07"), Decimal("7.85"), Decimal("0.55")),
        ("Coffee", 1, Decimal("2.90"), Decimal("0.19"), Decimal("2.44"), Decimal("0.46")),
    ]
    assert order.lines.filter(business_day=order.business_day, counted=True).count() == 2
    assert [(event.kind, event.at) for event in order.events.all()] == [("placed", NOW)]


def test_a_second_post_makes_no_second_order(cheesecake: Product) -> None:
    first, second = place({cheesecake: 2}), place({cheesecake: 2})

    assert second == first
    assert (Order.objects.count(), OutgoingMail.objects.count()) == (1, 1)


def test_a_post_that_loses_the_race_gets_the_winners_order(
    cheesecake: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    winner = place({cheesecake: 2})
    find = checkout.find_order_by_checkout
    looked: list[int] = []

    # The first look comes before the winner has committed.
    def look(*given: Any) -> Order | None:
        looked.append(1)
        return None if len(looked) == 1 else find(*given)

    monkeypatch.setattr(checkout, "find_order_by_checkout", look)

    assert place({cheesecake: 2}) == winner
    assert (Order.objects.count(), len(looked)) == (1, 2)


def test_the_same_form_with_other_details_is_refused(cheesecake: Product) -> None:
    order = place({cheesecake: 2})

    with pytest.raises(CheckoutKeyReused, match=f"order {order.pk} with other details"):
        place({cheesecake: 2}, email="other@example.com")
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    "pickup_at",
    [
        utc(2026, 11, 22, 9, 45),  # past
        utc(2026, 11, 22, 10, 15),  # sooner than the lead time
        utc(2026, 11, 22, 12, 7),  # between two slots
        utc(2026, 11, 22, 17),  # the shop closes then
        utc(2026, 11, 22, 20),  # closed at night
        utc(2026, 11, 23, 12),  # closed on Mondays
        utc(2026, 12, 8, 12),  # too far ahead
    ],
)
def test_a_pickup_time_that_is_not_offered_is_refused(
    cheesecake: Product, pickup_at: object
) -> None:
    with pytest.raises(SlotUnavailable):
        place({cheesecake: 1}, pickup_at=pickup_at)
    assert not Order.objects.exists()


def test_a_day_that_was_closed_meanwhile_is_refused(cheesecake: Product) -> None:
    SpecialDay.objects.create(day=PICKUP.date())

    with pytest.raises(SlotUnavailable):
        place({cheesecake: 1})


def test_a_product_that_went_off_sale_is_refused(cheesecake: Product, coffee: Product) -> None:
    Product.objects.filter(pk=coffee.pk).update(is_on_sale=False)

    with pytest.raises(ProductsUnavailable):
        place({cheesecake: 1, coffee: 1})
    assert not Order.objects.exists()


def test_a_shop_that_opens_at_an_odd_minute_takes_orders_for_its_slots(
    cheesecake: Product,
) -> None:
    OpeningHours.objects.update(opens_at=datetime.time(8, 7))

    order = place({cheesecake: 1}, pickup_at=utc(2026, 11, 22, 12, 7))

    assert PickupSlot.objects.get().taken == 1
    assert order.pickup_at == utc(2026, 11, 22, 12, 7)


def test_a_made_up_pickup_time_leaves_no_row_behind(cheesecake: Product) -> None:
    with pytest.raises(SlotUnavailable):
        place({cheesecake: 1}, pickup_at=utc(2026, 11, 22, 12, 5))

    assert (PickupSlot.objects.count(), DailyStock.objects.count()) == (0, 0)


def test_an_empty_basket_is_no_order(cheesecake: Product) -> None:
    with pytest.raises(ProductsUnavailable):
        place({})


def test_an_order_that_fails_half_way_leaves_nothing(
    cheesecake: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*given: Any) -> None:
        raise ConnectionError("killed")

    monkeypatch.setattr(checkout, "queue_order_mail", crash)

    with pytest.raises(ConnectionError):
        place({cheesecake: 1})
    rows = [model.objects.count() for model in (Order, OrderLine, OrderEvent, OutgoingMail)]
    assert rows == [0, 0, 0, 0]


def test_the_queries_of_an_order_do_not_grow_with_its_lines(
    cheesecake: Product, coffee: Product, django_assert_num_queries
) -> None:
    prepare_stock([cheesecake.pk, coffee.pk], PICKUP.date())
    PickupSlot.objects.create(start=PICKUP)

    # The key, the rules, the day's opening (3), the rows to meet at (2); then savepoint (2),
    # rules, products, options, opening (3), order, lines, event, what the mail says of the shop
    # (2), mail; last the slot, and one for each product.
    with django_assert_num_queries(24):
        place({cheesecake: 1, coffee: 2})
