"""Pages of the report history: each report as sent, and with today's figures."""

import datetime
import json
from typing import Any

from django.contrib import messages
from django.db.models import Max, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cafe_site.accounts.access import owners_only
from cafe_site.dashboard import months
from cafe_site.dashboard.forms import SendAgainForm
from cafe_site.dashboard.notices import delivery_notice
from cafe_site.dashboard.numbers import short_weekday
from cafe_site.dashboard.values import value_rows
from cafe_site.outbox.background import run_in_reports_after_commit
from cafe_site.shop.business_day import DAY, parse_day
from cafe_site.shop.fields import make_token
from cafe_site.shop.opening import shop_calendar
from cafe_site.shop.periods import PeriodKind, period_before, period_with
from reports.delivery import channel, issuing, publishing
from reports.messages.payload import csv_of, sales_in
from reports.models import Report


@owners_only
@never_cache
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Show a month of reports, as a calendar and a list; by default the newest month."""
    span = Report.objects.aggregate(first=Min("business_day"), last=Max("business_day"))
    today = shop_calendar().day_of(timezone.now())
    newest = (span["last"] or today).replace(day=1)
    month = period_with(_requested_month(request, newest), PeriodKind.MONTHLY)
    has_earlier = span["first"] is not None and span["first"] < month.first
    rows = months.rows_of_month(month)
    context = {
        "has_reports": span["first"] is not None,
        "month": month.first,
        "earlier": period_before(month).first if has_earlier else None,
        "later": month.last + DAY if month.first < newest else None,
        "weekdays": [short_weekday(weekday) for weekday in range(7)],
        "weeks": months.weeks_of_month(month, rows),
        "rows": rows,
        "delivery_notice": delivery_notice(),
    }
    return render(request, "dashboard/reports.html", context)


def _requested_month(request: HttpRequest, newest: datetime.date) -> datetime.date:
    """Return the first day of the month in the address, or of the newest one."""
    text = request.GET.get("month")
    if text is None:
        return newest
    try:
        return parse_day(f"{text}-01")
    except ValueError:
        messages.error(
            request,
            _("“%(value)s” is not a month. Write it as %(month)s. The newest month is shown.")
            % {"value": text[:20], "month": newest.strftime("%Y-%m")},
        )
        return newest


@owners_only
@never_cache
@require_safe
def report(request: HttpRequest, number: int) -> HttpResponse:
    """Show a report as sent, next to the current figures."""
    found = get_object_or_404(
        Report.objects.select_related("told_in").prefetch_related("deliveries__attempts"),
        pk=number,
    )
    context: dict[str, Any] = {
        "report": found,
        "form": SendAgainForm(initial={"request_key": make_token()}),
    }
    if found.kind == Report.Kind.DIGEST:
        context["daily_reports"] = found.tells.all()
        return render(request, "dashboard/digest.html", context)
    current = issuing.current_message(found)
    context |= {
        "rows": value_rows(json.loads(found.payload), json.loads(current.payload)),
        "current": current,
        **_neighbours(found),
        "is_changed": sales_in(found.payload) != sales_in(current.payload),
    }
    return render(request, "dashboard/report.html", context)


def _neighbours(report: Report) -> dict[str, Any]:
    """Return the previous and next report of the same kind, and the one to compare with."""
    others = Report.objects.filter(kind=report.kind).only("kind", "business_day")
    days = {"daily": 1, "weekly": 7}.get(report.kind, report.business_day.day)
    first = report.business_day - DAY * (days - 1)
    return {
        "earlier": others.filter(business_day__lt=report.business_day).first(),
        # Not reverse(), which would choose the oldest revision of the next day.
        "later": others.filter(business_day__gt=report.business_day)
        .order_by("business_day", "-revision")
        .first(),
        "first_day": first,
        "compare_with": "before" if report.kind == Report.Kind.MONTHLY else "week",
    }


@owners_only
@require_POST
def send_again(request: HttpRequest, number: int) -> HttpResponse:
    found = get_object_or_404(Report, pk=number)
    form = SendAgainForm(request.POST)
    if not channel.is_set_up():
        messages.error(
            request,
            _(
                "Nothing was sent: the reports have no e-mail topic yet. Ask the person who runs "
                "the site to set one up."
            ),
        )
    elif form.is_valid():
        delivery = publishing.request_copy(found, request_key=form.cleaned_data["request_key"])
        run_in_reports_after_commit(publishing.publish_requested, delivery.pk)
        messages.success(request, _("The report is on its way again."))
    else:
        messages.error(request, _("This form is incomplete. Reload the page and try again."))
    return redirect("dashboard:report", number)


@owners_only
@never_cache
@require_safe
def report_text(request: HttpRequest, number: int) -> HttpResponse:
    """Return a report's e-mail text exactly as sent."""
    found = get_object_or_404(Report, pk=number)
    return HttpResponse(found.text, content_type="text/plain; charset=utf-8")


@owners_only
@never_cache
@require_safe
def report_json(request: HttpRequest, number: int) -> HttpResponse:
    """Return a report's JSON payload, byte for byte the input of its SHA-256."""
    found = get_object_or_404(Report, pk=number)
    return HttpResponse(found.payload, content_type="application/json")


@owners_only
@never_cache
@require_safe
def report_csv(request: HttpRequest, number: int) -> HttpResponse:
    """Return a report's figures as CSV, as sent or (?figures=current) as they are now."""
    found = get_object_or_404(Report.objects.exclude(kind=Report.Kind.DIGEST), pk=number)
    payload, name = found.payload, "sent"
    if request.GET.get("figures") == "current":
        payload, name = issuing.whole_message(found).payload, "current"
    filename = f"{found.kind}-report-{found.business_day.isoformat()}-{name}.csv"
    return HttpResponse(
        csv_of(payload),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )
