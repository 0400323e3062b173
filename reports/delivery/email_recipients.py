"""Recipients of reports sent by SMTP, kept in the database."""

import logging
from collections.abc import Collection, Mapping
from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from reports.delivery.problems import refusal_sentence
from reports.delivery.recipients import (
    CHOSEN_KINDS,
    Recipient,
    RecipientRefused,
    RecipientState,
    RecipientsUnavailable,
)
from reports.models import ReportRecipient

logger = logging.getLogger(__name__)


class EmailRecipients:
    """Recipients in the database. Owners add addresses, so no confirmation is needed."""

    asks_to_confirm = False

    def all(self) -> list[Recipient]:
        return [
            Recipient(
                row.address,
                RecipientState.CONFIRMED,
                tuple(row.kinds),
                key=str(row.pk),
                problem=refusal_sentence(row.refusal),
            )
            for row in ReportRecipient.objects.order_by("address")
        ]

    def add(self, address: str, kinds: Collection[str]) -> None:
        """Send an address a welcome e-mail, and add it if the mail server accepts that."""
        if ReportRecipient.objects.filter(address=address).exists():
            raise RecipientRefused(
                _("%(address)s already gets the reports.") % {"address": address}
            )
        _welcome(address)
        ReportRecipient.objects.get_or_create(address=address, defaults={"kinds": _in_order(kinds)})

    def change_kinds(self, key: str, kinds: Collection[str]) -> None:
        ReportRecipient.objects.filter(pk=_id_in(key)).update(kinds=_in_order(kinds))

    def remove(self, key: str) -> None:
        ReportRecipient.objects.filter(pk=_id_in(key)).delete()

    def confirm(self, link: str) -> None:
        raise RecipientRefused(
            _("Nobody has to confirm here: every address in the list gets the reports.")
        )


def addresses_for(kind: str) -> list[str]:
    """Return the addresses that receive reports of a kind."""
    rows = ReportRecipient.objects.order_by("address")
    return [row.address for row in rows if kind in row.kinds]


def note_refused(refused: Mapping[str, str], addresses: list[str]) -> None:
    """Save which addresses the server refused, for the recipients page."""
    for row in ReportRecipient.objects.filter(address__in=addresses):
        refusal = refused.get(row.address, "")[:300]
        if refusal:
            logger.error("report_refused_for_recipient recipient=%s words=%s", row.pk, refusal)
        if row.refusal != refusal:
            ReportRecipient.objects.filter(pk=row.pk).update(refusal=refusal)


def _in_order(kinds: Collection[str]) -> list[str]:
    return [str(kind) for kind in CHOSEN_KINDS if kind in kinds]


def _id_in(key: str) -> int:
    if not key.isdecimal() or not ReportRecipient.objects.filter(pk=int(key)).exists():
        raise RecipientRefused(_("This recipient is no longer in the list. Reload the page."))
    return int(key)


def _welcome(address: str) -> None:
    """Send the welcome e-mail. A refusal by the server is reported to the owner."""
    message = EmailMessage(
        _("Reports of %(shop)s") % {"shop": settings.SHOP_NAME},
        _(
            "From now on, this address receives the reports of %(shop)s.\n\n"
            "To change or end this, open\n%(address)s\n"
        )
        % {"shop": settings.SHOP_NAME, "address": f"{settings.REPORT_HISTORY_URL}recipients/"},
        to=[address],
    )
    try:
        message.send()
    except SMTPRecipientsRefused as error:
        raise RecipientRefused(
            _("The mail server does not accept e-mail for %(address)s. Check the spelling.")
            % {"address": address}
        ) from error
    except (SMTPException, OSError) as error:
        raise RecipientsUnavailable(f"The mail server gave no answer: {error}") from error
