"""Pages about the shop itself."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cafe_site.shop.models import ContactDetails


@login_not_required
@require_safe
def legal_notice(request: HttpRequest) -> HttpResponse:
    text = ContactDetails.objects.values_list("legal_notice", flat=True).first()
    if not text:
        raise Http404
    return render(request, "shop/legal_notice.html", {"legal_notice": text})
