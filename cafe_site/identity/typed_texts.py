"""Cleaning of typed and pasted texts. Pure.

Telephones and address books paste invisible marks around a text; they are removed. Joiners stay: in
Persian and Hindi names and in emoji, they belong to the word.
"""

import re
import unicodedata

from cafe_site.identity.normal_forms import without_invisible

# Invisible characters in pasted text: directional embeddings and isolates, byte order mark, soft
# hyphen, word joiner.
_PASTED = re.compile("[\u00ad\u2060\u202a-\u202c\u2066-\u2069\ufeff]")
# They reverse the displayed order of the characters after them.
_OVERRIDES = "\u202d\u202e"
# The Braille pattern without dots: it looks like a space but is not white space.
_BRAILLE_BLANK = "\u2800"
_LINE_BREAK = re.compile("\r\n|[\r\x85\u2028\u2029]")

_TELEPHONE_PREFIX = re.compile(r"tel(?:ephone)?\s*[:.]\s*", re.IGNORECASE)
_TELEPHONE = re.compile(
    r"(?P<number>[0-9+()/.\- ]{5,})"
    # An extension, as written in several languages.
    r"(?:[,;]? ?(?:ext(?:ension|n)?|x|#|dw|durchwahl|app(?:arat)?|poste|interno|int|分机|内线|转)"
    r"[.: ]{0,2}[0-9]{1,6})?",
    re.IGNORECASE,
)
_FEWEST_DIGITS = 5
_DASHES = re.compile("[\u2010-\u2015\u2212]")


class TextRefused(ValueError):
    """A text with a forbidden character; `code_point` names it, such as U+202E."""

    def __init__(self, letter: str) -> None:
        self.code_point = f"U+{ord(letter):04X}"
        super().__init__(self.code_point)


def clean_line(text: str) -> str:
    """Return a text as one line in NFC, with single spaces.

    Raises TextRefused for control characters and directional overrides.
    """
    return " ".join(_without_marks(" ".join(text.split())).split())


def clean_lines(text: str) -> str:
    """Return a text of several lines with LF line breaks, each counted as one character."""
    lines = _LINE_BREAK.sub("\n", text).expandtabs(4).split("\n")
    return "\n".join(_without_marks(line).rstrip() for line in lines).strip()


def clean_telephone(text: str) -> str | None:
    """Return a telephone number with ASCII digits and its extension; None if it is not one."""
    plain = unicodedata.normalize("NFKC", _PASTED.sub("", text))
    visible = "".join(letter for letter in plain if unicodedata.category(letter) != "Cf")
    spaced = " ".join(_DASHES.sub("-", visible).split())
    digits = "".join(_ascii_digit(letter) for letter in _TELEPHONE_PREFIX.sub("", spaced, count=1))
    found = _TELEPHONE.fullmatch(digits)
    if found is None or sum(map(str.isdigit, found["number"])) < _FEWEST_DIGITS:
        return None
    return digits


def is_visible(text: str) -> bool:
    """Whether a text has a visible character."""
    return any(
        unicodedata.category(letter)[0] not in "CZ" and letter != _BRAILLE_BLANK
        for letter in without_invisible(text)
    )


def _without_marks(line: str) -> str:
    found = next((letter for letter in line if _is_refused(letter)), None)
    if found is not None:
        raise TextRefused(found)
    return unicodedata.normalize("NFC", _PASTED.sub("", line).replace("\u200b", " "))


def _is_refused(letter: str) -> bool:
    return letter in _OVERRIDES or unicodedata.category(letter) in ("Cc", "Cs")


def _ascii_digit(letter: str) -> str:
    value = unicodedata.decimal(letter, None)
    return letter if value is None else str(value)
