"""Idempotency keys of forms: each form does its work once, even if it is sent again."""

import datetime
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cafe_site.once.models import SentForm

# Longer than a session, which ends the use of older forms.
KEPT_FOR = datetime.timedelta(days=30)


class AlreadyDone(Exception):
    """The form was sent before, and its work is done."""


class FormReused(Exception):
    """The form was sent before with other content; the message says what to do."""


@dataclass(frozen=True, slots=True)
class FormKey:
    """The unique key of a form, and a hash of its content."""

    key: str
    content_hash: str


def use_key(form_key: FormKey | None) -> None:
    """Record that a form does its work, inside the transaction of that work.

    Call it directly after locking the rows that the work changes: concurrent copies of a form then
    wait for that lock one after the other. Otherwise they would wait for the key, and if the first
    one is refused, MariaDB resumes two of them at once, which deadlock. A crash undoes both the
    work and the key. Pass None for work without a form, such as a command's. Raises AlreadyDone or
    FormReused.
    """
    if form_key is None:
        return
    try:
        with transaction.atomic():
            SentForm.objects.create(key=form_key.key, content_hash=form_key.content_hash)
    except IntegrityError as error:
        earlier = SentForm.objects.filter(pk=form_key.key).first()
        if earlier is not None and earlier.content_hash != form_key.content_hash:
            raise FormReused(
                _(
                    "This form was already sent with other content. Nothing else was changed. "
                    "Reload the page to make another change."
                )
            ) from error
        raise AlreadyDone from error


def forget_old_forms(*, now: datetime.datetime) -> int:
    """Delete expired keys; return how many."""
    deleted, _by_model = SentForm.objects.filter(sent_at__lt=now - KEPT_FOR).delete()
    return deleted
