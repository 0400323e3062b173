"""Text columns of fixed width; a Chinese character takes two columns. Pure."""

import re
import unicodedata

WIDTH = 40
# Whitespace, a word, or a single wide character.
_PIECE = re.compile(r"\s+|[^\s\u1100-\uffef]+|.", re.DOTALL)
# Characters that must not begin a line.
_CLOSING = "，。、；：！？）」”%,.;:!?)"  # noqa: RUF001 - wide ones are meant.


def width_of(text: str) -> int:
    """Return the width of a text in columns (Unicode Standard Annex 11)."""
    return sum(
        0
        if unicodedata.combining(character)
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )


def wrap(
    text: str, width: int = WIDTH, *, initial_indent: str = "", subsequent_indent: str = ""
) -> list[str]:
    """Wrap a text to `width` columns like textwrap, but with wide characters."""
    lines: list[str] = []
    line, blank, is_empty = initial_indent, "", True
    for piece in _pieces(text, width - len(subsequent_indent)):
        if piece.isspace():
            blank += piece.replace("\n", " ")
            continue
        if not is_empty and width_of(line + blank + piece) > width:
            lines.append(line)
            line, blank = subsequent_indent, ""
        line, blank, is_empty = line + blank + piece, "", False
    return lines if is_empty else [*lines, line]


def _pieces(text: str, width: int) -> list[str]:
    """Return the unbreakable pieces; punctuation stays with the text before it."""
    pieces: list[str] = []
    for piece in _PIECE.findall(text):
        if pieces and piece[0] in _CLOSING and not pieces[-1].isspace():
            pieces[-1] += piece
            continue
        while width_of(piece) > width:
            pieces.append(piece[:width])
            piece = piece[width:]
        pieces.append(piece)
    return pieces


def fill_right(text: str, width: int) -> str:
    """Pad a text with spaces on the right to `width` columns."""
    return text + " " * max(width - width_of(text), 0)


def fill_left(text: str, width: int) -> str:
    """Pad a text with spaces on the left to `width` columns."""
    return " " * max(width - width_of(text), 0) + text
