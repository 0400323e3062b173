"""The results of the account checks: lines with a remedy, and their table."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

SUBJECT_WIDTH, FOUND_WIDTH = 16, 57
WIDTH = SUBJECT_WIDTH + 1 + FOUND_WIDTH + 2 + len("stop")


class Level(StrEnum):
    """`note` lets a deployment continue; `stop` means that it would fail or do harm."""

    OK = "ok"
    NOTE = "note"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Line:
    """The result of one check. `is_known` is False if AWS did not answer."""

    subject: str
    found: str
    level: Level = Level.OK
    remedy: str = ""
    is_known: bool = True


def ok(subject: str, found: str) -> Line:
    return Line(subject, found)


def note(subject: str, found: str, remedy: str) -> Line:
    return Line(subject, found, Level.NOTE, remedy)


def stop(subject: str, found: str, remedy: str) -> Line:
    return Line(subject, found, Level.STOP, remedy)


def stops(lines: Iterable[Line]) -> list[Line]:
    return [line for line in lines if line.level is Level.STOP]


def table(lines: Sequence[Line]) -> str:
    """Return the lines as text of 80 columns, the remedy of each below it.

    Commands in a remedy are not wrapped, so that they can be copied.
    """
    rows = [_row("looked at", "found", ""), "-" * WIDTH]
    for line in lines:
        first, *others = _wrap(line.found, FOUND_WIDTH, is_cut=True)
        rows.append(_row(line.subject, first, line.level))
        rows += [_row("", text, "") for text in others]
        if line.level is not Level.OK:
            rows += [_row("", text, "") for text in _remedy(line.remedy)]
    return "\n".join(rows)


def _row(subject: str, found: str, level: str) -> str:
    return f"{subject:<{SUBJECT_WIDTH}} {found:<{FOUND_WIDTH}}  {level:>4}".rstrip()


def _remedy(text: str) -> list[str]:
    wrapped = _wrap(text, FOUND_WIDTH - 3, is_cut=False)
    return [f"{'-> ' if number == 0 else '   '}{part}" for number, part in enumerate(wrapped)]


def _wrap(text: str, width: int, *, is_cut: bool) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=is_cut, break_on_hyphens=False) or [""]
