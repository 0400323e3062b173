"""Progress bars on standard error."""

import sys
from collections.abc import Iterable, Sequence
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")


def progress(items: Sequence[T], label: str, *, unit: str) -> Iterable[T]:
    """Return the items, and show how many of them are done."""
    # Without a terminal it is a log: one line every two seconds is enough there.
    every = 0.1 if sys.stderr.isatty() else 2
    return tqdm(items, desc=f"{label:<12}", unit=unit, mininterval=every, ncols=78)
