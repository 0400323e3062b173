"""The type of a pattern figure, and the formatting of its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cafe_site.dashboard.tables import Table
from cafe_site.shop.periods import DayRange
from cafe_site.tables.sheets import Sheet
from reports.patterns.products import ProductFigures, product_figures


class Source:
    """A page's days, the days to compare with, and data shared by its figures."""

    def __init__(self, days: DayRange, other: DayRange | None = None) -> None:
        self.days = days
        self.other = other or days.before

    @cached_property
    def products(self) -> list[ProductFigures]:
        return product_figures(self.days, self.other)


@dataclass(frozen=True, slots=True)
class Choice:
    """Another view of the same figure: its label and its query."""

    label: str
    query: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """`slug` is its name in addresses; `chart` is SVG, empty if the table is enough."""

    slug: str
    title: str
    # How each number is computed, so that an owner can check it.
    definition: str
    sheet: Sheet
    # The table on the page, if its layout differs from the files.
    shown: Table | None = None
    # The main finding as a sentence; empty if there is none.
    finding: str = ""
    chart: str = ""
    # The chart's legend, by the CSS class of the marks.
    key: Sequence[tuple[str, str]] = ()
    choices: Sequence[Choice] = ()
    # What to do if there is no data.
    empty: str = ""

    @property
    def table(self) -> Table:
        return self.shown or Table.of(self.sheet)
