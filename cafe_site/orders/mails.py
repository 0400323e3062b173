"""Texts of the customer e-mails. Built in Python: templates would escape `Ham & Cheese`."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, linebreaks
from django.utils.translation import gettext as _

from cafe_site.orders.models import Order, OrderLine
from cafe_site.shop.contact import with_how_to_reach_us
from cafe_site.shop.dates import local_date
from cafe_site.shop.facts import signature
from cafe_site.shop.money import ZERO
from cafe_site.shop.opening import shop_calendar, shop_currency
from cafe_site.shop.phone import phone_link

# Text that mail programs turn into links: a scheme, a host name, an address.
_MAY_BE_LINK = re.compile(r"[/@\\]|www|\w\.\w{2,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MailText:
    subject: str
    text: str


def confirmation_mail(
    order: Order, lines: Sequence[OrderLine], *, is_paid: bool = False
) -> MailText:
    """Return the order confirmation, with a link to the order."""
    currency = shop_currency()
    pickup = shop_calendar().local(order.pickup_at)
    items = [
        f"{line.quantity:>3} x {line.name}  {currency.text(line.amounts.total_amount)}"
        for line in lines
    ]
    paragraphs = [
        _greeting(order),
        _("thank you for your order. We will have it ready for you on\n%(when)s.")
        % {"when": local_date(pickup, "l j F Y, H:i")},
        "\n".join(items),
        _total_line(order, is_paid=is_paid),
        # The note is not repeated, because the address is not verified yet.
        *([_("Your note is saved with your order.")] if order.note else []),
        _("Your order and its state:") + f"\n{settings.SITE_URL}{order.get_absolute_url()}",
        signature(timezone.now()),
    ]
    return MailText(
        subject=_("Order %(number)s at %(shop)s")
        % {"number": order.pk, "shop": settings.SHOP_NAME},
        text="\n\n".join(paragraphs) + "\n",
    )


def _greeting(order: Order) -> str:
    """Return the greeting, without the name if a mail program could turn it into a link.

    The order form accepts any address, so a name must not carry a link to a stranger.
    """
    if _MAY_BE_LINK.search(order.customer_name):
        return _("Hello,")
    return _("Hello %(name)s,") % {"name": order.customer_name}


def _total_line(order: Order, *, is_paid: bool) -> str:
    currency = shop_currency()
    if is_paid:
        sentence = _("Total: %(total)s, paid online (tax included: %(tax)s)")
    else:
        sentence = _("Total: %(total)s, to pay at pickup (tax included: %(tax)s)")
    return sentence % {
        "total": currency.text(order.total_amount),
        "tax": currency.text(order.tax_amount),
    }


def ready_mail(order: Order) -> MailText:
    """Return the e-mail that the order is ready."""
    pickup = shop_calendar().local(order.pickup_at)
    return _short_mail(
        order,
        _("Order %(number)s at %(shop)s is ready"),
        _("your order %(number)s is ready. You wanted to collect it on\n%(when)s.")
        % {"number": order.pk, "when": local_date(pickup, "l j F Y, H:i")},
    )


def cancellation_mail(order: Order) -> MailText:
    """Return the e-mail that the order is cancelled."""
    return _short_mail(
        order,
        _("Order %(number)s at %(shop)s is cancelled"),
        with_how_to_reach_us(
            _("your order %(number)s is cancelled. Do you have a question about this?")
            % {"number": order.pk}
        ),
        *_refund_sentences(order),
    )


def stands_again_mail(order: Order) -> MailText:
    """Return the e-mail that the order is not cancelled after all."""
    pickup = shop_calendar().local(order.pickup_at)
    return _short_mail(
        order,
        _("Order %(number)s at %(shop)s is not cancelled"),
        _(
            "your order %(number)s is not cancelled. Please ignore our last e-mail. We "
            "will have it ready for you on\n"
            "%(when)s."
        )
        % {"number": order.pk, "when": local_date(pickup, "l j F Y, H:i")},
    )


def late_payment_mail(order: Order) -> MailText:
    """Return the e-mail that a payment for a cancelled order is refunded."""
    return _short_mail(
        order,
        _("Refund of your payment for order %(number)s at %(shop)s"),
        _("your payment for order %(number)s came after the order was cancelled.")
        % {"number": order.pk},
        *_refund_sentences(order),
    )


def _refund_sentences(order: Order) -> list[str]:
    if not order.is_paid_online:
        return []
    amount = sum((refund.amount for refund in order.payment.refunds.all()), ZERO)
    if not amount:
        return []
    return [
        _("%(amount)s will be refunded to your card. This may take a few days.")
        % {"amount": shop_currency().text(amount)}
    ]


def sign_in_mail(address: str, *, until: datetime.datetime) -> MailText:
    """Return the e-mail with the link that signs a customer in."""
    paragraphs = [
        _("Hello,"),
        _("this link shows you your orders. It works once, until %(time)s.")
        % {"time": date_format(shop_calendar().local(until), "H:i")},
        address,
        _(
            "If you did not request it, ignore this e-mail: nobody can see your orders without "
            "the link."
        ),
        signature(timezone.now()),
    ]
    return MailText(
        subject=_("Your orders at %(shop)s") % {"shop": settings.SHOP_NAME},
        text="\n\n".join(paragraphs) + "\n",
    )


def _short_mail(order: Order, subject: str, *sentences: str) -> MailText:
    paragraphs = [
        _greeting(order),
        *sentences,
        f"{settings.SITE_URL}{order.get_absolute_url()}",
        signature(timezone.now()),
    ]
    return MailText(
        subject=subject % {"number": order.pk, "shop": settings.SHOP_NAME},
        text="\n\n".join(paragraphs) + "\n",
    )


def html_of(text: str, *, phone: str = "", email: str = "") -> str:
    """Return an e-mail's text as HTML with the same words and paragraphs.

    Only the site's own addresses, each on its own line, and the shop's telephone number and e-mail
    address become links; nothing that a user typed does.
    """
    body = "\n".join(_html_line(line, phone, email) for line in text.strip().split("\n"))
    return f"<!doctype html>\n<html><body>\n{linebreaks(body)}\n</body></html>\n"


def _html_line(line: str, phone: str, email: str) -> str:
    html: str = escape(line)
    if line.startswith(f"{settings.SITE_URL}/") and not re.search(r"\s", line):
        return f'<a href="{html}">{html}</a>'
    for words, address in ((phone, phone_link(phone)), (email, f"mailto:{email}")):
        if words:
            # Not inside a longer number or address.
            alone = rf"(?<![\w+.@-]){re.escape(escape(words))}(?![\w@-])"
            html = re.sub(alone, f'<a href="{escape(address)}">{escape(words)}</a>', html)
    return html
