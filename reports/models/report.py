"""Models of reports, of their deliveries, and of each attempt to deliver."""

import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from cafe_site.identity.fields import ExactTextField
from cafe_site.outbox.claims import Claimable, ClaimableQuerySet
from cafe_site.shop.fields import TokenField


class ReportQuerySet(models.QuerySet["Report"]):
    def daily(self) -> Self:
        return self.filter(kind=Report.Kind.DAILY)

    def between(self, first: datetime.date, last: datetime.date) -> Self:
        """Return the reports whose business day lies from `first` to `last`, both included."""
        return self.filter(business_day__range=(first, last))

    def first_revisions(self) -> Self:
        """Return the reports as first issued, without later revisions."""
        return self.filter(revision=1)


class Report(models.Model):
    """The report of a day, a week or a month as it was issued; never changed."""

    class Kind(models.TextChoices):
        DAILY = "daily", _("daily")
        # Their business day is the last one of the week or the month.
        WEEKLY = "weekly", _("weekly")
        MONTHLY = "monthly", _("monthly")
        # One message about several missed days; its business day is the last of them.
        DIGEST = "digest", _("digest")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.DAILY)
    business_day = models.DateField(_("business day"))
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    subject = models.CharField(max_length=100)
    text = models.TextField()
    # Canonical JSON as text. A JSON column may return another order, and the fingerprint would no
    # longer match.
    payload = models.TextField()
    # The report that mentions this one: a digest, or the next report, which lists corrections. None
    # for a report with its own delivery.
    told_in = models.ForeignKey("self", models.PROTECT, null=True, related_name="tells")
    sha256 = ExactTextField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ("-business_day", "-revision")
        constraints = [
            models.UniqueConstraint(
                fields=("business_day", "kind", "revision"), name="report_once_per_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} revision {self.revision}"

    @property
    def name(self) -> str:
        """What logs call it: `daily 2026-11-22`."""
        return f"{self.kind} {self.business_day.isoformat()}"


class DeliveryQuerySet(ClaimableQuerySet["Delivery"]):
    """Deliveries, to be claimed before they are published."""

    def scheduled(self) -> Self:
        """Return the first delivery of each report, without the copies that owners request."""
        return self.filter(number=1)

    def pending(self) -> Self:
        """Return the deliveries that were never tried, or certainly did not arrive."""
        return self.filter(state=Delivery.State.PENDING)


class Delivery(Claimable):
    """One delivery of a report. The first is scheduled; later ones are copies."""

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        PUBLISHING = "publishing", _("publishing")
        PUBLISHED = "published", _("published")
        AMBIGUOUS = "ambiguous", _("perhaps sent")
        FAILED = "failed", _("failed")
        # Never sent, because a digest or a newer report of its kind replaced it.
        OVERTAKEN = "overtaken", _("replaced by a newer one")

    WAITING_STATES = (State.PENDING, State.AMBIGUOUS)
    CLAIMED_STATE = State.PUBLISHING

    report = models.ForeignKey(Report, models.PROTECT, related_name="deliveries")
    number = models.PositiveSmallIntegerField(default=1)
    # One "send again" form makes one copy, however often it is sent.
    request_key = TokenField(null=True, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    message_id = ExactTextField(max_length=100, blank=True)
    published_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("report", "number")
        constraints = [
            models.UniqueConstraint(fields=("report", "number"), name="delivery_number_once"),
        ]
        indexes = [models.Index(fields=("state", "not_before"), name="delivery_waiting")]

    def __str__(self) -> str:
        return f"delivery {self.number} of {self.report}"


class Attempt(models.Model):
    """One step of one delivery. Rows are only ever added."""

    class Step(models.TextChoices):
        CLAIMED = "claimed", _("claimed")
        PUBLISHED = "published", _("published")
        RETRIED_LATER = "retried_later", _("to be tried again")
        AMBIGUOUS = "ambiguous", _("perhaps sent")
        FAILED = "failed", _("failed")
        RECEIVED = "received", _("came back from the topic")

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    fence = models.PositiveIntegerField()
    step = models.CharField(max_length=16, choices=Step)
    # The problem's kind, and what SNS or the mail server said: for operators. Owners read what
    # reports.delivery.problems makes of it.
    detail = models.CharField(max_length=300, blank=True)
    message_id = ExactTextField(max_length=100, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.step} (fence {self.fence}) of delivery {self.delivery_id}"
