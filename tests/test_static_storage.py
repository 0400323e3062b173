"""Tests of the URLs of static files."""

from collections.abc import Iterator

import pytest
from django.urls import get_script_prefix, set_script_prefix

from cafe_site.static_storage import StaticStorage


@pytest.fixture(autouse=True)
def same_prefix() -> Iterator[None]:
    before = get_script_prefix()
    yield
    set_script_prefix(before)


def test_static_files_lie_below_the_address_that_a_request_came_by() -> None:
    set_script_prefix("/")
    storage = StaticStorage()
    at_home = storage.base_url
    set_script_prefix("/web/")

    assert (at_home, storage.base_url) == ("/static/", "/web/static/")
