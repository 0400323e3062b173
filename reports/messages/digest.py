"""Digest: one message for several business days that were not reported in time. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cafe_site.shop.dates import long_day
from cafe_site.shop.money import ZERO
from cafe_site.shop.sentences import join_sentences
from reports.content.corrections import Correction
from reports.content.facts import DailyReport
from reports.figures.sales import DaySales
from reports.messages.baking_sections import baking_sections
from reports.messages.message import Message
from reports.messages.payload import canonical_json, corrections_of, plain_totals
from reports.messages.sections import (
    ahead_section,
    corrections_section,
    days_section,
    join_sections,
)
from reports.messages.wording import MONTHS, count_in_subject, paragraph, subject_of

SCHEMA = "cafe.digest/1"


@dataclass(frozen=True, slots=True)
class Digest:
    """Content of a digest: its days, oldest first, and the newest day's report."""

    days: tuple[DaySales, ...]
    # Provides the orders placed ahead and the bake plan.
    last: DailyReport
    corrections: tuple[Correction, ...]
    # Number of earlier days that were never sent; they are in the history.
    older_days: int = 0


def render_digest(digest: Digest, *, revision: int, shop: str, history_url: str) -> Message:
    """Return one message for several days; each day also has its own report."""
    return Message(
        subject=_subject(digest, shop=shop),
        text=_text(digest, shop=shop, history_url=history_url),
        payload=_payload(digest, revision=revision, shop=shop),
    )


def _subject(digest: Digest, *, shop: str) -> str:
    days, currency = digest.days, digest.last.summary.currency
    last = days[-1].day
    orders = count_in_subject(_orders(days), "order")
    end = (
        f"{len(days)} days to {last.day} {MONTHS[last.month - 1][:3]} {last.year}: "
        f"{currency.code} {currency.plain(_net(days))} net, {orders}"
    )
    return subject_of(shop, end)


def _text(digest: Digest, *, shop: str, history_url: str) -> str:
    days, summary = digest.days, digest.last.summary
    first, last = long_day(days[0].day), long_day(days[-1].day)
    words = _("%(shop)s\n%(first)s\nto %(last)s")
    foot = ngettext(
        "Digest of %(count)s daily report.", "Digest of %(count)s daily reports.", len(days)
    ) % {"count": len(days)}
    return join_sections(
        [
            words % {"shop": shop, "first": first, "last": last},
            _why(digest),
            days_section(days, summary.currency),
            ahead_section(summary.ordered_ahead),
            *baking_sections(digest.last.baking, currency=summary.currency),
            corrections_section(digest.corrections),
            f"{foot}\n{history_url}",
        ]
    )


def _why(digest: Digest) -> str:
    why = ngettext(
        "The report of %(count)s business day could not be sent in time. This message sums it up; "
        "the history on the dashboard has it in full.",
        "The reports of these %(count)s business days could not be sent in time. This "
        "message sums them up; the history on the dashboard has each one in full.",
        len(digest.days),
    ) % {"count": len(digest.days)}
    if not digest.older_days:
        return paragraph(why)
    older = ngettext(
        "%(count)s earlier day was not sent either.",
        "%(count)s earlier days were not sent either.",
        digest.older_days,
    ) % {"count": digest.older_days}
    return paragraph(join_sentences(why, older))


def _payload(digest: Digest, *, revision: int, shop: str) -> str:
    days = digest.days
    return canonical_json(
        {
            "schema": SCHEMA,
            "kind": "digest",
            "business_day": days[-1].day,
            "revision": revision,
            "shop": shop,
            "currency": digest.last.summary.currency.code,
            "is_closed": all(sold.is_closed for sold in days),
            "totals": {"orders": _orders(days), "net_amount": _net(days)},
            "older_days": digest.older_days,
            "business_days": [
                {
                    "business_day": sold.day,
                    "is_closed": sold.is_closed,
                    "totals": plain_totals(sold.totals),
                }
                for sold in days
            ],
            **corrections_of(digest.corrections),
            "baking": digest.last.baking,
        }
    )


def _orders(days: Sequence[DaySales]) -> int:
    return sum(sold.totals.orders for sold in days)


def _net(days: Sequence[DaySales]) -> Decimal:
    return sum((sold.totals.net_amount for sold in days), ZERO)
