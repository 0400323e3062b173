"""Tests that the catalogues contain no code names and no confusing phrases."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plain_sentences import NAMES_OF_CODE

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = sorted(ROOT.glob("cafe_site/*/*/LC_MESSAGES/django.po"))
_VALUE = re.compile(r"%\(\w+\)(?:\.\d+)?[sd]")
# Phrases that were replaced once, and words for "not a", "saved", "anybody who" and "shown".
_COINED = re.compile(
    r"^This is no\b|(?<!There )\bis no (?:day|month|period|kind|picture|recipient|length)\b"
    r"|[Ww]ritten down|[Ww]rite down|\bso many\b|\banew\b|\b[Ww]hoever\b|\btold\b|\btells of\b"
    r"|stands after all|came to nothing|\bof the rest\b|\bof the other\b|\bto be had\b|\bbeside\b"
)


def texts_in(catalogue: Path, *, translated: bool) -> Iterator[str]:
    """Yield what people read: what a catalogue says, and the English that it is asked for."""
    keys = r"msgstr(?:\[\d\])?" if translated else r"msgid(?:_plural)?"
    for entry in catalogue.read_text().split("\n\n")[1:]:
        for found in re.finditer(rf'^{keys} ((?:".*"\n?)+)', entry, re.MULTILINE):
            yield "".join(re.findall(r'"(.*)"', found.group(1)))


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=str)
def test_no_text_has_a_name_of_code(catalogue: Path) -> None:
    texts = list(texts_in(catalogue, translated=True))
    if catalogue.parts[-4] == "locale":
        texts += texts_in(catalogue, translated=False)

    found = {text for text in texts if NAMES_OF_CODE.search(_VALUE.sub("…", text))}

    assert found == set()
    assert len(texts) > 50


def test_no_text_has_a_phrase_that_was_replaced() -> None:
    locale, english = ROOT / "cafe_site/locale/zh_Hans", ROOT / "cafe_site/django_words/en"
    texts = [
        *texts_in(locale / "LC_MESSAGES/django.po", translated=False),
        *texts_in(english / "LC_MESSAGES/django.po", translated=True),
    ]

    assert [text for text in texts if _COINED.search(text)] == []
