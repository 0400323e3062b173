"""Models of the shop: opening hours, pickup rules and contact details.

A weekday or a special day without a span is closed.
"""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cafe_site.shop.hours_entry import Neighbour, problem_alone, problem_among, problem_beside
from cafe_site.shop.service_day import Times


class Weekday(models.IntegerChoices):
    """Weekdays as `date.weekday()` numbers them, Monday first."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Span(models.Model):
    """A span of local time in which orders are handed out.

    A span that closes at or before its opening time goes on past midnight.
    """

    opens_at = models.TimeField(_("opens at"))
    closes_at = models.TimeField(_("closes at"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.opens_at:%H:%M}-{self.closes_at:%H:%M}"

    def clean(self) -> None:
        if self.has_times and (
            problem := problem_alone(self.times, day_starts_at=settings.SHOP_DAY_STARTS_AT)
        ):
            raise ValidationError({"closes_at": problem})

    @property
    def has_times(self) -> bool:
        """Whether both times are set: in a form, either may be missing."""
        return self.opens_at is not None and self.closes_at is not None

    @property
    def times(self) -> Times:
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
        super().clean()
        if self.weekday not in Weekday or not self.has_times:
            return
        rows = OpeningHours.objects.exclude(pk=self.pk)
        day_starts_at = settings.SHOP_DAY_STARTS_AT
        same_day = [row.times for row in rows.filter(weekday=self.weekday)]
        problem = problem_among(self.times, same_day, day_starts_at=day_starts_at)
        problem = problem or problem_beside(
            self.times,
            before=weekday_hours(self.weekday - 1),
            after=weekday_hours(self.weekday + 1),
            day_starts_at=day_starts_at,
        )
        if problem:
            raise ValidationError({"opens_at": problem})


def weekday_hours(weekday: int) -> Neighbour:
    """Return the hours of a weekday; the day after Sunday is Monday."""
    found = Weekday(weekday % len(Weekday))
    rows = OpeningHours.objects.filter(weekday=found)
    return Neighbour(str(found.label), [row.times for row in rows])


class Cutoff(models.Model):
    """The local time until which orders for a day are taken, on that day or an earlier one."""

    orders_until = models.TimeField(
        _("orders until"),
        null=True,
        blank=True,
        help_text=_("Leave it empty to take orders for as long as the pickup times last."),
    )
    orders_until_days_before = models.PositiveSmallIntegerField(
        _("days before"),
        default=0,
        validators=[MaxValueValidator(14)],
        help_text=_("0 is the day itself, 1 the evening before."),
    )

    class Meta:
        abstract = True


class OrderCutoff(Cutoff):
    """The cut-off of a weekday."""

    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday, unique=True)

    class Meta:
        verbose_name = _("order cut-off")
        verbose_name_plural = _("order cut-offs")
        ordering = ("weekday",)

    def __str__(self) -> str:
        return str(Weekday(self.weekday).label)


class PickupRules(models.Model):
    """The rules of ordering for pickup: a single row, edited by owners."""

    # Not an auto-increment column, because MariaDB allows no constraint on one.
    number = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    lead_minutes = models.PositiveSmallIntegerField(
        _("lead time in minutes"),
        default=20,
        help_text=_("The shortest time between order and pickup. A product may need more."),
    )
    days_ahead = models.PositiveSmallIntegerField(
        _("days ahead"), default=7, validators=[MaxValueValidator(60)]
    )
    slot_capacity = models.PositiveSmallIntegerField(
        _("orders per quarter of an hour"),
        null=True,
        blank=True,
        help_text=_("Leave it empty for no limit."),
    )
    paused_until = models.DateTimeField(_("no orders until"), null=True, blank=True)

    class Meta:
        verbose_name = _("pickup rules")
        verbose_name_plural = _("pickup rules")
        constraints = [
            models.CheckConstraint(condition=models.Q(number=1), name="pickup_rules_one_row"),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class ContactDetails(models.Model):
    """The contact details and the legal notice: a single row, edited by owners."""

    number = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    address = models.TextField(
        _("address"),
        max_length=300,
        blank=True,
        help_text=_(
            "Street and town, each on a line of its own. Customers see it on every page, in "
            "e-mails and as the place of the pickup in their calendar."
        ),
    )
    phone = models.CharField(
        _("telephone"),
        max_length=40,
        blank=True,
        help_text=_("The number that customers are asked to call, such as +49 30 23125 000."),
    )
    email = models.EmailField(
        _("e-mail"),
        blank=True,
        help_text=_("The address that customers can write to. It is shown on every page."),
    )
    legal_notice = models.TextField(
        _("legal notice"),
        max_length=20_000,
        blank=True,
        help_text=_(
            "Who runs the shop, as the law of many countries asks. It gets a page of its own, "
            "which every page links to."
        ),
    )

    class Meta:
        verbose_name = _("contact details")
        verbose_name_plural = _("contact details")
        constraints = [
            models.CheckConstraint(condition=models.Q(number=1), name="contact_details_one_row"),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class SpecialDay(Cutoff):
    """A date with its own hours, or closed.

    Its own cut-off applies if there is one, otherwise the weekday's.
    """

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
    """The hours of a special day; without any, it is closed."""

    special_day = models.ForeignKey(SpecialDay, models.CASCADE, related_name="hours")

    class Meta:
        verbose_name = _("special hours")
        verbose_name_plural = _("special hours")
        ordering = ("opens_at",)
