"""Tests of the roles: who is staff, who is an owner, and which views they may see."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from cafe_site.accounts.access import current_user, owners_only, staff_only
from cafe_site.accounts.models import OWNERS, STAFF, User
from tests.factories import UserFactory
from tests.fixtures.people import group


@pytest.fixture
def request_of_nobody(rf: RequestFactory) -> HttpRequest:
    request = rf.get("/")
    request.user = AnonymousUser()
    return request


def user_in(*groups: str, **fields: object) -> User:
    user = UserFactory.create(**fields)
    user.groups.set([group(name) for name in groups])
    return user


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse("seen")


def is_let_in(view: object, request: HttpRequest) -> bool:
    try:
        return view(request).content == b"seen"  # type: ignore[operator]
    except PermissionDenied:
        return False


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("groups", "fields", "roles"),
    [
        ([], {}, (False, False)),
        ([STAFF], {}, (False, True)),
        ([OWNERS], {}, (True, True)),
        ([OWNERS, STAFF], {}, (True, True)),
        # The first owner is made by createsuperuser.
        ([], {"is_superuser": True}, (True, True)),
        # Django's own flag for its admin is no role of the shop.
        ([], {"is_staff": True}, (False, False)),
        ([OWNERS], {"is_active": False}, (False, False)),
        ([STAFF], {"is_active": False}, (False, False)),
    ],
)
def test_groups_make_owners_and_staff(
    rf: RequestFactory, groups: list[str], fields: dict[str, bool], roles: tuple[bool, bool]
) -> None:
    user = user_in(*groups, **fields)
    request = rf.get("/")
    request.user = user

    let_in = is_let_in(owners_only(answer), request), is_let_in(staff_only(answer), request)

    assert ((user.is_owner, user.is_shop_staff), let_in) == (roles, roles)


def test_nobody_is_let_in_without_signing_in(request_of_nobody: HttpRequest) -> None:
    assert not is_let_in(staff_only(answer), request_of_nobody)
    assert not is_let_in(owners_only(answer), request_of_nobody)
    with pytest.raises(PermissionDenied):
        current_user(request_of_nobody)


@pytest.mark.django_db
def test_a_customer_is_shown_by_address_and_staff_by_user_name() -> None:
    customer = UserFactory.create(username="customer-1", customer_email="ada@example.com")

    assert (customer.shown_name, user_in(STAFF, username="sam").shown_name) == (
        "ada@example.com",
        "sam",
    )
