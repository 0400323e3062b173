"""Dataclasses of a report's content. Pure."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from reports.baking.facts import Baking
from reports.content.corrections import Correction
from reports.figures.comparison import Comparison, Value
from reports.figures.sales import DailySummary, PeriodSummary


@dataclass(frozen=True, slots=True)
class DailyReport:
    summary: DailySummary
    comparison: Comparison
    # Changes to earlier days since they were reported.
    corrections: tuple[Correction, ...] = ()
    # The day's scores and the next bake plan; None if nothing is planned.
    baking: Baking | None = None


@dataclass(frozen=True, slots=True)
class Base:
    """An earlier period to compare with: its name and its figures."""

    words: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class PeriodReport:
    summary: PeriodSummary
    # The previous period comes first. Only periods in which the shop existed from start to end.
    bases: tuple[Base, ...]
    # The day of the shop's first order, if it is within the period.
    began_on: datetime.date | None = None
