"""Tests that every form that changes money or stock takes effect once."""

import datetime
from decimal import Decimal
from unittest.mock import Mock

import pytest
from django.test import Client
from django.utils import timezone
from time_machine import travel

from cafe_site.menu.models import Product
from cafe_site.once.models import SentForm
from cafe_site.once.services import KEPT_FOR, AlreadyDone, FormKey, FormReused, use_key
from cafe_site.orders.models import Order, Status
from cafe_site.orders.sweep import sweep_orders
from cafe_site.stock.models import DailyStock
from reports.models import BakePlanLine
from tests.dashboard.conftest import NOW, PICKUP
from tests.factories import ProductFactory, make_order

DAY = NOW.date()

pytestmark = pytest.mark.usefixtures("opening_hours")


@pytest.fixture(autouse=True)
def sunday_at_eleven():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def cake(db: None) -> Product:
    return ProductFactory(name="Cheesecake", daily_quantity=10)


def test_a_stock_form_that_comes_again_takes_nothing_back(office: Client, cake: Product) -> None:
    row = DailyStock.objects.create(product=cake, business_day=DAY, planned=10)
    address = f"/dashboard/stock/{row.pk}/"
    form = {"planned": "10", "baked": "12", "left_over": "", "form_key": "one"}

    office.post(address, form)
    office.post(address, form | {"baked": "20", "form_key": "two"})
    office.post(address, form)

    row.refresh_from_db()
    assert row.baked == 20


def test_a_leftovers_form_that_comes_again_takes_nothing_back(
    office: Client, cake: Product
) -> None:
    DailyStock.objects.create(product=cake, business_day=DAY, planned=10)
    address = f"/dashboard/leftovers/?day={DAY}"
    form = {f"quantity-{cake.pk}": "4", "quantity-form_key": "one"}

    office.post(address, form)
    office.post(address, {f"quantity-{cake.pk}": "2", "quantity-form_key": "two"})
    answer = office.post(address, form, follow=True)

    assert DailyStock.objects.get().left_over == 2
    assert [str(message) for message in answer.context["messages"]][-1].startswith("Saved.")


def test_an_accepted_plan_that_comes_again_takes_nothing_back(
    office: Client, cake: Product
) -> None:
    line = BakePlanLine.objects.create(
        business_day=DAY,
        product=cake,
        proposed=8,
        quantity=8,
        mean=8,
        quantiles={},
        batch_size=1,
        planned_after=DAY - datetime.timedelta(days=1),
    )
    address = f"/dashboard/bake-plan/accept/?day={DAY}"
    form = {f"quantity-{line.pk}": "9", "quantity-form_key": "one"}

    office.post(address, form)
    office.post(address, {f"quantity-{line.pk}": "15", "quantity-form_key": "two"})
    office.post(address, form)

    assert (BakePlanLine.objects.get().quantity, DailyStock.objects.get().planned) == (15, 15)


def test_a_customers_cancellation_that_comes_again_after_staff_undid_it_changes_nothing(
    client: Client, opening_hours: None, cake: Product
) -> None:
    order = make_order(PICKUP, {cake: 1}, status=Status.PLACED)
    address = f"{order.get_absolute_url()}cancel/"
    client.post(address, {"form_key": "one"})
    Order.objects.filter(pk=order.pk).update(status=Status.PLACED)

    client.post(address, {"form_key": "one"})

    assert Order.objects.get().status == Status.PLACED


def test_work_that_fails_leaves_its_form_to_be_sent_again(office: Client, cake: Product) -> None:
    row = DailyStock.objects.create(product=cake, business_day=DAY, planned=10, reserved=5)
    address = f"/dashboard/stock/{row.pk}/"
    form = {"planned": "10", "baked": "3", "left_over": "", "form_key": "one"}

    office.post(address, form)
    too_few = SentForm.objects.count()
    office.post(address, form | {"baked": "30"})

    row.refresh_from_db()
    assert (too_few, row.baked) == (0, 30)


def test_more_left_over_than_there_was_leaves_the_form_to_be_sent_again(
    office: Client, cake: Product
) -> None:
    row = DailyStock.objects.create(product=cake, business_day=DAY, planned=10)
    address = f"/dashboard/stock/{row.pk}/"

    office.post(address, {"planned": "10", "baked": "10", "left_over": "11", "form_key": "one"})

    assert not SentForm.objects.exists()


def test_a_key_is_used_once_and_knows_what_was_asked_for(db: None) -> None:
    use_key(FormKey("one", "a"))

    with pytest.raises(AlreadyDone):
        use_key(FormKey("one", "a"))
    with pytest.raises(FormReused):
        use_key(FormKey("one", "b"))
    use_key(FormKey("ONE", "a"))
    use_key(None)
    assert SentForm.objects.count() == 2


def test_the_sweep_forgets_forms_that_no_session_can_send_any_more(db: None) -> None:
    use_key(FormKey("old", "a"))
    use_key(FormKey("young", "a"))
    SentForm.objects.filter(pk="old").update(
        sent_at=timezone.now() - KEPT_FOR - datetime.timedelta(seconds=1)
    )

    done = sweep_orders(now=timezone.now())

    assert done["forgotten_forms"] == 1
    assert SentForm.objects.get().pk == "young"


def test_a_crash_after_the_note_leaves_neither_work_nor_note(
    office: Client, cake: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = make_order(PICKUP, {cake: 2})
    crash = Mock(side_effect=ZeroDivisionError)
    monkeypatch.setattr("cafe_site.orders.refunds.write_refund", crash)

    with pytest.raises(ZeroDivisionError):
        office.post(
            f"/dashboard/orders/{order.pk}/refund/",
            {"refund-amount": "1", "refund-reason": "x", "refund-form_key": "one"},
        )

    assert not SentForm.objects.exists()
    assert Order.objects.get().refund_amount == Decimal(0)
