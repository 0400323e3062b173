import pytest

from cafe_site.identity.typed_texts import (
    TextRefused,
    clean_line,
    clean_lines,
    clean_telephone,
    is_visible,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("O\u2019Brien", "O\u2019Brien"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("\u674e\u5c0f\u9f99", "\u674e\u5c0f\u9f99"),
        # Joiners of Persian, Hindi and of emoji are a part of the word.
        (
            "\u0645\u0647\u062f\u06cc\u200c\u0632\u0627\u062f\u0647",
            "\u0645\u0647\u062f\u06cc\u200c\u0632\u0627\u062f\u0647",
        ),
        ("\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"),
        ("\U0001f469\u200d\U0001f373 Chef", "\U0001f469\u200d\U0001f373 Chef"),
        ("Anna\u00a0Maria", "Anna Maria"),
        ("Soft\u00adname", "Softname"),
        ("\u202aAnna\u202c", "Anna"),
        ("\ufeffx\ny", "x y"),
    ],
)
def test_a_line_is_kept_as_it_is_meant(typed: str, kept: str) -> None:
    assert clean_line(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code_point"), [("\u202eevil", "U+202E"), ("a\x00b", "U+0000"), ("a\x1bb", "U+001B")]
)
def test_control_and_override_characters_are_refused(typed: str, code_point: str) -> None:
    for clean in (clean_line, clean_lines):
        with pytest.raises(TextRefused) as refused:
            clean(typed)

        assert refused.value.code_point == code_point


def test_the_lines_of_a_note_are_kept_and_each_break_is_one_character() -> None:
    assert clean_lines("one\r\ntwo \r\n\r\n\tthree\u2028four\r\n") == "one\ntwo\n\n    three\nfour"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+49 (0)30 / 123-45", "+49 (0)30 / 123-45"),
        ("030.123456", "030.123456"),
        ("0170 1234567 ext. 5", "0170 1234567 ext. 5"),
        ("+1 555 123 4567 x12", "+1 555 123 4567 x12"),
        ("030 12345 Durchwahl 7", "030 12345 Durchwahl 7"),
        ("\u202a+49 30 1234567\u202c", "+49 30 1234567"),
        ("\uff0b49 30 1234", "+49 30 1234"),
        ("+1\u00a0555\u2011123", "+1 555-123"),
        ("\u0660\u0661\u0662\u0663\u0664\u0665\u0666", "0123456"),
        ("\u0966\u0967\u0968\u0969\u096a\u096b", "012345"),
        ("tel:+49301234567", "+49301234567"),
        ("Tel. 030 1234567", "030 1234567"),
    ],
)
def test_a_telephone_number_is_read_as_it_is_meant(typed: str, kept: str) -> None:
    assert clean_telephone(typed) == kept


@pytest.mark.parametrize(
    "typed", ["123", "call me", "()()()()", "030 12345; rm -rf", "1 2 3 4 ext. 5"]
)
def test_what_cannot_be_dialled_is_no_telephone_number(typed: str) -> None:
    assert clean_telephone(typed) is None


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("\u200d\u200e", False),
        ("\u00a0", False),
        ("", False),
        ("\u3164", False),
        ("\u2800", False),
        ("\u674e", True),
    ],
)
def test_a_text_of_marks_alone_is_not_visible(text: str, visible: bool) -> None:
    assert is_visible(text) is visible
