"""The owners' pages: today as it stands, and the history of reports."""

import json
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cafe_site.accounts.access import current_user, owners_only, staff_only
from cafe_site.dashboard.figures import figure_rows, write_figure
from cafe_site.dashboard.forms import SendAgainForm
from cafe_site.orders.background import run_in_reports_after_commit
from cafe_site.shop.fields import make_token
from cafe_site.shop.money import Currency
from cafe_site.shop.opening import shop_calendar
from reports import channel, issuing, publishing
from reports.comparison import FIGURES
from reports.daily import build_report
from reports.models import Delivery, Report
from reports.payload import csv_of, figures_in
from reports.recipients import is_anybody_confirmed

PAGE_SIZE = 28


def delivery_notice() -> dict[str, Any]:
    """Return what keeps reports from reaching anybody, and the newest one that was refused."""
    failed = (
        Delivery.objects.filter(state=Delivery.State.FAILED, number=1)
        .select_related("report")
        .order_by("-report__business_day")
        .first()
    )
    return {
        "has_channel": channel.is_set_up(),
        "is_anybody_confirmed": is_anybody_confirmed(),
        "failed": failed.report if failed else None,
    }


@staff_only
@never_cache
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Show owners the day as it stands; staff have their board instead."""
    if not current_user(request).is_owner:
        return redirect("dashboard:board")
    report = build_report(shop_calendar().day_of(timezone.now()))
    summary, comparison = report.summary, report.comparison
    figures = [
        {
            "label": _(label),
            "value": write_figure(name, getattr(summary.totals, name), summary.currency),
            "last_week": comparison.last_week
            and write_figure(name, comparison.last_week[name], summary.currency),
        }
        for name, label in FIGURES.items()
    ]
    context = {
        "summary": summary,
        "figures": figures,
        "has_last_week": comparison.last_week is not None,
        "delivery_notice": delivery_notice(),
        "last_report": Report.objects.filter(kind=Report.Kind.DAILY).first(),
    }
    return render(request, "dashboard/today.html", context)


@owners_only
@never_cache
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    reports = Report.objects.select_related("told_in").prefetch_related("deliveries")
    page = Paginator(reports, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [history_row(report) for report in page]
    context = {"page": page, "rows": rows, "delivery_notice": delivery_notice()}
    return render(request, "dashboard/reports.html", context)


def history_row(report: Report) -> dict[str, Any]:
    payload = json.loads(report.payload)
    currency = Currency(payload["currency"])
    return {
        "report": report,
        "is_closed": payload["is_closed"],
        "orders": payload["totals"]["orders"],
        "net": write_figure("net_amount", payload["totals"]["net_amount"], currency),
    }


@owners_only
@never_cache
@require_safe
def report(request: HttpRequest, number: int) -> HttpResponse:
    """Show a report as it was sent, beside the figures as they would be now."""
    found = get_object_or_404(
        Report.objects.select_related("told_in").prefetch_related("deliveries__attempts"),
        pk=number,
    )
    context: dict[str, Any] = {
        "report": found,
        "form": SendAgainForm(initial={"request_key": make_token()}),
    }
    if found.kind == Report.Kind.DIGEST:
        context["told"] = found.tells.all()
        return render(request, "dashboard/digest.html", context)
    current = issuing.current_message(found)
    context |= {
        "rows": figure_rows(json.loads(found.payload), json.loads(current.payload)),
        "current": current,
        "is_changed": figures_in(found.payload) != figures_in(current.payload),
    }
    return render(request, "dashboard/report.html", context)


@owners_only
@require_POST
def send_again(request: HttpRequest, number: int) -> HttpResponse:
    found = get_object_or_404(Report, pk=number)
    form = SendAgainForm(request.POST)
    if not channel.is_set_up():
        messages.error(request, _("No topic is set: REPORT_TOPIC_ARN is empty. Nothing was sent."))
    elif form.is_valid():
        delivery = publishing.request_copy(found, request_key=form.cleaned_data["request_key"])
        run_in_reports_after_commit(publishing.publish_requested, delivery.pk)
        messages.success(request, _("The report is on its way again."))
    else:
        messages.error(request, _("This form is incomplete. Reload the page and try again."))
    return redirect("dashboard:report", number)


@owners_only
@require_safe
def report_csv(request: HttpRequest, number: int) -> HttpResponse:
    """Send a report's figures as they were sent, or with ?figures=current as they would be now."""
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
