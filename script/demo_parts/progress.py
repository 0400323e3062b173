"""Progress bars on standard error."""

import sys
from collections.abc import Iterable, Sequence
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")


def progress(items: Sequence[T], label: str, *, unit: str) -> Iterable[T]:
    """Yield the items, and show the progress."""
    # In a log instead of a terminal, one line every two seconds is enough.
    every = 0.1 if sys.stderr.isatty() else 2
    return tqdm(items, desc=f"{label:<12}", unit=unit, mininterval=every, ncols=78)
