"""Tests of the admin site's sign-in: it has none of its own."""

import pytest
from django.test import Client

from cafe_site.accounts.models import User
from tests.factories import UserFactory


def test_its_sign_in_is_that_of_the_site(client: Client, db: None) -> None:
    answer = client.get("/admin/login/")

    assert (answer.status_code, answer.url) == (302, "/sign-in/?next=/admin/login/")


def test_signed_in_staff_go_to_its_first_page(counter: Client) -> None:
    answer = counter.get("/admin/login/")

    assert (answer.status_code, answer.url) == (302, "/admin/")


def test_a_signed_in_customer_is_refused_and_not_sent_around(client: Client, db: None) -> None:
    client.force_login(
        UserFactory.create(customer_email="ada@example.com"),
        backend="django.contrib.auth.backends.ModelBackend",
    )

    assert client.get("/admin/login/").status_code == 403


@pytest.mark.parametrize("listed", ["olga", "sam"])
def test_owners_see_people_who_work_here(office: Client, staff_member: User, listed: str) -> None:
    page = office.get("/admin/accounts/user/").content.decode()

    assert listed in page


def test_customers_are_not_among_the_people_who_work_here(office: Client) -> None:
    UserFactory.create(username="customer-1", customer_email="ada@example.com")

    page = office.get("/admin/accounts/user/").content.decode()

    assert "customer-1" not in page
