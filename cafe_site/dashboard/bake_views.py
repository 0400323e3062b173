"""Pages of the bake plan: the plan, the kitchen sheet, and the entry of leftovers."""

import contextlib
import datetime
from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cafe_site.accounts.access import current_user, owners_only, staff_only
from cafe_site.dashboard.days import days_context, planned_day, requested_day
from cafe_site.dashboard.forms import LeftoversForm, PlanForm
from cafe_site.dashboard.largest import largest_so_far
from cafe_site.identity.normal_forms import normal_name
from cafe_site.menu.models import RecipeItem
from cafe_site.once.services import AlreadyDone, FormReused
from cafe_site.shop.opening import last_open_day, opening_day, shop_currency
from cafe_site.stock.services import StockRefused, baked_products, write_leftovers
from reports.baking.facts import waste_of
from reports.baking.outlier_words import outlier_words, outliers_before
from reports.baking.plan_lines import PlanLine, plan_lines
from reports.baking.plans import is_score_missing, savings_until, scored_products
from reports.baking.problems import newest_plan_problem
from reports.baking.reasons import reason_of
from reports.baking.services import accept_plan, count_as_usual, count_in_full
from reports.baking.words import score_words
from reports.models import OutlierDay


@owners_only
@never_cache
@require_safe
def bake_plan(request: HttpRequest) -> HttpResponse:
    return show_plan(request, planned_day(request))


def show_plan(
    request: HttpRequest, day: datetime.date, *, form: PlanForm | None = None
) -> HttpResponse:
    days = days_context(day, "bake_plan")
    is_over = day < days["today"]
    lines = plan_lines(day, is_over=is_over)
    form = form or PlanForm(lines, {})
    currency = shop_currency()
    scored = last_open_day(days["today"])
    scores = tuple(scored_products(scored))
    waste, missed = waste_of(scores)
    context = days | {
        "is_over": is_over,
        "is_closed": not lines and opening_day(day).is_closed,
        "groups": plan_groups(lines, form),
        "outliers": [] if is_over else outliers_of_plan(day, lines),
        "problem": newest_plan_problem(day),
        "is_accepted": bool(lines) and all(line.is_accepted for line in lines),
        "accepted": next((line for line in lines if line.is_accepted), None),
        "form": form,
        "scored": scored,
        "scores": [(score, score_words(score, currency)) for score in scores],
        "waste": waste,
        "missed": missed,
        "is_scored_soon": not scores and is_score_missing(scored),
        "savings": savings_until(scored),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "dashboard/bake_plan.html", context, status=status)


def plan_groups(lines: Iterable[PlanLine], form: PlanForm) -> list[dict[str, Any]]:
    """Return the plan by category, each line with its field and its reason."""
    groups = []
    for category, members in groupby(lines, key=lambda line: line.product.category):
        rows = [
            {"line": line, "field": form[PlanForm.name_of(line)], "reason": reason_of(line)}
            for line in members
        ]
        groups.append({"category": category, "rows": rows})
    return groups


def outliers_of_plan(day: datetime.date, lines: Iterable[PlanLine]) -> list[tuple[OutlierDay, str]]:
    """Return the outlier days of a plan, each with its sentence."""
    outliers = outliers_before(day, {line.product.pk for line in lines})
    return [(outlier, outlier_words(outlier)) for outlier in outliers]


@owners_only
@require_POST
def decide_outlier(request: HttpRequest, number: int) -> HttpResponse:
    """Count an outlier day in full, or undo that."""
    day = requested_day(request)
    decide = count_in_full if request.POST.get("count") == "in full" else count_as_usual
    outlier = decide(number, by=current_user(request), now=timezone.now())
    if outlier is None:
        messages.error(request, _("This day is no longer marked. Nothing was changed."))
    elif outlier.counts_in_full:
        messages.success(
            request, _("The day counts in full. The quantities change with this evening's plan.")
        )
    else:
        messages.success(
            request, _("The day counts for less. The quantities change with this evening's plan.")
        )
    return redirect(f"{reverse('dashboard:bake_plan')}?day={day.isoformat()}")


