import pytest

from cafe_site.shop.phone import phone_link


@pytest.mark.parametrize(
    ("phone", "link"),
    [
        ("+49 30 23125 000", "tel:+493023125000"),
        ("+49 (0)30 / 23125-000", "tel:+493023125000"),
        # At home the zero is dialled.
        ("(0)30 23125 000", "tel:03023125000"),
        ("(030) 23125.000", "tel:03023125000"),
        ("030 23125 ext. 5", "tel:03023125;ext=5"),
        ("+1 555 123 4567 x12", "tel:+15551234567;ext=12"),
    ],
)
def test_a_link_has_what_is_dialled(phone: str, link: str) -> None:
    assert phone_link(phone) == link
