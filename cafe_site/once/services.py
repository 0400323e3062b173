"""Doing the work of a form once, however often a tap, a reload or the way back sends it."""

import datetime
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cafe_site.once.models import SentForm

# Longer than a session lasts: a form that is older is refused with it.
KEPT_FOR = datetime.timedelta(days=30)


class AlreadyDone(Exception):
    """The form was sent before, and what it asks for is done."""


class FormReused(Exception):
    """The form was sent before with other content; the message says what to do."""


@dataclass(frozen=True, slots=True)
class FormKey:
    """What tells a form from every other one, and a hash of what it asks for."""

    key: str
    content_hash: str


def use_key(form_key: FormKey | None) -> None:
    """Note that a form does its work now, inside the transaction of that work.

    Call it there first of all after the lock of what the work changes: those that are sent at once
    then wait for that lock one after the other. Without it they would wait for this note, and if
    the first one's work is refused, MariaDB lets two of them on together, into a deadlock. A crash
    leaves neither the work nor the note. None is for work without a form, such as a command's.
    Raises AlreadyDone or FormReused.
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
                    "This form was sent before, with other content. Nothing more was changed. "
                    "Reload the page to change it again."
                )
            ) from error
        raise AlreadyDone from error


def forget_old_forms(*, now: datetime.datetime) -> int:
    """Delete the notes that are of no use any more; return how many."""
    deleted, _by_model = SentForm.objects.filter(sent_at__lt=now - KEPT_FOR).delete()
    return deleted
