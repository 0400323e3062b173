"""Finds Django's own messages and code names that owners, staff and customers must not see."""

import re
from functools import cache
from pathlib import Path

import django

_PLACES = re.compile(r"%\([a-z_]+\)[a-z]|%[ds]|\{[a-z_]*\}")
NAMES_OF_CODE = re.compile(
    r"\b[A-Za-z]+_[A-Za-z_]+\b"  # a setting, a variable, a field, a constraint
    r"|\b[A-Z][a-z]+[A-Z][a-z][A-Za-z]*\b"  # a class
    r"|(?<!\w)'[^']*'"  # what repr() wrote
    r"|%\("  # a value that was not put in
    r"|\b(?:True|False|slug|UUID|SMTP|SQL|ARN|botocore|boto3)\b"
)
# The longest that is still read: a long value is not repeated whole.
_MOST_CHARACTERS = 300


def problem_of(sentence: str) -> str:
    """Return what is wrong with a sentence for people, or nothing."""
    if len(sentence) > _MOST_CHARACTERS:
        return f"{len(sentence)} characters"
    if found := NAMES_OF_CODE.search(sentence):
        return f"a name of code, {found.group()}"
    if any(pattern.fullmatch(sentence) for pattern in djangos_own()):
        return "Django's own"
    return ""


@cache
def djangos_own() -> tuple[re.Pattern[str], ...]:
    """Return patterns of the sentences that Django ships, in English and in Chinese."""
    root = Path(django.__file__).parent
    paths = [
        folder / "locale" / language / "LC_MESSAGES" / "django.po"
        for folder in (root / "conf", root / "contrib" / "auth", root / "contrib" / "admin")
        for language in ("en", "zh_Hans")
    ]
    texts = {text for path in paths for text in _texts_in(path.read_text())}
    return tuple(_pattern_of(text) for text in sorted(texts))


def _texts_in(catalogue: str) -> set[str]:
    found = re.findall(
        r'^(?:msgid|msgid_plural|msgstr(?:\[\d\])?) ((?:".*"\n?)+)', catalogue, re.MULTILINE
    )
    texts = {"".join(re.findall(r'"(.*)"', quoted)) for quoted in found}
    # Labels such as "Name" are the same in any words.
    return {text for text in texts if text.endswith((".", "。", "?"))}


def _pattern_of(text: str) -> re.Pattern[str]:
    unescaped = text.replace('\\"', '"').replace("\\n", "\n")
    return re.compile(".*".join(map(re.escape, _PLACES.split(unescaped))), re.DOTALL)
