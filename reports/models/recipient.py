"""Models of the report recipients."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cafe_site.identity.fields import EmailAddressField


class ReportRecipient(models.Model):
    """An address that receives reports by SMTP. With a topic, SNS keeps the recipients."""

    address = EmailAddressField(_("e-mail"), unique=True)
    # Values of Report.Kind; a digest goes to the recipients of daily reports.
    kinds = models.JSONField(_("reports"), default=list)
    # The mail server's reply if it refused the last report for this address.
    refusal = models.CharField(max_length=300, blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")

    def __str__(self) -> str:
        return f"recipient {self.pk}"


class RecipientCheck(models.Model):
    """Number of recipients at the last check; a single row."""

    # Not auto-incremented: MariaDB allows no constraint on such a column.
    number = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    confirmed = models.PositiveIntegerField()
    pending = models.PositiveIntegerField()
    checked_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(number=1), name="recipient_check_one_row"),
        ]

    def __str__(self) -> str:
        return f"{self.confirmed} confirmed"
