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
    # What has changed of earlier days since they were reported.
    corrections: tuple[Correction, ...] = ()
    # How the day's baking went, and what to bake next; None where nobody plans.
    baking: Baking | None = None


@dataclass(frozen=True, slots=True)
class Base:
    """What a period is compared with, in words, and its figures."""

    words: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class PeriodReport:
    summary: PeriodSummary
    # The period before first; none that the shop did not live through whole.
    bases: tuple[Base, ...]
    # The day of the first order, where it lies within the period.
    began_on: datetime.date | None = None
