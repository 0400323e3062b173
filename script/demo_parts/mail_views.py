"""Pages with the e-mails to customers, because the demo has no mail server."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from script.demo_parts.environment import MAILS
from script.demo_parts.mails import read_mails

MOST_SHOWN = 50


@login_not_required
@never_cache
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """List the newest e-mails."""
    found = read_mails(MAILS)
    return render(request, "demo/mails.html", {"mails": found[:MOST_SHOWN]})


@login_not_required
@never_cache
@require_safe
def mail(request: HttpRequest, key: str) -> HttpResponse:
    found = next((mail for mail in read_mails(MAILS) if mail.key == key), None)
    if found is None:
        raise Http404
    return render(request, "demo/mail.html", {"mail": found})
