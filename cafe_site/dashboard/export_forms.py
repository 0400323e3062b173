"""The form that requests an export or a rebuild, and the periods it offers."""

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cafe_site.shop.business_day import DAY
from cafe_site.shop.periods import DayRange
from reports.models import Job

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def day_field(label: "StrOrPromise") -> forms.DateField:
    return forms.DateField(
        label=label,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": gettext_lazy("Please enter a day, such as 2026-11-22."),
            "invalid": gettext_lazy("This is not a day. Write it as 2026-11-22."),
        },
    )


class ExportForm(forms.Form):
    """A kind of job, and its first and last day."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What"),
        # Evaluated per form, because the labels are in the reader's language.
        choices=lambda: [(kind, capfirst(label)) for kind, label in Job.Kind.choices],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Please choose an export."),
            "invalid_choice": gettext_lazy(
                "“%(value).60s” cannot be exported. Choose one of these."
            ),
        },
    )
    first = day_field(gettext_lazy("First day"))
    last = day_field(gettext_lazy("Last day"))


@dataclass(frozen=True, slots=True)
class Preset:
    label: str
    first: datetime.date
    last: datetime.date


def presets_of(span: DayRange, *, today: datetime.date) -> list[Preset]:
    """Return common periods that have data.

    The first is the one that bookkeepers usually need.
    """
    month = today.replace(day=1)
    last_month = (month - DAY).replace(day=1)
    year = today.replace(month=1, day=1)
    last_year = year.replace(year=year.year - 1)
    wanted = [
        Preset(_("Last month"), last_month, month - DAY),
        Preset(_("This month"), month, today),
        Preset(_("Last year"), last_year, year - DAY),
        Preset(_("This year"), year, today),
        Preset(_("Everything"), span.first, span.last),
    ]
    clipped = [
        Preset(preset.label, max(preset.first, span.first), min(preset.last, span.last))
        for preset in wanted
    ]
    return [preset for preset in clipped if preset.first <= preset.last]
