"""Small changes to modules, and a sample of them that a seed decides. Pure."""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a change is about; each kind is as likely to be drawn as any other."""

    ARITHMETIC = "arithmetic"
    COMPARISON = "comparison"
    NUMBER = "number"
    LOGIC = "logic"
    FLOW = "flow"
    ARGUMENT = "argument"


@dataclass(frozen=True, slots=True)
class Change:
    """One change to one module; it is the operator's change number `occurrence`, from 0 on."""

    path: str
    line: int
    kind: Kind
    operator: str
    occurrence: int
    # The first and last line of the body of the function that it is in; None outside of functions.
    function: tuple[int, int] | None
    # Whether it changes a constant of the module, which may be tuned.
    is_constant: bool


def draw(changes: Iterable[Change], *, seed: int) -> Iterator[Change]:
    """Yield changes in an order that the seed decides, none of them twice.

    The kind is drawn first: otherwise half of a sample would be arguments that are left out.
    """
    lots = random.Random(seed)
    by_kind: dict[Kind, list[Change]] = defaultdict(list)
    for change in changes:
        by_kind[change.kind].append(change)
    for left in by_kind.values():
        lots.shuffle(left)
    while by_kind:
        kind = lots.choice(sorted(by_kind, key=lambda kind: kind.value))
        yield by_kind[kind].pop()
        if not by_kind[kind]:
            del by_kind[kind]


def take(drawn: Iterable[Change], count: int) -> list[Change]:
    """Return the first `count` changes, and the changes to constants that lie between them."""
    sample: list[Change] = []
    for change in drawn:
        if sum(not taken.is_constant for taken in sample) >= count:
            break
        sample.append(change)
    return sample
