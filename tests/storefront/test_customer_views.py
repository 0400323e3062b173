"""Tests of My orders: the sign-in link, the list, and ordering again."""

import datetime
import re
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from time_machine import travel

from cafe_site.accounts import sign_in_links
from cafe_site.accounts.models import User
from cafe_site.accounts.sign_in_links import customer_with, make_link_token, use_token
from cafe_site.menu.models import Option, Product
from cafe_site.orders.models import Order, OutgoingMail, Status
from tests.answers import messages_of
from tests.factories import OptionFactory, OptionGroupFactory, ProductFactory, make_order
from tests.fixtures.ordering import NOW, PICKUP
from tests.storefront.browsing import add, form_of

pytestmark = pytest.mark.usefixtures("opening_hours")
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def sunday_at_eleven():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def ask(client: Client, django_capture_on_commit_callbacks: Any) -> Any:
    def ask_for_link(email: str) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post("/my-orders/", {"email": email}, follow=True)

    return ask_for_link


def link_in(sent: Any) -> str:
    found = re.search(r"http://testserver(/my-orders/\S+/)", sent.body)
    assert found is not None
    return found[1]


def test_a_link_opens_the_customers_own_orders(
    client: Client, cheesecake: Product, coffee: Product, ask: Any
) -> None:
    mine = make_order(PICKUP, {cheesecake: 2})
    earlier = make_order(PICKUP - DAY, {coffee: 1}, status=Status.CANCELLED)
    foreign = make_order(PICKUP, {coffee: 1}, customer_email="eve@example.com")

    ask("Ada@Example.com")
    [sent] = mail.outbox
    page = client.get(link_in(sent))
    answer = client.post(link_in(sent), follow=True)

    assert sent.to == ["ada@example.com"]
    assert "It works once, until 11:15." in " ".join(sent.body.split())
    assert "Show my orders" in page.content.decode()
    assert list(answer.context["page"]) == [mine, earlier]
    html = answer.content.decode()
    assert "Cheesecake" in html
    assert mine.get_absolute_url() in html
    assert foreign.get_absolute_url() not in html


@pytest.mark.parametrize(
    "look_alike",
    [
        "mike.\u017fands@example.org",
        "m\u0131ke.sands@example.org",
        "m\u0130ke.sands@example.org",
        "mi\u212ae.sands@example.org",
        "mike.sands@ex\u00e4mple.org",
        "mike.sands@\u00e9xample.org",
        "mike.sands@\uff45xample.org",
        "mike.sands@example.org.evil.example",
    ],
)
def test_a_look_alike_of_an_address_gets_no_link(
    coffee: Product, ask: Any, look_alike: str
) -> None:
    make_order(PICKUP, {coffee: 1}, customer_email="mike.sands@example.org")

    ask(look_alike)

    assert mail.outbox == []
    assert not User.objects.filter(customer_email__isnull=False).exists()


def test_the_link_goes_to_the_address_that_the_order_has(coffee: Product, ask: Any) -> None:
    make_order(PICKUP, {coffee: 1}, customer_email="mike.sands@example.org")

    ask("Mike.Sands@EXAMPLE.org")

    assert [sent.to for sent in mail.outbox] == [["mike.sands@example.org"]]


def test_looking_at_a_link_uses_nothing_up_and_signs_nobody_in(
    client: Client, cheesecake: Product, ask: Any
) -> None:
    make_order(PICKUP, {cheesecake: 1})
    ask("ada@example.com")

    for _ in range(3):
        assert client.get(link_in(mail.outbox[0])).status_code == 200

    assert "_auth_user_id" not in client.session
    assert client.post(link_in(mail.outbox[0])).status_code == 302


