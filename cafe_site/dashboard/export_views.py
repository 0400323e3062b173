"""Pages of the exports: request one, follow its progress, download its file."""

import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cafe_site.accounts.access import current_user, owners_only
from cafe_site.dashboard.export_forms import ExportForm, presets_of
from cafe_site.shop.opening import shop_calendar
from reports.models import Job
from reports.offloaded import files, requesting

PAGE_SIZE = 20
# Long enough to start the download; a forwarded link has expired.
LINK_SECONDS = 300


@owners_only
@never_cache
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    return show_exports(request)


def show_exports(request: HttpRequest, *, form: ExportForm | None = None) -> HttpResponse:
    now = timezone.now()
    page = Paginator(Job.objects.select_related("created_by"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    span = requesting.available_span(Job.Kind.EXPORT, now=now)
    presets = presets_of(span, today=shop_calendar().day_of(now)) if span else []
    if form is None and presets:
        form = ExportForm(
            initial={
                "kind": Job.Kind.EXPORT,
                "first": request.GET.get("first", presets[0].first),
                "last": request.GET.get("last", presets[0].last),
            }
        )
    context = {
        "page": page,
        "rows": [export_row(job, now=now) for job in page],
        "form": form,
        "presets": presets,
        "kept_days": Job.KEPT_FOR.days,
    }
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "dashboard/exports.html", context, status=status)


def export_row(job: Job, *, now: datetime.datetime) -> dict[str, Any]:
    return {
        "job": job,
        "has_file": job.has_file_at(now),
        # A rebuild has no file.
        "is_file_gone": job.state == Job.State.DONE and job.file_name and not job.has_file_at(now),
        "may_be_tried_again": job.state in (Job.State.FAILED, Job.State.CANCELLED),
    }


@owners_only
@require_POST
def add_export(request: HttpRequest) -> HttpResponse:
    form = ExportForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            job = requesting.request_job(
                data["kind"],
                first=data["first"],
                last=data["last"],
                by=current_user(request),
                now=timezone.now(),
            )
        except requesting.PeriodRefused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("The export has started. You can leave this page."))
            return back_to(job.pk)
    return show_exports(request, form=form)


@owners_only
@never_cache
@require_safe
def export_status(request: HttpRequest, number: int) -> HttpResponse:
    """Return the row of one export, which the open page reloads while it is running."""
    job = get_object_or_404(Job.objects.select_related("created_by"), pk=number)
    return render(request, "dashboard/export.html", {"row": export_row(job, now=timezone.now())})


@owners_only
@require_POST
def cancel_export(request: HttpRequest, number: int) -> HttpResponse:
    get_object_or_404(Job, pk=number)
    try:
        requesting.cancel_job(number, now=timezone.now())
    except requesting.JobRefused as refused:
        messages.error(request, str(refused))
    return back_to(number)


@owners_only
@require_POST
def retry_export(request: HttpRequest, number: int) -> HttpResponse:
    get_object_or_404(Job, pk=number)
    try:
        requesting.retry_job(number, now=timezone.now())
    except requesting.JobRefused as refused:
        messages.error(request, str(refused))
    return back_to(number)


def back_to(number: int) -> HttpResponse:
    return redirect(f"{reverse('dashboard:exports')}#export-{number}")


@owners_only
@never_cache
@require_safe
def export_file(request: HttpRequest, number: int) -> HttpResponseBase:
    """Send an export's file, or redirect to S3 with a link valid for some minutes."""
    job = get_object_or_404(Job, pk=number)
    if job.has_file_at(timezone.now()):
        address = files.signed_address(job, seconds=LINK_SECONDS)
        if address is not None:
            return redirect(address)
        try:
            return FileResponse(files.open_file(job), as_attachment=True, filename=job.file_name)
        except FileNotFoundError:
            # The file was deleted by hand; handle it like an expired one.
            pass
    messages.error(
        request,
        ngettext(
            "The file was deleted: files are kept for %(days)s day. Start the export again.",
            "The file was deleted: files are kept for %(days)s days. Start the export again.",
            Job.KEPT_FOR.days,
        )
        % {"days": Job.KEPT_FOR.days},
    )
    return back_to(number)
