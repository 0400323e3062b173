"""Pattern figure of the effect of special days and public holidays on net sales."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cafe_site.dashboard import charts
from cafe_site.dashboard.numbers import signed_percent
from cafe_site.dashboard.patterns.figure import Figure, Source
from cafe_site.shop.dates import local_date
from cafe_site.shop.public_holidays import AFTER_HOLIDAY, BEFORE_HOLIDAY, HOLIDAY
from cafe_site.tables.sheets import CellKind, Column, Sheet
from reports.patterns.times import SpecialDayEffect
from reports.patterns.times import special_days as effects_of_special_days

MOST_BARS = 16


def special_days(source: Source, query: Mapping[str, str]) -> Figure:
    effects = effects_of_special_days(source.days)
    title = _("Special days and holidays")
    rows = [
        (effect.day, _kind_words(effect), effect.net_amount, effect.expected_amount, effect.effect)
        for effect in effects
    ]
    columns = (
        Column(_("Business day"), CellKind.DAY),
        Column(_("Kind of day"), CellKind.TEXT),
        Column(_("Net sales"), CellKind.AMOUNT),
        Column(_("Usual for its weekday"), CellKind.AMOUNT),
        Column(_("Difference"), CellKind.SHARE),
    )
    bars = [
        charts.Bar(
            f"{local_date(effect.day, 'D j M')} · {_kind_words(effect)}",
            effect.effect,
            signed_percent(effect.effect),
        )
        for effect in effects
        if effect.effect is not None
    ]
    return Figure(
        slug="special-days",
        title=title,
        definition=_(
            "Special days, public holidays, and the days before and after holidays. The "
            "usual is the median of the ordinary open days of the same weekday within four "
            "weeks before and after. With fewer than three of them, no figure is shown. "
            "Public holidays appear once the person who runs the site has set the shop's "
            "country."
        ),
        sheet=Sheet(title, columns, rows),
        chart=charts.bar_chart(bars[:MOST_BARS], title=title) if bars else "",
        empty=_(
            "No special day and no holiday in this period. Special days are kept under "
            "“Menu and hours”."
        ),
    )


def _kind_words(effect: SpecialDayEffect) -> str:
    holiday = {
        BEFORE_HOLIDAY: pgettext("kind of day", "before a holiday"),
        HOLIDAY: pgettext("kind of day", "holiday"),
        AFTER_HOLIDAY: pgettext("kind of day", "after a holiday"),
    }.get(effect.holiday)
    own = ""
    if effect.has_own_hours:
        own = effect.sentence.rstrip(".") or (
            pgettext("kind of day", "closed")
            if effect.is_closed
            else pgettext("kind of day", "special hours")
        )
    return ", ".join(filter(None, (holiday, own)))
