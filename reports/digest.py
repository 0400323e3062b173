"""Several business days in one message: what an outage kept from being reported. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from cafe_site.shop.money import ZERO
from reports.corrections import Correction
from reports.daily import DailyReport
from reports.message import Message
from reports.payload import canonical_json, plain_totals
from reports.sales import DailySummary, DaySales
from reports.sections import ahead_section, corrections_section, days_section, join_sections
from reports.wording import MONTHS, count_in_subject, long_day, paragraph, subject_of

SCHEMA = "cafe.digest/1"


def render_digest(
    reports: Sequence[DailyReport],
    corrections: Sequence[Correction],
    *,
    shop: str,
    history_url: str,
) -> Message:
    """Return one message for several days, oldest first; each has its own report beside it."""
    days = [report.summary for report in reports]
    return Message(
        subject=_subject(days, shop=shop),
        text=_text(days, corrections, shop=shop, history_url=history_url),
        payload=_payload(days, corrections, shop=shop),
    )


def _subject(days: Sequence[DailySummary], *, shop: str) -> str:
    currency, last = days[-1].currency, days[-1].day
    orders = count_in_subject(_orders(days), "order")
    end = (
        f"{len(days)} days to {last.day} {MONTHS[last.month - 1][:3]} {last.year}: "
        f"{currency.code} {currency.plain(_net(days))} net, {orders}"
    )
    return subject_of(shop, end)


def _text(
    days: Sequence[DailySummary],
    corrections: Sequence[Correction],
    *,
    shop: str,
    history_url: str,
) -> str:
    first, last = days[0], days[-1]
    ahead = last.ordered_ahead
    return join_sections(
        [
            _("%(shop)s\n%(first)s\nto %(last)s")
            % {"shop": shop, "first": long_day(first.day), "last": long_day(last.day)},
            paragraph(
                _(
                    "The reports of these %(count)s business days could not be sent in time. "
                    "Here they come together; each stands whole in the history."
                )
                % {"count": len(days)}
            ),
            days_section(
                [DaySales(summary.day, summary.is_closed, summary.totals) for summary in days],
                last.currency,
            ),
            ahead_section(ahead),
            corrections_section(corrections),
            _("Digest of %(count)s daily reports.") % {"count": len(days)} + f"\n{history_url}",
        ]
    )


def _payload(days: Sequence[DailySummary], corrections: Sequence[Correction], *, shop: str) -> str:
    return canonical_json(
        {
            "schema": SCHEMA,
            "kind": "digest",
            "business_day": days[-1].day,
            "revision": 1,
            "shop": shop,
            "currency": days[-1].currency.code,
            "is_closed": all(summary.is_closed for summary in days),
            "totals": {"orders": _orders(days), "net_amount": _net(days)},
            "business_days": [
                {
                    "business_day": summary.day,
                    "is_closed": summary.is_closed,
                    "totals": plain_totals(summary.totals),
                }
                for summary in days
            ],
            "corrections": tuple(corrections),
        }
    )


def _orders(days: Sequence[DailySummary]) -> int:
    return sum(summary.totals.orders for summary in days)


def _net(days: Sequence[DailySummary]) -> Decimal:
    return sum((summary.totals.net_amount for summary in days), ZERO)
