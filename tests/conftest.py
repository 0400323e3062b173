from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from cafe_site.accounts.models import OWNERS, STAFF, User
from cafe_site.shop.models import OpeningHours, Weekday
from tests.factories import BERLIN_HOURS, UserFactory


@pytest.fixture
def owner(db: None) -> User:
    user = UserFactory(username="olga")
    user.groups.add(Group.objects.get(name=OWNERS))
    return user


@pytest.fixture
def staff_member(db: None) -> User:
    user = UserFactory(username="sam")
    user.groups.add(Group.objects.get(name=STAFF))
    return user


@pytest.fixture
def sign_in(client: Client) -> Callable[[User], Client]:
    def sign_in_as(user: User) -> Client:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in_as


@pytest.fixture
def opening_hours(db: None) -> None:
    """Open the shop from 8 to 18 on every day but Monday."""
    OpeningHours.objects.bulk_create(
        OpeningHours(weekday=weekday, opens_at=opens_at, closes_at=closes_at)
        for weekday in Weekday
        if weekday != Weekday.MONDAY
        for opens_at, closes_at in BERLIN_HOURS
    )
