"""The type of a pattern figure, and the formatting of its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cafe_site.dashboard.tables import Table
from cafe_site.shop.periods import DayRange
from cafe_site.tables.sheets import Sheet
from reports.patterns.products import ProductFigures, product_figures


class Source:
    """The days that a page is about, those beside them, and what several figures share."""

    def __init__(self, days: DayRange, other: DayRange | None = None) -> None:
        self.days = days
        self.other = other or days.before

    @cached_property
    def products(self) -> list[ProductFigures]:
        return product_figures(self.days, self.other)


@dataclass(frozen=True, slots=True)
class Choice:
    """Another way to look at the same figure: what it is called, and what asks for it."""

    label: str
    query: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """`slug` names it in addresses; `chart` is SVG, and empty where a table says it all."""

    slug: str
    title: str
    # How each number comes about, in words that an owner can check.
    definition: str
    sheet: Sheet
    # The table on the page, where it is laid out otherwise than in the files.
    shown: Table | None = None
    # What stands out, in a sentence; empty where nothing does.
    finding: str = ""
    chart: str = ""
    # What the marks of the chart are, by the class that draws them.
    key: Sequence[tuple[str, str]] = ()
    choices: Sequence[Choice] = ()
    # What to do where there is nothing to show yet.
    empty: str = ""

    @property
    def table(self) -> Table:
        return self.shown or Table.of(self.sheet)
