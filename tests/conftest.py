from collections.abc import Callable, Iterator
from itertools import chain

import pytest
from django.contrib.auth.models import Group
from django.core.files.storage import InMemoryStorage, storages
from django.test import Client
from hypothesis import settings as hypothesis_settings

from cafe_site.accounts.models import OWNERS, STAFF, User
from cafe_site.shop.models import OpeningHours, Weekday

# Hooks: they fail a test during which the product asks AWS for what its role may not do.
from tests.aws_permissions import (  # noqa: F401
    pytest_configure,
    pytest_runtest_call,
    pytest_runtest_setup,
    pytest_unconfigure,
)
from tests.factories import BERLIN_HOURS, UserFactory
from tests.form_client import FormClient

# Hooks: they leave out what is marked long where --long does not ask for it.
from tests.long_option import (  # noqa: F401
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_report_header,
    pytest_terminal_summary,
    pytest_testnodedown,
)

# The same examples on every machine, however slow it is.
hypothesis_settings.register_profile("suite", derandomize=True, deadline=None)
hypothesis_settings.load_profile("suite")


def group(name: str) -> Group:
    """Return a group; a test that committed has emptied the tables, the migration's rows too."""
    return Group.objects.get_or_create(name=name)[0]


@pytest.fixture(autouse=True)
def empty_storage() -> Iterator[None]:
    """Let no test find the files of another: they lie in the memory of the process."""
    yield
    storage = storages["default"]
    if isinstance(storage, InMemoryStorage):
        for name in chain(*storage.listdir("")):
            storage.delete(name)


@pytest.fixture
def client() -> Client:
    """A browser with no cookies yet."""
    return FormClient()


@pytest.fixture
def owner(db: None) -> User:
    user = UserFactory(username="olga")
    user.groups.add(group(OWNERS))
    return user


@pytest.fixture
def staff_member(db: None) -> User:
    user = UserFactory(username="sam")
    user.groups.add(group(STAFF))
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
