"""Models of the reports, their recipients, the bake plan, rollups and jobs."""

from reports.models.bake_plan import BakePlanLine, BakeScore, OutlierDay
from reports.models.job import Job, JobQuerySet
from reports.models.plan_attempt import PlanAttempt, PlanAttemptQuerySet
from reports.models.recipient import RecipientCheck, ReportRecipient
from reports.models.report import Attempt, Delivery, DeliveryQuerySet, Report
from reports.models.rollup import (
    CustomerRollup,
    DayRollup,
    HourRollup,
    LeadTimeRollup,
    PairRollup,
    ProductRollup,
)

__all__ = [
    "Attempt",
    "BakePlanLine",
    "BakeScore",
    "CustomerRollup",
    "DayRollup",
    "Delivery",
    "DeliveryQuerySet",
    "HourRollup",
    "Job",
    "JobQuerySet",
    "LeadTimeRollup",
    "OutlierDay",
    "PairRollup",
    "PlanAttempt",
    "PlanAttemptQuerySet",
    "ProductRollup",
    "RecipientCheck",
    "Report",
    "ReportRecipient",
]
