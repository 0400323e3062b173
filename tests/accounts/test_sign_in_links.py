"""Tests of the customers' sign-in links."""

import datetime

import pytest
from sesame.tokens import create_token
from time_machine import travel

from cafe_site.accounts.models import User
from cafe_site.accounts.sign_in_links import (
    LINK_LIFETIME,
    customer_of_token,
    customer_with,
    make_link_token,
    use_token,
)
from tests.factories import UserFactory, utc

NOW = utc(2026, 11, 22, 10)
SECOND = datetime.timedelta(seconds=1)

pytestmark = pytest.mark.django_db


def test_one_address_is_one_customer_without_a_password() -> None:
    first, second = customer_with("ada@example.com"), customer_with("Ada@Example.com ")

    assert (first, User.objects.count()) == (second, 1)
    assert not first.has_usable_password()
    assert not first.is_shop_staff


def test_a_link_signs_in_once() -> None:
    customer = customer_with("ada@example.com")
    token = make_link_token(customer)

    used = [use_token(token, now=NOW), use_token(token, now=NOW + SECOND)]

    assert used == [customer, None]
    assert User.objects.get().last_login == NOW


@pytest.mark.parametrize(
    ("age", "is_valid"), [(LINK_LIFETIME - SECOND, True), (LINK_LIFETIME + SECOND, False)]
)
def test_a_link_is_valid_for_15_minutes(age: datetime.timedelta, is_valid: bool) -> None:
    with travel(NOW, tick=False):
        token = make_link_token(customer_with("ada@example.com"))

    with travel(NOW + age, tick=False):
        found = customer_of_token(token)

    assert (found is not None) == is_valid


@pytest.mark.parametrize("token", ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAA", "\u4e2d"])
def test_what_is_no_token_finds_nobody(token: str) -> None:
    customer_with("ada@example.com")

    assert customer_of_token(token) is None


def test_a_token_of_another_scope_finds_nobody() -> None:
    customer = customer_with("ada@example.com")

    assert customer_of_token(str(create_token(customer, "newsletter"))) is None


@pytest.mark.parametrize("fields", [{"is_active": False}, {"customer_email": None}])
def test_a_link_is_for_active_customers_alone(fields: dict[str, object]) -> None:
    customer = UserFactory.create(customer_email="ada@example.com")
    token = make_link_token(customer)
    User.objects.filter(pk=customer.pk).update(**fields)

    assert customer_of_token(token) is None
