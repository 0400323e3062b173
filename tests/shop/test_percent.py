"""Tests of shares that are entered as percentages."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from cafe_site.shop.form_fields import PercentField
from cafe_site.shop.percent import (
    PercentProblem,
    PercentRefused,
    percent_entry,
    percent_text,
    share_of,
)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("19", "0.19"),
        ("19 %", "0.19"),
        ("19%", "0.19"),
        ("\uff11\uff19 \uff05", "0.19"),
        ("7.7", "0.077"),
        ("7,7", "0.077"),
        (" 7,70\u00a0% ", "0.077"),
        ("+5", "0.05"),
        ("0", "0"),
        ("-0", "0"),
        ("1", "0.01"),
        ("100", "1"),
        ("0.19 %", "0.0019"),
    ],
)
def test_a_percentage_is_read_as_a_share(text: str, share: str) -> None:
    assert share_of(text, digits=2) == Decimal(share)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x", PercentProblem.NOT_A_NUMBER),
        ("", PercentProblem.NOT_A_NUMBER),
        ("1e2", PercentProblem.NOT_A_NUMBER),
        ("NaN", PercentProblem.NOT_A_NUMBER),
        ("7.", PercentProblem.NOT_A_NUMBER),
        ("19 %%", PercentProblem.NOT_A_NUMBER),
        ("9" * 10_000, PercentProblem.NOT_A_NUMBER),
        ("100.01", PercentProblem.OUT_OF_RANGE),
        ("-1", PercentProblem.OUT_OF_RANGE),
        ("7.123", PercentProblem.TOO_MANY_DIGITS),
        # In English a thousand; read as 1, it would be taken silently.
        ("1,000", PercentProblem.TOO_MANY_DIGITS),
        ("0.19", PercentProblem.LOOKS_LIKE_A_SHARE),
        ("0,19", PercentProblem.LOOKS_LIKE_A_SHARE),
        (".19", PercentProblem.NOT_A_NUMBER),
    ],
)
def test_what_is_no_percentage_is_refused_by_its_kind(text: str, problem: PercentProblem) -> None:
    with pytest.raises(PercentRefused) as refused:
        share_of(text, digits=2)

    assert refused.value.problem == problem


@given(st.decimals(min_value=0, max_value=1, places=4))
def test_a_share_is_shown_so_that_it_is_read_again(share: Decimal) -> None:
    assert share_of(percent_entry(share), digits=2) == share


@pytest.mark.parametrize(
    ("share", "text"),
    [("0.1900", "19"), ("0.077", "7.7"), ("1.000", "100"), ("0", "0"), ("0.0000", "0")],
)
def test_a_share_is_written_without_zeros_that_say_nothing(share: str, text: str) -> None:
    assert percent_text(Decimal(share)) == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x", "“x” is not a percentage. Enter a number such as 19 or 7.7."),
        ("190", "190 is not between 0 and 100. For 19 %, for example, enter 19."),
        ("-5", "-5 is not between 0 and 100. For 19 %, for example, enter 19."),
        (
            "0.19",
            "Is 0.19 % right? For 19 %, enter 19. For less than 1 %, enter the sign as well: "
            "0.19 %.",
        ),
        ("7.123", "7.123 has too many digits. Enter at most 2 digits after the point."),
    ],
)
def test_the_field_says_what_is_wrong_and_what_to_do(text: str, sentence: str) -> None:
    field = PercentField(digits=2)

    with override("en"), pytest.raises(ValidationError) as refused:
        field.clean(text)

    assert refused.value.messages == [sentence]


def test_a_field_with_a_least_share_refuses_less() -> None:
    field = PercentField(digits=1, least=Decimal("0.001"))

    with override("en"), pytest.raises(ValidationError) as refused:
        field.clean("0")

    assert refused.value.messages == [
        "0 is not between 0.1 and 100. For 19 %, for example, enter 19."
    ]
    assert field.clean("0.1 %") == Decimal("0.001")


def test_the_field_shows_a_share_as_per_cent_and_what_was_typed_as_it_was() -> None:
    field = PercentField(digits=2, required=False)

    shown = [field.prepare_value(value) for value in (Decimal("0.1900"), "0.19", None)]

    assert shown == ["19", "0.19", None]
    assert field.clean("") is None


def test_only_another_share_is_a_change() -> None:
    field = PercentField(digits=2, required=False)

    changed = [field.has_changed(Decimal("0.1900"), typed) for typed in ("19 %", "7", "x", "")]

    assert changed == [False, True, True, True]
    assert not field.has_changed(None, "")


@pytest.mark.parametrize(
    ("share", "entry"),
    [("0", "0"), ("0.0019", "0.19 %"), ("0.0099", "0.99 %"), ("0.01", "1"), ("0.077", "7.7")],
)
def test_only_less_than_one_per_cent_is_entered_with_its_sign(share: str, entry: str) -> None:
    assert percent_entry(Decimal(share)) == entry
