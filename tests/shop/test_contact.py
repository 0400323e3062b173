"""Tests of the contact details in sentences, and of the owners' form."""

from collections import UserList
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from cafe_site.accounts.models import User
from cafe_site.shop.contact import Contact, how_to_reach_us, read_contact, with_how_to_reach_us
from cafe_site.shop.models import ContactDetails

pytestmark = pytest.mark.django_db
PHONE = "+49 30 23125 012"
FORM = {"address": "", "phone": "", "email": "", "legal_notice": ""}


@pytest.mark.parametrize(
    ("facts", "english", "chinese"),
    [
        (
            {"phone": PHONE, "email": "hello@example.com"},
            f"Please call us on {PHONE}.",
            f"请致电 {PHONE} 与我们联系。",
        ),
        (
            {"email": "hello@example.com", "address": "Lindenstraße 12"},
            "Please write to us at hello@example.com.",
            "请发送电子邮件至 hello@example.com 与我们联系。",
        ),
        ({"address": "Lindenstraße 12"}, "Please ask us in the shop.", "请到店内咨询我们。"),
        (None, "Please ask us in the shop.", "请到店内咨询我们。"),
    ],
)
def test_the_best_way_that_there_is_is_named(
    facts: dict[str, str] | None, english: str, chinese: str
) -> None:
    if facts is not None:
        ContactDetails.objects.create(**facts)

    assert with_how_to_reach_us("It is gone.") == f"It is gone. {english}"
    with override("zh-hans"):
        assert how_to_reach_us() == chinese
        assert with_how_to_reach_us("没有了。") == f"没有了。{chinese}"


def test_the_details_are_read_in_one_query_without_the_notice(django_assert_num_queries) -> None:
    ContactDetails.objects.create(address="A\r\n\r\n B ", legal_notice="Ada")

    with django_assert_num_queries(1) as queries:
        contact = read_contact()

    assert contact == Contact(address="A\r\n\r\n B ", has_legal_notice=True)
    assert contact.address_lines == ["A", "B"]
    assert "Ada" not in str(queries.captured_queries)


def save(client: Client, **fields: str) -> Any:
    return client.post("/admin/shop/contactdetails/add/", FORM | fields)


def test_owners_keep_one_row_as_they_typed_it(office: Client) -> None:
    assert office.get("/admin/shop/contactdetails/")["Location"].endswith("/add/")

    save(office, phone="030 / 23125-012", email="Hello@Example.com", address="Lindenstraße 12")

    row = ContactDetails.objects.get()
    assert (row.pk, row.phone, row.email) == (1, "030 / 23125-012", "Hello@Example.com")
    assert office.get("/admin/shop/contactdetails/")["Location"].endswith("/1/change/")
    assert office.get("/admin/shop/contactdetails/add/").status_code == 403
    assert office.post("/admin/shop/contactdetails/1/delete/").status_code == 403


def test_staff_do_not_keep_it(staff_member: User, sign_in: Callable[[User], Client]) -> None:
    assert sign_in(staff_member).get("/admin/shop/contactdetails/").status_code == 403


def test_all_of_it_may_stay_empty(office: Client) -> None:
    assert save(office).status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        (
            "phone",
            "ring twice",
            "“ring twice” is not a telephone number that we can read. Please write it like "
            "+49 30 1234567, followed by “ext. 5” for an extension.",
        ),
        (
            "email",
            "hello@100%s",
            "hello@100%s is not a complete e-mail address. Enter one like name@example.com.",
        ),
        (
            "address",
            "A" * 301,
            "Please use at most 300 characters. There are 301.",
        ),
        (
            "legal_notice",
            "A" * 20_001,
            "Please use at most 20000 characters. There are 20001.",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(
    office: Client, field: str, value: str, problem: str
) -> None:
    answer = save(office, **{field: value})

    assert [
        str(text)
        for found in answer.context["errors"]
        for text in (found if isinstance(found, list | UserList) else [found])
    ] == [problem]
    assert not ContactDetails.objects.exists()
