"""Sentences about outlier days: how many sales the forecast counts, and who decided it."""

import datetime
from collections.abc import Collection

from django.utils.translation import gettext as _

from cafe_site.shop.business_day import DAY
from cafe_site.shop.dates import day_in_table
from reports.models import OutlierDay

# Older days have almost no weight in the forecast.
DAYS_SHOWN = 120


def outliers_before(day: datetime.date, products: Collection[int]) -> list[OutlierDay]:
    """Return the outlier days that a day's plan may have learned from, newest first."""
    rows = OutlierDay.objects.filter(
        business_day__range=(day - DAY * DAYS_SHOWN, day - DAY), product__in=products
    )
    return list(rows.select_related("product", "decided_by"))


def outlier_words(outlier: OutlierDay) -> str:
    """Return a sentence that says how many sales of an outlier day count, and why."""
    facts = {
        "day": day_in_table(outlier.business_day),
        "product": outlier.product.name,
        "sold": f"{outlier.sold:,}",
        "counted": f"{outlier.learned_from:,}",
    }
    if not outlier.counts_in_full:
        return (
            _(
                "%(day)s, %(product)s: the forecast counts %(counted)s of %(sold)s sold, because "
                "that is far above the usual."
            )
            % facts
        )
    if outlier.learned_from < outlier.sold:
        return (
            _(
                "%(day)s, %(product)s: the forecast counts %(counted)s of %(sold)s sold, the "
                "maximum for one day."
            )
            % facts
        )
    if outlier.decided_by is None:
        return _("%(day)s, %(product)s: the forecast counts all %(sold)s sold.") % facts
    facts["name"] = outlier.decided_by.shown_name
    return (
        _("%(day)s, %(product)s: the forecast counts all %(sold)s sold. %(name)s decided this.")
        % facts
    )
