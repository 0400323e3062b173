"""Page "Today", the first page of the dashboard for owners."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cafe_site.accounts.access import current_user, staff_only
from cafe_site.dashboard.notices import delivery_notice
from cafe_site.dashboard.to_do import things_to_do
from cafe_site.dashboard.today import look_at_today
from cafe_site.dashboard.values import write_value
from reports.figures.comparison import TOTALS
from reports.models import Report


@staff_only
@never_cache
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Show owners today's figures; redirect staff to the board."""
    if not current_user(request).is_owner:
        return redirect("dashboard:board")
    now = timezone.now()
    found = look_at_today(now)
    summary = found.summary
    context = {
        "to_do": things_to_do(),
        "today": found,
        "now": now,
        "summary": summary,
        "figures": [
            (_(label), write_value(name, getattr(summary.totals, name), summary.currency))
            for name, label in TOTALS.items()
        ],
        "delivery_notice": delivery_notice(),
        "last_report": Report.objects.daily().first(),
    }
    return render(request, "dashboard/today.html", context)
