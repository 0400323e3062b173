"""Tests of the site's colours: every pair meets WCAG 2.2 AA in both schemes."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parent.parent / "cafe_site" / "static" / "css"
TOKEN = re.compile(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
COLOURS = {name: pair for name, *pair in TOKEN.findall((CSS / "tokens.css").read_text())}
GROUNDS = ("paper", "surface", "tint")
# What is written on what.
TEXTS = [
    *(
        (text, ground)
        for text in ("ink", "ink-soft", "accent", "accent-dark")
        for ground in GROUNDS
    ),
    *((text, ground) for text in ("good", "warn", "bad") for ground in ("paper", "surface")),
    *((text, f"{text}-tint") for text in ("good", "warn", "bad")),
    *(("ink", f"{state}-tint") for state in ("good", "warn", "bad")),
    *(("ink", ground) for ground in ("plate", "plate-edge")),
    ("on-accent", "accent"),
    ("on-accent", "accent-dark"),
]
# What tells where a control or the focus is.
EDGES = [(edge, ground) for edge in ("line-strong", "focus") for ground in GROUNDS]


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2, from 0 to 1."""
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_and_edges_stand_out(scheme: int) -> None:
    weak = [
        f"{front} on {ground}: {ratio:.2f}"
        for pairs, least in ((TEXTS, 4.5), (EDGES, 3.0))
        for front, ground in pairs
        if (ratio := contrast(COLOURS[front][scheme], COLOURS[ground][scheme])) < least
    ]

    assert weak == []


def test_colours_stand_in_one_place() -> None:
    """A colour outside of tokens.css would have no counterpart by night."""
    named = re.compile(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)|\b(?:rgb|hsl|oklch)a?\(")
    found = [
        f"{path.name}: {match[0]}"
        for path in CSS.glob("*.css")
        if path.name != "tokens.css"
        for match in named.finditer(path.read_text())
    ]

    assert found == []
