"""Pages of the report recipients: owners add, change and remove them."""

import logging
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cafe_site.accounts.access import owners_only
from cafe_site.dashboard.forms import ConfirmForm, KindsForm, RecipientForm, RecipientKeyForm
from cafe_site.identity.form_fields import first_error
from reports.delivery import channel
from reports.delivery.problems import recipients_sentence
from reports.delivery.recipients import (
    CHOSEN_KINDS,
    Recipient,
    RecipientBook,
    RecipientRefused,
    RecipientsUnavailable,
    note_recipients,
)

logger = logging.getLogger(__name__)


@owners_only
@never_cache
@require_safe
def recipients(request: HttpRequest) -> HttpResponse:
    return show_recipients(request)


def show_recipients(
    request: HttpRequest,
    *,
    add_form: RecipientForm | None = None,
    confirm_form: ConfirmForm | None = None,
) -> HttpResponse:
    book = channel.recipient_book()
    context: dict[str, Any] = {
        "book": book,
        "rows": [],
        "add_form": add_form or RecipientForm(initial={"kinds": list(CHOSEN_KINDS)}),
        "confirm_form": confirm_form or ConfirmForm(),
    }
    if book is not None:
        try:
            found = book.all()
        except RecipientsUnavailable as error:
            logger.warning("recipients_unknown reason=%s", error)
            context["problem"] = recipients_sentence(error.problem)
        else:
            note_recipients(found)
            context["rows"] = [
                recipient_row(recipient, index) for index, recipient in enumerate(found)
            ]
            context["is_anybody_confirmed"] = any(item.is_confirmed for item in found)
    status = 422 if add_form or confirm_form else 200
    return render(request, "dashboard/recipients.html", context, status=status)


def recipient_row(recipient: Recipient, index: int) -> dict[str, Any]:
    # Field ids must differ, because all forms are on one page.
    initial = {"key": recipient.key, "kinds": recipient.kinds}
    form = KindsForm(initial=initial, auto_id=f"id_{index}_%s")
    return {"recipient": recipient, "form": form}


def change_book(
    request: HttpRequest, change: Callable[[RecipientBook], None], done: str
) -> str | None:
    """Make a change and show a success message; return the reason if it was refused."""
    book = channel.recipient_book()
    if book is None:
        return _(
            "Nothing was changed: the reports have no e-mail topic yet. Ask the person who runs "
            "the site to set one up."
        )
    try:
        change(book)
    except RecipientRefused as error:
        return str(error)
    except RecipientsUnavailable as error:
        logger.warning("recipients_not_changed reason=%s", error)
        return _("Nothing was changed. %(why)s") % {"why": recipients_sentence(error.problem)}
    messages.success(request, done)
    return None


@owners_only
@require_POST
def add_recipient(request: HttpRequest) -> HttpResponse:
    form = RecipientForm(request.POST)
    if not form.is_valid():
        return show_recipients(request, add_form=form)
    address = form.cleaned_data["address"]
    book = channel.recipient_book()
    if book is not None and book.asks_to_confirm:
        done = _("We have sent %(address)s an e-mail with a link to confirm.") % {
            "address": address
        }
    else:
        done = _("%(address)s gets the reports from now on.") % {"address": address}
    refusal = change_book(request, lambda book: book.add(address, form.cleaned_data["kinds"]), done)
    if refusal:
        form.add_error("address", refusal)
        return show_recipients(request, add_form=form)
    return redirect("dashboard:recipients")


@owners_only
@require_POST
def confirm_recipient(request: HttpRequest) -> HttpResponse:
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return show_recipients(request, confirm_form=form)
    refusal = change_book(
        request,
        lambda book: book.confirm(form.cleaned_data["link"]),
        _("Confirmed. This address gets the next report."),
    )
    if refusal:
        form.add_error("link", refusal)
        return show_recipients(request, confirm_form=form)
    return redirect("dashboard:recipients")


@owners_only
@require_POST
def change_recipient(request: HttpRequest) -> HttpResponse:
    """Change the kinds of a recipient."""
    return _change_by_key(
        request,
        KindsForm(request.POST),
        lambda book, data: book.change_kinds(data["key"], data["kinds"]),
        _("Saved."),
    )


@owners_only
@require_POST
def remove_recipient(request: HttpRequest) -> HttpResponse:
    return _change_by_key(
        request,
        RecipientKeyForm(request.POST),
        lambda book, data: book.remove(data["key"]),
        _("Removed. This address gets no more reports."),
    )


def _change_by_key(
    request: HttpRequest,
    form: forms.Form,
    change: Callable[[RecipientBook, dict[str, Any]], None],
    done: str,
) -> HttpResponse:
    """Handle a form of one recipient. These forms hold no text that could be lost."""
    if form.is_valid():
        refusal = change_book(request, lambda book: change(book, form.cleaned_data), done)
    else:
        refusal = first_error(form)
    if refusal:
        messages.error(request, refusal)
    return redirect("dashboard:recipients")
