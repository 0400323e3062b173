import pytest
from django.core.exceptions import ValidationError

from cafe_site.shop.phone import phone_link, validate_phone


@pytest.mark.parametrize(
    "phone",
    ["+49 30 23125 000", "030/23125-000", "(030) 23125.000", "+49 (0)30 23125 000", "12345"],
)
def test_numbers_are_taken_as_people_write_them(phone: str) -> None:
    validate_phone(phone)


@pytest.mark.parametrize(
    "phone",
    [
        *("1234", "+49", "call me", "030 23125 ext. 5", "0049 30\n23125", "++49 30 23125"),
        *("1" * 21, "\uff10\uff13\uff10\uff12\uff13\uff11", "030 23125;evil=1"),
    ],
)
def test_what_nobody_could_call_is_refused_with_an_example(phone: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_phone(phone)

    assert refused.value.messages == [
        f"{phone} is not a telephone number. Enter 5 to 20 digits, with spaces or + ( ) / . - "
        "between them, such as +49 30 23125 000."
    ]


@pytest.mark.parametrize(
    ("phone", "link"),
    [
        ("+49 30 23125 000", "tel:+493023125000"),
        ("+49 (0)30 / 23125-000", "tel:+493023125000"),
        # At home the zero is dialled.
        ("(0)30 23125 000", "tel:03023125000"),
        ("(030) 23125.000", "tel:03023125000"),
    ],
)
def test_a_link_has_what_is_dialled(phone: str, link: str) -> None:
    assert phone_link(phone) == link