def test_a_link_works_once(client: Client, cheesecake: Product, ask: Any) -> None:
    make_order(PICKUP, {cheesecake: 1})
    ask("ada@example.com")
    client.post(link_in(mail.outbox[0]))

    other = Client()
    answer = other.post(link_in(mail.outbox[0]))

    assert answer.status_code == 410
    assert "This link no longer works." in answer.content.decode()
    assert "_auth_user_id" not in other.session


def test_a_link_that_was_read_before_it_was_used_works_once_too(db: None) -> None:
    token = make_link_token(customer_with("ada@example.com"))

    used = [use_token(token, now=NOW), use_token(token, now=NOW + DAY / 1440)]

    assert [user is not None for user in used] == [True, False]


def test_of_two_that_use_a_link_at_once_one_comes_in(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = customer_with("ada@example.com")
    token = make_link_token(customer)
    # Both have looked before either has written: what each saw holds no longer for the second.
    monkeypatch.setattr(sign_in_links, "customer_of_token", {token: customer}.get)

    used = [use_token(token, now=NOW), use_token(token, now=NOW)]

    assert used == [customer, None]


def test_a_link_holds_for_a_quarter_of_an_hour(
    client: Client, cheesecake: Product, ask: Any
) -> None:
    make_order(PICKUP, {cheesecake: 1})
    ask("ada@example.com")

    with travel(NOW + datetime.timedelta(minutes=16), tick=False):
        answer = client.post(link_in(mail.outbox[0]))

    assert answer.status_code == 410


def test_a_new_link_signs_in_after_the_old_one_was_used(
    client: Client, cheesecake: Product, ask: Any
) -> None:
    make_order(PICKUP, {cheesecake: 1})
    ask("ada@example.com")
    client.post(link_in(mail.outbox[0]))
    client.post("/sign-out/")

    with travel(NOW + DAY, tick=False):
        ask("ada@example.com")
        answer = client.post(link_in(mail.outbox[1]), follow=True)

    assert len(answer.context["page"]) == 1
    assert User.objects.filter(customer_email="ada@example.com").count() == 1


def test_an_address_without_orders_gets_the_same_answer_and_no_mail(
    client: Client, cheesecake: Product, ask: Any
) -> None:
    make_order(PICKUP, {cheesecake: 1})

    known, unknown = ask("ada@example.com"), ask("eve@example.com")

    assert messages_of(unknown) == [
        sentence.replace("ada@", "eve@") for sentence in messages_of(known)
    ]
    assert [sent.to for sent in mail.outbox] == [["ada@example.com"]]
    assert not User.objects.filter(customer_email="eve@example.com").exists()


def test_nobodys_mailbox_is_flooded(client: Client, cheesecake: Product, ask: Any) -> None:
    make_order(PICKUP, {cheesecake: 1})

    for _ in range(5):
        ask("ada@example.com")
    assert len(mail.outbox) == 3

    with travel(NOW + datetime.timedelta(minutes=16), tick=False):
        ask("ada@example.com")
    assert len(mail.outbox) == 4


@pytest.mark.parametrize("email", ["", "ada", "ada@example.com\nbcc: eve@example.com"])
def test_what_is_no_address_is_told(client: Client, email: str) -> None:
    answer = client.post("/my-orders/", {"email": email})

    assert answer.status_code == 422
    assert answer.context["form"].errors["email"]
    assert not OutgoingMail.objects.exists()


def test_a_link_never_opens_the_counters_side(
    client: Client, owner: User, cheesecake: Product, ask: Any
) -> None:
    User.objects.filter(pk=owner.pk).update(email="ada@example.com")
    make_order(PICKUP, {cheesecake: 1})
    ask("ada@example.com")

    client.post(link_in(mail.outbox[0]))

    assert client.get("/dashboard/").status_code == 403
    assert client.get("/admin/").status_code == 302
    customer = User.objects.get(customer_email="ada@example.com")
    assert (customer.pk != owner.pk, customer.is_shop_staff) == (True, False)
    # Nor does a token that somebody made for an owner.
    assert client.post(f"/my-orders/{make_link_token(owner)}/").status_code == 410


def test_customers_are_not_listed_among_the_people_who_work_here(
    client: Client, owner: User, sign_in: Any
) -> None:
    customer_with("ada@example.com")

    page = sign_in(owner).get("/admin/accounts/user/").content.decode()

    assert "olga" in page
    assert "customer-" not in page


def test_an_order_placed_with_capitals_is_found(
    client: Client, cheesecake: Product, ask: Any
) -> None:
    add(client, cheesecake)
    client.post("/checkout/", form_of(client, email="Ada@Example.com"))
    mail.outbox.clear()

    ask("ada@example.COM")

    assert Order.objects.get().customer_email == "ada@example.com"
    assert mail.outbox[-1].subject == "Your orders at Café Linde"


def test_the_queries_of_the_list_do_not_grow(
    client: Client, cheesecake: Product, django_assert_num_queries: Any
) -> None:
    for hours in range(5):
        make_order(PICKUP - DAY - datetime.timedelta(hours=hours), {cheesecake: 1})
    client.force_login(
        customer_with("ada@example.com"), backend="django.contrib.auth.backends.ModelBackend"
    )

    # Session and customer, their count, the orders, their lines, the groups for the menu bar, and
    # what the page says of the shop (2).
    with django_assert_num_queries(8):
        answer = client.get("/my-orders/")

    assert len(answer.context["page"]) == 5


@pytest.fixture
def oat_milk(coffee: Product) -> Option:
    return OptionFactory(
        group=OptionGroupFactory(product=coffee, name="Milk", is_required=False),
        name="Oat milk",
        price_difference_amount=Decimal("0.40"),
    )


@pytest.fixture
def order(client: Client, cheesecake: Product, coffee: Product, oat_milk: Option) -> Order:
    """An order of two cheesecakes and a coffee with oat milk, placed on the site."""
    add(client, cheesecake, 2)
    client.post(
        "/basket/add/",
        {"product": coffee.pk, "quantity": 1, f"group-{oat_milk.group_id}": oat_milk.pk},
    )
    client.post("/checkout/", form_of(client))
    return Order.objects.get()


def test_the_same_again_fills_the_basket_with_its_options(client: Client, order: Order) -> None:
    answer = client.post(f"{order.get_absolute_url()}again/", follow=True)

    lines = answer.context["lines"]
    assert [(line.name, line.quantity) for line in lines] == [
        ("Cheesecake", 2),
        ("Coffee (Oat milk)", 1),
    ]
    assert messages_of(answer) == ["The products of that order are in your basket."]


def test_the_same_again_names_what_is_gone_or_dearer(
    client: Client, order: Order, cheesecake: Product, oat_milk: Option
) -> None:
    Product.objects.filter(pk=cheesecake.pk).update(price_amount=Decimal("4.50"))
    Option.objects.filter(pk=oat_milk.pk).delete()

    answer = client.post(f"{order.get_absolute_url()}again/", follow=True)

    assert [line.name for line in answer.context["lines"]] == ["Cheesecake"]
    assert messages_of(answer) == [
        "No longer on sale: Coffee (Oat milk).",
        "Price increased: Cheesecake €4.50 (it was €4.20).",
        "The products of that order are in your basket.",
    ]


def test_the_same_again_of_what_is_all_gone_says_so(client: Client, order: Order) -> None:
    Product.objects.update(is_on_sale=False)

    answer = client.post(f"{order.get_absolute_url()}again/", follow=True)

    assert answer.context["lines"] == []
    assert messages_of(answer) == ["No longer on sale: Cheesecake; Coffee (Oat milk)."]


def test_the_same_again_of_somebody_elses_order_is_not_found(client: Client) -> None:
    order = make_order(PICKUP, {ProductFactory(): 1})

    assert client.post(f"/orders/{order.pk}/{'x' * 22}/again/").status_code == 404
