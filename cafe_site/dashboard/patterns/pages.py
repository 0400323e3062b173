"""The pages of patterns: the figures on each, and the days that they read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from cafe_site.dashboard.patterns import (
    baking,
    comparison,
    customers,
    pairs,
    products,
    special_days,
    times,
)
from cafe_site.dashboard.patterns.figure import Figure, Source

MakeFigure = Callable[[Source, Mapping[str, str]], Figure]


class Needs(Enum):
    """The days that must be counted before a page's figures are complete."""

    PERIOD = auto()
    PERIOD_AND_OTHER = auto()
    # Whether a customer is new depends on all days before.
    ALL_UNTIL_PERIOD = auto()


@dataclass(frozen=True, slots=True)
class Page:
    """A page of patterns. `name` and the keys of `figures` are parts of addresses."""

    name: str
    label: Promise
    figures: Mapping[str, MakeFigure]
    needs: Needs = Needs.PERIOD
    # Whether the reader chooses the days that the period is compared with.
    chooses_other: bool = False


PAGES = (
    Page(
        name="times",
        label=gettext_lazy("Times"),
        figures={
            "hours": times.busy_hours,
            "trend": times.trend,
            "lead-times": times.lead_times,
            "special-days": special_days.special_days,
        },
    ),
    Page(
        name="products",
        label=gettext_lazy("Products"),
        figures={
            "ranking": products.ranking,
            "mix": products.mix,
            "pairs": pairs.bought_together,
        },
        needs=Needs.PERIOD_AND_OTHER,
    ),
    Page(
        name="baking",
        label=gettext_lazy("Baking"),
        figures={"sell-outs": baking.sell_outs, "waste": baking.waste},
    ),
    Page(
        name="customers",
        label=gettext_lazy("Customers"),
        figures={"customers": customers.groups, "returning": customers.weeks},
        needs=Needs.ALL_UNTIL_PERIOD,
    ),
    Page(
        name="comparison",
        label=gettext_lazy("Comparison"),
        figures={"figures": comparison.totals, "changes": comparison.product_changes},
        needs=Needs.PERIOD_AND_OTHER,
        chooses_other=True,
    ),
)


def page_called(name: str) -> Page | None:
    return next((page for page in PAGES if page.name == name), None)


def page_of_figure(slug: str) -> Page | None:
    return next((page for page in PAGES if slug in page.figures), None)
