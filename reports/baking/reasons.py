"""Sentences that explain the quantities of a bake plan."""

from django.utils.translation import gettext as _

from reports.baking.plan_lines import PlanLine


def reason_of(line: PlanLine) -> str:
    """Return why a line has its quantity: the average, the orders, and the week before."""
    facts, day = line.facts, line.business_day
    parts = []
    if facts.get("weeks"):
        parts.append(
            _("average demand on %(weekdays)s: %(count)s")
            % {"weekdays": _weekdays()[day.weekday()], "count": _decimal_words(facts["usual"])}
        )
    else:
        parts.append(_("too new for an average"))
    if line.ordered_ahead:
        parts.append(_("%(count)s ordered ahead") % {"count": line.ordered_ahead})
    if line.carried_over:
        parts.append(_("%(count)s carried over") % {"count": line.carried_over})
    if "sold_out" in facts:
        parts.append(_("sold out by %(time)s a week before") % {"time": facts["sold_out"]})
    elif facts.get("left_over"):
        parts.append(_("%(count)s left over a week before") % {"count": facts["left_over"]})
    if facts.get("holiday"):
        parts.append(_holiday_words(facts["holiday"]))
    if facts.get("is_special"):
        parts.append(_("special hours"))
    return "; ".join(parts)


def _decimal_words(count: float) -> str:
    """Format a mean with one decimal, unless it is 0: 1,234.5."""
    return f"{count:,.1f}".removesuffix(".0")


def _weekdays() -> tuple[str, ...]:
    return (
        _("Mondays"),
        _("Tuesdays"),
        _("Wednesdays"),
        _("Thursdays"),
        _("Fridays"),
        _("Saturdays"),
        _("Sundays"),
    )


def _holiday_words(kind: int) -> str:
    """Return the name of a holiday kind, as used in demand.py."""
    return {
        1: _("the day before a holiday"),
        2: _("a holiday"),
        3: _("the day after a holiday"),
    }[kind]