@owners_only
@require_POST
def accept_bake_plan(request: HttpRequest) -> HttpResponse:
    day = requested_day(request)
    lines = plan_lines(day)
    most = largest_so_far([line.product.pk for line in lines], before=day)
    form = PlanForm(lines, most, request.POST)
    if not form.is_valid():
        return show_plan(request, day, form=form)
    try:
        count = accept_plan(
            day, form.quantities, by=current_user(request), now=timezone.now(), once=form.once
        )
    except (StockRefused, FormReused) as error:
        form.add_error(None, str(error))
        return show_plan(request, day, form=form)
    except AlreadyDone:
        count = len(form.quantities)
    if count:
        messages.success(request, _("The plan is accepted. It is now the day's stock."))
    else:
        messages.error(request, _("There is no plan for this day. Nothing was changed."))
    return redirect(f"{reverse('dashboard:bake_plan')}?day={day.isoformat()}")


@staff_only
@never_cache
@require_safe
def bake_sheet(request: HttpRequest) -> HttpResponse:
    """Show a printable sheet of what to bake: boxes to tick, batches, ingredients."""
    day = planned_day(request)
    days = days_context(day, "bake_sheet")
    planned = plan_lines(day, is_over=day < days["today"])
    lines = [line for line in planned if line.quantity]
    groups = [
        {"category": category, "lines": list(members)}
        for category, members in groupby(lines, key=lambda line: line.product.category)
    ]
    context = days | {
        "groups": groups,
        "is_accepted": all(line.is_accepted for line in planned),
        "is_closed": not lines and opening_day(day).is_closed,
        "batches": sum(line.batches for line in lines if line.batch_size > 1),
        "ingredients": ingredients_for(lines),
    }
    return render(request, "dashboard/bake_sheet.html", context)


def ingredients_for(lines: Iterable[PlanLine]) -> list[tuple[str, Decimal, str]]:
    """Return the total ingredients of a plan: ingredient, amount, unit."""
    quantities = {line.product.pk: line.quantity for line in lines}
    amounts: dict[tuple[str, str], Decimal] = {}
    names: dict[str, str] = {}
    for item in RecipeItem.objects.filter(product__in=quantities).order_by("pk"):
        # Recipes may spell the same ingredient differently.
        key = normal_name(item.ingredient)
        names.setdefault(key, item.ingredient)
        amount = item.amount * quantities[item.product_id]
        amounts[key, item.unit] = amounts.get((key, item.unit), Decimal(0)) + amount
    return [
        (names[key], amount.normalize(), unit) for (key, unit), amount in sorted(amounts.items())
    ]


def save_leftovers(form: LeftoversForm, day: datetime.date) -> None:
    """Save a valid form, unless it was sent before."""
    with contextlib.suppress(AlreadyDone):
        write_leftovers(form.leftovers, day, baked=form.baked, now=timezone.now(), once=form.once)


@staff_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leftovers(request: HttpRequest) -> HttpResponse:
    """Ask for the quantities left over in the evening."""
    day = requested_day(request)
    days = days_context(day, "leftovers")
    rows = baked_products(day, is_over=day < days["today"])
    form = LeftoversForm(rows, {})
    if request.method == "POST":
        most = largest_so_far([row.product.pk for row in rows], before=day)
        form = LeftoversForm(rows, most, request.POST)
    if request.method == "POST" and form.is_valid():
        try:
            save_leftovers(form, day)
        except (StockRefused, FormReused) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved. Thank you, and good night."))
            return redirect(f"{reverse('dashboard:leftovers')}?day={day.isoformat()}")
    context = days | {
        "is_to_come": day > days["today"],
        "form": form,
        "rows": [
            (row, form[LeftoversForm.name_of(row.product)], form.baked_field(row)) for row in rows
        ],
    }
    return render(request, "dashboard/leftovers.html", context, status=422 if form.errors else 200)
