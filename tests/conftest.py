"""Hooks and fixtures for every test, and a storage of its own for each."""

from collections.abc import Iterator
from itertools import chain

import pytest
from django.core.files.storage import InMemoryStorage, storages
from hypothesis import settings as hypothesis_settings

from cafe_site.shop.models import OpeningHours, Weekday

# Hooks: they fail a test during which the product asks AWS for what its role may not do.
from tests.aws_permissions import (  # noqa: F401
    pytest_configure,
    pytest_runtest_call,
    pytest_runtest_setup,
    pytest_unconfigure,
)
from tests.factories import BERLIN_HOURS

# Hooks: they leave out what is marked long where --long does not ask for it.
from tests.long_option import (  # noqa: F401
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_report_header,
    pytest_terminal_summary,
    pytest_testnodedown,
)

pytest_plugins = [
    "tests.fixtures.people",
    "tests.fixtures.ordering",
    "tests.fixtures.shop",
    "tests.fixtures.bakery",
    "tests.fixtures.exports",
]

# The same examples on every machine, however slow it is.
hypothesis_settings.register_profile("suite", derandomize=True, deadline=None)
hypothesis_settings.load_profile("suite")


@pytest.fixture(autouse=True)
def empty_storage() -> Iterator[None]:
    """Let no test find the files of another: they lie in the memory of the process."""
    yield
    storage = storages["default"]
    if isinstance(storage, InMemoryStorage):
        for name in chain(*storage.listdir("")):
            storage.delete(name)


@pytest.fixture
def opening_hours(db: None) -> None:
    """Open the shop from 8 to 18 on every day but Monday."""
    OpeningHours.objects.bulk_create(
        OpeningHours(weekday=weekday, opens_at=opens_at, closes_at=closes_at)
        for weekday in Weekday
        if weekday != Weekday.MONDAY
        for opens_at, closes_at in BERLIN_HOURS
    )
