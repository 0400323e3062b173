"""Patterns: a page for each kind of question, and each figure as a file."""

import datetime
import re
from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cafe_site.accounts.access import owners_only
from cafe_site.dashboard.patterns import (
    baking,
    comparison,
    customers,
    pairs,
    products,
    special_days,
    times,
)
from cafe_site.dashboard.patterns.figure import Figure, Source
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
from cafe_site.tables.sheets import Sheet
from reports.figures.closed_days import last_closed_day
from reports.figures.snapshot import snapshot
from reports.figures.summary import first_business_day
from reports.patterns.rollups import missing_days

MakeFigure = Callable[[Source, Mapping[str, str]], Figure]

# Each page's name and its figures, by the names that addresses have for them.
PAGES: Mapping[str, tuple[Promise, Mapping[str, MakeFigure]]] = {
    "times": (
        gettext_lazy("Times"),
        {
            "hours": times.busy_hours,
            "trend": times.trend,
            "lead-times": times.lead_times,
            "special-days": special_days.special_days,
        },
    ),
    "products": (
        gettext_lazy("Products"),
        {
            "ranking": products.ranking,
            "mix": products.mix,
            "pairs": pairs.bought_together,
        },
    ),
    "baking": (
        gettext_lazy("Baking"),
        {"sell-outs": baking.sell_outs, "waste": baking.waste},
    ),
    "customers": (
        gettext_lazy("Customers"),
        {"customers": customers.groups, "returning": customers.weeks},
    ),
    "comparison": (
        gettext_lazy("Comparison"),
        {"figures": comparison.totals, "changes": comparison.product_changes},
    ),
}
# What an address may hold besides the period: it is kept from one look to the next.
CHOICES = ("measure", "by", "least")
PLAIN = re.compile(r"[a-z0-9-]{1,20}")


@owners_only
@never_cache
@require_safe
def patterns(request: HttpRequest, page: str = "times") -> HttpResponse:
    if page not in PAGES:
        raise Http404
    chosen, other = _chosen_days(request)
    source = _source(page, chosen, other)
    with snapshot():
        figures = [make(source, request.GET) for make in PAGES[page][1].values()]
        waiting = _waiting_days(page, source)
    kept = _choices(request)
    if page == "comparison":
        kept.append(other.query)
    context = {
        "pages": [(name, label, name == page) for name, (label, _makers) in PAGES.items()],
        "path": reverse("dashboard:patterns_page", args=[page]),
        "chosen": chosen,
        "other": other if page == "comparison" else None,
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
    page = next((name for name, (_label, figures) in PAGES.items() if slug in figures), None)
    if page is None:
        raise Http404
    chosen, other = _chosen_days(request)
    days = chosen.days
    with snapshot():
        sheet = PAGES[page][1][slug](_source(page, chosen, other), request.GET).sheet
    return sheet, f"{slug}-{days.first.isoformat()}-{days.last.isoformat()}"


def _source(page: str, chosen: ChosenDays, other: OtherDays) -> Source:
    """Return what a page reads: the comparison alone lets its reader choose what is beside."""
    return Source(chosen.days, other.days if page == "comparison" else None)


def _chosen_days(request: HttpRequest) -> tuple[ChosenDays, OtherDays]:
    """Return the period and what it is held against; the usual ones where the address is wrong."""
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


def _waiting_days(page: str, source: Source) -> set[datetime.date]:
    """Return the closed days that a page's figures need and that are not counted yet."""
    first = first_business_day()
    if first is None:
        return set()
    ranges = [(source.days.first, source.days.last)]
    if page in ("products", "comparison"):
        ranges.append((source.other.first, source.other.last))
    if page == "customers":
        # Who is new is told by all days before.
        ranges = [(first, source.days.last)]
    return {day for start, last in ranges for day in missing_days(max(first, start), last)}
