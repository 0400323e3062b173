"""Tests of the requests that script/deploy and script/make-owner make to a function."""

import pytest

from cafe_site.accounts.models import User
from cafe_site.deployment import make_owner

# The entries part from old connections, which a test's own transaction would not survive.
pytestmark = pytest.mark.django_db(transaction=True)
EVENT = {"user_name": "olga", "email": "olga@cafe.example", "password": "a long one for cakes"}


def test_an_owner_is_made_who_can_sign_in() -> None:
    problems = make_owner(EVENT, None)

    user = User.objects.get()
    assert problems == []
    assert (user.username, user.email, user.is_owner, user.is_staff) == (
        "olga",
        "olga@cafe.example",
        True,
        True,
    )
    assert user.check_password("a long one for cakes")


def test_made_again_the_owner_has_a_new_password() -> None:
    make_owner(EVENT, None)

    problems = make_owner(EVENT | {"user_name": " Olga ", "password": "another long one"}, None)

    assert problems == []
    assert User.objects.get().check_password("another long one")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"password": "password1234"}, "password: Many people use this password"),
        ({"password": "1234"}, "password: This password is too short."),
        ({"email": "olga"}, "email: This is not a complete e-mail address."),
        ({"user_name": ""}, "username: This field is empty."),
        ({"user_name": "ol ga"}, "username: A user name has letters, digits"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_changed(
    changes: dict[str, str], sentence: str
) -> None:
    problems = make_owner(EVENT | changes, None)

    assert sentence in " ".join(problems)
    assert User.objects.count() == 0


def test_a_customer_is_made_no_owner() -> None:
    User.objects.create(username="olga", customer_email="olga@cafe.example")

    problems = make_owner(EVENT, None)

    assert problems == ["username: Somebody has this user name already. Choose another one."]
    assert not User.objects.get().is_owner
