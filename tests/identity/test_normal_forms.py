from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_site.identity.normal_forms import (
    MAX_KEY_LENGTH,
    AddressRefused,
    check_email,
    normal_code,
    normal_email,
    normal_name,
    normal_receipt,
    normal_slug,
    normal_user_name,
)


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("Flat White", "FLAT  WHITE "),
        ("Flat White", "Flat\u200bWhite"),
        ("Flat White", "\ufeffFlat White"),
        ("Flat White", "\uff26lat White"),
        ("Caf\u00e9 cr\u00e8me", "Cafe\u0301 cre\u0300me"),
        ("Chef\u2019s cake", "Chef's cake"),
        ("Softcake", "Soft\u00adcake"),
        ("Tea \u2615", "Tea \u2615\ufe0f"),
        ("Half\u2013half", "Half-half"),
        (
            "\u0645\u0647\u062f\u06cc\u200c\u0632\u0627\u062f\u0647",
            "\u0645\u0647\u062f\u06cc\u0632\u0627\u062f\u0647",
        ),
    ],
)
def test_spellings_of_one_name_have_one_key(typed: str, other: str) -> None:
    assert normal_name(typed) == normal_name(other)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Eclair", "\u00c9clair"),
        ("Cake \U0001f370", "Cake \U0001f9c1"),
        ("Flat White", "Flat White \u2615"),
        ("Flatwhite", "Flat White"),
        ("M\u00fcsli", "Musli"),
        ("\u30cf\u30f3", "\u30d1\u30f3"),
    ],
)
def test_names_that_differ_for_people_have_keys_that_differ(name: str, other: str) -> None:
    assert normal_name(name) != normal_name(other)


FORMS = (normal_code, normal_email, normal_name, normal_receipt, normal_slug, normal_user_name)


@pytest.mark.once
@pytest.mark.parametrize("form", FORMS)
@given(text=st.text(max_size=40))
def test_a_normal_form_is_its_own_normal_form(form: Callable[[str], str], text: str) -> None:
    once = form(text)

    assert form(once) == once


@pytest.mark.once
@pytest.mark.parametrize("form", FORMS)
def test_no_letter_of_unicode_has_two_normal_forms(form: Callable[[str], str]) -> None:
    letters = [chr(number) for number in range(0x110000) if not 0xD800 <= number < 0xE000]
    normal = {letter: form(f"a{letter}b") for letter in letters if letter.isprintable()}

    assert [letter for letter, once in normal.items() if form(once) != once] == []


def test_a_key_that_would_not_fit_is_cut_and_still_tells_names_apart() -> None:
    one, other = (normal_name("\ufdfa" * 60 + end) for end in "ab")

    assert len(one) == len(other) == MAX_KEY_LENGTH
    assert one != other
    assert normal_name(one) == one


def test_receipts_keep_case_and_accents() -> None:
    assert normal_receipt(" aB3xY\ufeff") == "aB3xY"
    assert normal_receipt("zz-e\u0301") == "zz-\u00e9"


def test_codes_are_capitals_without_blanks() -> None:
    assert normal_code(" spring\u00a0 2026\u200b") == "SPRING2026"


@pytest.mark.parametrize(
    "look_alike",
    [
        "mike.\u017fands@example.org",
        "m\u0131ke.sands@example.org",
        "m\u0130ke.sands@example.org",
        "mike.sands@ex\u00e4mple.org",
        "mike.sands@\u00e9xample.org",
        "mike.sands@\uff45xample.org",
    ],
)
def test_no_look_alike_has_the_normal_form_of_an_address(look_alike: str) -> None:
    assert normal_email(look_alike) != normal_email("Mike.Sands@Example.org")


def test_addresses_are_compared_without_case() -> None:
    assert normal_email(" Ada@M\u00dcLLER.de") == "ada@m\u00fcller.de"


@pytest.mark.parametrize(
    "address", ["ada@example.org", "ada@m\u00fcller.de", "ada@MU\u0308LLER.de"]
)
def test_an_address_that_reaches_its_own_domain_is_taken(address: str) -> None:
    check_email(address)


@pytest.mark.parametrize(
    ("address", "letter"),
    [
        ("ad\u00e4@example.org", "\u00e4"),
        ("mi\u212ae@example.org", "\u212a"),
        ("ada@\uff45xample.org", "\uff45"),
        ("ada@stra\u00dfe.de", "\u00df"),
        ("ada@ban\u212a.de", "\u212a"),
        ("ada@exam\u00adple.org", "\u00ad"),
    ],
)
def test_an_address_whose_mail_would_go_elsewhere_is_refused(address: str, letter: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        check_email(address)

    assert refused.value.letter == letter
