"""Text about how one product's baking went. Pure."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cafe_site.shop.money import Currency
from reports.baking.facts import ScoredProduct


def score_words(score: ScoredProduct, currency: Currency) -> str:
    """Return one product's result in words: when it sold out, or how much was left over."""
    if score.is_sold_out:
        words = _("sold out")
        if score.sold_out_at:
            words = _("sold out at %(time)s") % {"time": score.sold_out_at}
        missed = round(score.missed)
        if missed:
            words += "; " + ngettext(
                "about %(count)s more wanted", "about %(count)s more wanted", missed
            ) % {"count": missed}
        return words
    if not score.left_over:
        return _("none left over")
    if score.waste_amount is None:
        return _("%(count)s left over") % {"count": score.left_over}
    return _("%(count)s left over, %(amount)s") % {
        "count": score.left_over,
        "amount": currency.plain(score.waste_amount),
    }
