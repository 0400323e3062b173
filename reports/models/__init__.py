"""What the database keeps of reports, of who gets them, and of the bake plan."""

from reports.models.bake_plan import BakePlanLine, BakeScore
from reports.models.recipient import RecipientCheck, ReportRecipient
from reports.models.report import Attempt, Delivery, DeliveryQuerySet, Report

__all__ = [
    "Attempt",
    "BakePlanLine",
    "BakeScore",
    "Delivery",
    "DeliveryQuerySet",
    "RecipientCheck",
    "Report",
    "ReportRecipient",
]
