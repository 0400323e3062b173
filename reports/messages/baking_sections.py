"""Sections of the report's text about the bake plan and its scores, 40 columns wide. Pure."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cafe_site.shop.dates import short_day
from cafe_site.shop.money import Currency
from cafe_site.tables.columns import wrap
from reports.baking.facts import Baking, PlannedProduct, Savings
from reports.baking.words import score_words
from reports.messages.sections import percent_of
from reports.messages.wording import paragraph, products_of, row


def baking_sections(baking: Baking | None, *, currency: Currency) -> list[str]:
    """Return the sections: the day's scores, the cost of four weeks, and the plan."""
    if baking is None:
        return []
    return [
        _scores(baking, currency),
        _savings(baking.savings, currency),
        _plan(baking),
    ]


def _scores(baking: Baking, currency: Currency) -> str:
    if not baking.scores:
        return ""
    lines = wrap(_("BAKED, sold and left over"))
    for score in baking.scores:
        lines += row(score.name, f"{score.baked}  {score.sold:>3}")
        lines += _indented(score_words(score, currency))
    if baking.left_out_products:
        names = products_of(baking.left_out_products)
        lines += wrap(_("And %(products)s more on the dashboard.") % {"products": names})
    unknown = sum(score.waste_amount is None for score in baking.scores)
    if unknown < len(baking.scores):
        lines += row(_("Waste"), currency.plain(baking.waste_amount))
    lines += row(_("Missed margin, estimated"), currency.plain(baking.missed_amount))
    if unknown:
        names = products_of(unknown)
        lines += wrap(
            _("Waste is unknown for %(products)s without a unit cost.") % {"products": names}
        )
    return "\n".join(lines)


def _savings(savings: Savings | None, currency: Currency) -> str:
    if savings is None:
        return ""
    cost, before = savings.cost_amount, savings.as_last_week_amount
    text = ngettext(
        "Over the last %(count)s day, waste and missed margin cost %(cost)s. The quantities of "
        "the week before would have cost %(before)s%(change)s.",
        "Over the last %(count)s days, waste and missed margin cost %(cost)s. The quantities of "
        "the week before would have cost %(before)s%(change)s.",
        savings.days,
    )
    percent = percent_of((cost - before) / before) if before else 0
    return paragraph(
        text
        % {
            "count": savings.days,
            "cost": currency.plain(cost),
            "before": currency.plain(before),
            "change": f" ({percent:+}%)" if percent else "",
        }
    )


def _plan(baking: Baking) -> str:
    if baking.plan_day is None or not (baking.plan or baking.plan_problem):
        return ""
    lines = wrap(_("BAKE PLAN for %(day)s") % {"day": short_day(baking.plan_day)})
    lines += wrap(baking.plan_problem)
    category = None
    for product in baking.plan:
        if product.category != category:
            category = product.category
            lines += ["", *wrap(category)]
        lines += [line.rstrip() for line in row(f"{product.quantity:>4} {product.name}", "")]
        lines += _indented(_reason(product))
    if baking.left_out_products:
        names = products_of(baking.left_out_products)
        lines += [
            "",
            *wrap(_("And %(products)s more on the dashboard.") % {"products": names}),
        ]
    return "\n".join(lines)


def _reason(product: PlannedProduct) -> str:
    if product.batch_size == 1 or not product.quantity:
        return product.reason
    return f"{product.batches} x {product.batch_size}; {product.reason}"


def _indented(text: str) -> list[str]:
    return wrap(text, initial_indent="     ", subsequent_indent="     ")
