"""Tests of signing in with a user name in any spelling."""

import pytest
from django.test import Client

from cafe_site.accounts.models import User

PASSWORD = "a long pass phrase"


@pytest.fixture
def olga(db: None) -> User:
    return User.objects.create_user("Olga", password=PASSWORD)


@pytest.mark.parametrize("typed", ["olga", "Olga", "OLGA", "\uff2flga"])
def test_capitals_and_width_of_a_user_name_make_no_difference(
    client: Client, olga: User, typed: str
) -> None:
    client.post("/sign-in/", {"username": typed, "password": PASSWORD})

    assert client.session["_auth_user_id"] == str(olga.pk)


def test_a_look_alike_of_a_user_name_signs_nobody_in(client: Client, olga: User) -> None:
    client.post("/sign-in/", {"username": "\u00f3lga", "password": PASSWORD})

    assert "_auth_user_id" not in client.session


def test_another_spelling_of_a_user_name_is_no_new_try(
    client: Client, olga: User, settings: object
) -> None:
    settings.AXES_ENABLED = True  # type: ignore[attr-defined]
    spellings = ("olga", "Olga", "OLGA", "oLGA", "olGA")

    answers = [
        client.post("/sign-in/", {"username": name, "password": "wrong"}).status_code
        for name in spellings
    ]

    assert answers == [200, 200, 200, 200, 429]
