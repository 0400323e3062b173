"""The pages of patterns, and their figures as CSV and XLSX files."""

import datetime
import re
from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cafe_site.accounts.access import owners_only
from cafe_site.dashboard.patterns.figure import Source
from cafe_site.dashboard.patterns.pages import PAGES, Needs, Page, page_called, page_of_figure
from cafe_site.dashboard.ranges import (
    OTHERS,
    PRESETS,
    ChosenDays,
    OtherDays,
    RangeRefused,
    chosen_days,
    other_days,
)
from cafe_site.dashboard.tables import csv_response, xlsx_response
from cafe_site.shop.periods import DayRange
from cafe_site.tables.sheets import Sheet
from reports.figures.closed_days import last_closed_day
from reports.figures.snapshot import snapshot
from reports.figures.summary import first_business_day
from reports.patterns.rollups import missing_days

# Query parameters besides the period that the links of a page keep.
CHOICES = ("measure", "by", "least")
PLAIN = re.compile(r"[a-z0-9-]{1,20}")


@owners_only
@never_cache
@require_safe
def patterns(request: HttpRequest, page: str = "times") -> HttpResponse:
    shown = page_called(page)
    if shown is None:
        raise Http404
    chosen, other = _chosen_days(request)
    source = _source(shown, chosen, other)
    with snapshot():
        figures = [make(source, request.GET) for make in shown.figures.values()]
        waiting = _waiting_days(shown, source)
    kept = _choices(request)
    if shown.chooses_other:
        kept.append(other.query)
    context = {
        "pages": [(each.name, each.label, each is shown) for each in PAGES],
        "path": reverse("dashboard:patterns_page", args=[shown.name]),
        "chosen": chosen,
        "other": other if shown.chooses_other else None,
        "others": [(name, label, name == other.name) for name, label in OTHERS.items()],
        "presets": [(name, label, name == chosen.preset) for name, label in PRESETS.items()],
        # What moving to another period keeps, and what leads to the very same figures.
        "kept": "".join(f"&{part}" for part in kept),
        "query": "&".join([chosen.query, *kept]),
        "figures": figures,
        "waiting": len(waiting),
    }
    return render(request, "dashboard/patterns.html", context)


@owners_only
@never_cache
@require_safe
def pattern_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Send a figure's table as CSV, with the period and the choices of its page."""
    sheet, name = _sheet_of(request, slug)
    return csv_response(sheet, f"{name}.csv")


@owners_only
@never_cache
@require_safe
def pattern_xlsx(request: HttpRequest, slug: str) -> HttpResponse:
    """Send a figure's table as a workbook, with the period and the choices of its page."""
    sheet, name = _sheet_of(request, slug)
    return xlsx_response(sheet, f"{name}.xlsx")


def _sheet_of(request: HttpRequest, slug: str) -> tuple[Sheet, str]:
    """Return a figure's table and what its file is called."""
    page = page_of_figure(slug)
    if page is None:
        raise Http404
    chosen, other = _chosen_days(request)
    days = chosen.days
    with snapshot():
        sheet = page.figures[slug](_source(page, chosen, other), request.GET).sheet
    return sheet, f"{slug}-{days.first.isoformat()}-{days.last.isoformat()}"


def _source(page: Page, chosen: ChosenDays, other: OtherDays) -> Source:
    """Return the days that a page reads."""
    return Source(chosen.days, other.days if page.chooses_other else None)


def _chosen_days(request: HttpRequest) -> tuple[ChosenDays, OtherDays]:
    """Return the period and the days to compare with; the defaults if the address is wrong."""
    newest = last_closed_day(timezone.now())
    try:
        chosen = chosen_days(request.GET, newest)
        return chosen, other_days(request.GET, chosen.days, newest)
    except RangeRefused as error:
        messages.error(request, str(error))
        chosen = chosen_days({}, newest)
        return chosen, other_days({}, chosen.days, newest)


def _choices(request: HttpRequest) -> list[str]:
    known: Mapping[str, str] = request.GET
    return [f"{name}={known[name]}" for name in CHOICES if PLAIN.fullmatch(known.get(name, ""))]


def _waiting_days(page: Page, source: Source) -> set[datetime.date]:
    """Return the closed days that a page's figures need and that are not counted yet."""
    first = first_business_day()
    if first is None:
        return set()
    ranges = {
        Needs.PERIOD: [source.days],
        Needs.PERIOD_AND_OTHER: [source.days, source.other],
        Needs.ALL_UNTIL_PERIOD: [DayRange(first, source.days.last)],
    }[page.needs]
    return {day for days in ranges for day in missing_days(max(first, days.first), days.last)}
