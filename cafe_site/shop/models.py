"""When the shop is open. A weekday or a special day without a span is closed."""

import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class Weekday(models.IntegerChoices):
    """ISO order, Monday first, as `date.weekday()` counts."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Span(models.Model):
    """A stretch of local time in which orders are handed out.

    A span that closes at or before the time it opens goes on past midnight.
    """

    opens_at = models.TimeField(_("opens at"))
    closes_at = models.TimeField(_("closes at"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.opens_at:%H:%M}-{self.closes_at:%H:%M}"

    @property
    def times(self) -> tuple[datetime.time, datetime.time]:
        return self.opens_at, self.closes_at


class OpeningHours(Span):
    """The hours of a weekday; a lunch break makes two rows."""

    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ("weekday", "opens_at")
        constraints = [
            models.UniqueConstraint(fields=("weekday", "opens_at"), name="opening_hours_once"),
            models.CheckConstraint(
                condition=models.Q(weekday__lte=6), name="opening_hours_weekday"
            ),
        ]

    def __str__(self) -> str:
        return f"{Weekday(self.weekday).label} {super().__str__()}"

    def clean(self) -> None:
        if self.opens_at is not None and self.opens_at == self.closes_at:
            raise ValidationError(
                {"closes_at": _("The shop would close when it opens. Give a later time.")}
            )


class SpecialDay(models.Model):
    """A date that does not follow the weekday: closed, or open at other hours."""

    day = models.DateField(_("day"), unique=True)
    sentence = models.CharField(
        _("sentence for customers"),
        max_length=200,
        blank=True,
        help_text=_("Shown at the pickup times, such as: Closed for the public holiday."),
    )

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ("-day",)

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class SpecialHours(Span):
    """The hours of a special day; none at all means closed."""

    special_day = models.ForeignKey(SpecialDay, models.CASCADE, related_name="hours")

    class Meta:
        verbose_name = _("special hours")
        verbose_name_plural = _("special hours")
        ordering = ("opens_at",)
