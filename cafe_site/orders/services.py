"""Every write to orders, one transaction each."""

import datetime
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cafe_site.accounts.models import User
from cafe_site.menu.models import Product
from cafe_site.orders.basket import price
from cafe_site.orders.mails import confirmation_mail
from cafe_site.orders.models import NEXT_STATUSES, Order, OrderEvent, OrderLine, Status
from cafe_site.orders.outbox import queue_mail
from cafe_site.orders.pricing import LineAmounts, refund_line, spread
from cafe_site.orders.slots import DaySlots, offer_slots
from cafe_site.shop.money import ZERO
from cafe_site.shop.opening import opening_days, shop_calendar, shop_currency

AMOUNTS = ("gross_amount", "discount_amount", "refund_amount", "net_amount", "tax_amount")


class OrderError(Exception):
    """An order could not be written; the message is a sentence for whoever asked."""


class SlotUnavailable(OrderError):
    """The pickup time is past, outside opening hours, or too soon."""


class ProductsUnavailable(OrderError):
    """Something in the basket is no longer on sale."""


class CheckoutKeyReused(OrderError):
    """The form was sent before, with other details."""


class StatusRefused(OrderError):
    """The order cannot go to that status from where it stands."""


class RefundRefused(OrderError):
    """The refund is more than was paid, or nothing."""


@dataclass(frozen=True, slots=True)
class CheckoutDetails:
    """What a customer tells at checkout. `pickup_at` is aware."""

    name: str
    email: str
    phone: str
    note: str
    pickup_at: datetime.datetime

    @property
    def digest(self) -> str:
        """Return the same digest for the same details, whatever zone the pickup time came in."""
        details = asdict(self) | {"pickup_at": self.pickup_at.astimezone(datetime.UTC).isoformat()}
        return hashlib.sha256(json.dumps(details, sort_keys=True).encode()).hexdigest()


def available_slots(now: datetime.datetime) -> list[DaySlots]:
    """Return the pickup slots of the coming days, closed days included with their sentence."""
    today = shop_calendar().day_of(now)
    earliest = now + datetime.timedelta(minutes=settings.PICKUP_LEAD_MINUTES)
    return offer_slots(opening_days(today, settings.PICKUP_DAYS_AHEAD + 1), earliest=earliest)


def find_order_by_checkout(key: str, details: CheckoutDetails) -> Order | None:
    """Return the order that this form made before; raise when it was sent with other details."""
    order = Order.objects.filter(checkout_key=key).first()
    if order is not None and order.checkout_digest != details.digest:
        raise CheckoutKeyReused(
            _(
                "This basket was already ordered, as order %(number)s with other details. "
                "Nothing was ordered twice. To order again, fill the basket anew."
            )
            % {"number": order.pk}
        )
    return order


def place_order(
    details: CheckoutDetails,
    quantities: Mapping[int, int],
    *,
    checkout_key: str,
    now: datetime.datetime,
) -> Order:
    """Place an order once for each checkout key, and return it.

    Safe to repeat and to run at once with itself: the key is unique in the database, and whoever
    comes second gets the first one's order. Prices are the menu's at this moment.

    Raises SlotUnavailable, ProductsUnavailable or CheckoutKeyReused; nothing is written then.
    """
    if order := find_order_by_checkout(checkout_key, details):
        return order
    try:
        with transaction.atomic():
            return _write_order(details, quantities, checkout_key=checkout_key, now=now)
    except IntegrityError:
        order = find_order_by_checkout(checkout_key, details)
        if order is None:
            raise
        return order


def _write_order(
    details: CheckoutDetails,
    quantities: Mapping[int, int],
    *,
    checkout_key: str,
    now: datetime.datetime,
) -> Order:
    if not any(details.pickup_at in day.starts for day in available_slots(now)):
        raise SlotUnavailable(_("This pickup time is no longer free. Please choose another one."))
    products = _products_on_sale(quantities)
    priced = [
        (products[key], quantity, price(products[key], quantity))
        for key, quantity in quantities.items()
    ]
    calendar = shop_calendar()
    order = Order.objects.create(
        checkout_key=checkout_key,
        checkout_digest=details.digest,
        customer_name=details.name,
        customer_email=details.email,
        customer_phone=details.phone,
        note=details.note,
        placed_at=now,
        pickup_at=details.pickup_at,
        business_day=calendar.day_of(details.pickup_at),
        pickup_hour=calendar.local(details.pickup_at).hour,
        **sum_amounts([amounts for _product, _quantity, amounts in priced]),
    )
    lines = OrderLine.objects.bulk_create(
        make_line(order, product, quantity, amounts) for product, quantity, amounts in priced
    )
    OrderEvent.objects.create(order=order, kind=OrderEvent.Kind.PLACED, status=order.status, at=now)
    queue_mail(order, "placed", confirmation_mail(order, lines))
    return order


def _products_on_sale(quantities: Mapping[int, int]) -> dict[int, Product]:
    products = Product.objects.on_sale().in_bulk(quantities)
    if not quantities or len(products) < len(quantities):
        raise ProductsUnavailable(
            _("Something in your basket is no longer on sale. Please look through it again.")
        )
    return products


def make_line(order: Order, product: Product, quantity: int, amounts: LineAmounts) -> OrderLine:
    """Return an unsaved line that keeps the product's name, price and tax rate as they are now."""
    return OrderLine(
        order=order,
        product=product,
        product_name=product.name,
        quantity=quantity,
        unit_price_amount=product.price_amount,
        tax_rate=product.tax_rate,
        business_day=order.business_day,
        **line_columns(amounts),
    )


def line_columns(amounts: LineAmounts) -> dict[str, Decimal]:
    return {name: getattr(amounts, name) for name in AMOUNTS}


def sum_amounts(lines: list[LineAmounts]) -> dict[str, Decimal]:
    """Return an order's amounts: the sums of its lines."""
    return {name: sum((getattr(line, name) for line in lines), ZERO) for name in AMOUNTS}


def change_status(order_id: int, to: Status, *, by: User | None, now: datetime.datetime) -> Order:
    """Move an order to another status and write down who did it.

    Asking for the status that it has already changes nothing. Raises StatusRefused.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if order.status == to:
            return order
        if to not in NEXT_STATUSES[order.status]:
            raise StatusRefused(
                _("Order %(number)s is %(status)s and cannot become %(to)s.")
                % {"number": order.pk, "status": order.get_status_display(), "to": to.label}
            )
        order.status = to
        order.save(update_fields=["status", "updated_at"])
        if to == Status.CANCELLED:
            order.lines.update(counted=False)
        OrderEvent.objects.create(
            order=order, kind=OrderEvent.Kind.STATUS, status=to, by=by, at=now
        )
    return order


def refund_order(
    order_id: int,
    total_amount: Decimal,
    *,
    reason: str,
    by: User | None,
    now: datetime.datetime,
) -> Order:
    """Give back part or all of what an order came to, tax included, spread over its lines.

    Raises RefundRefused when that is nothing, more than is left, or the order is cancelled.
    """
    currency = shop_currency()
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if order.status == Status.CANCELLED or not 0 < total_amount <= order.total_amount:
            raise RefundRefused(
                _("%(amount)s cannot be refunded: the order comes to %(total)s.")
                % {
                    "amount": currency.text(total_amount),
                    "total": currency.text(
                        ZERO if order.status == Status.CANCELLED else order.total_amount
                    ),
                }
            )
        lines = list(order.lines.order_by("pk"))
        totals = [line.amounts.total_amount for line in lines]
        left = []
        for line, share in zip(lines, spread(total_amount, totals, currency), strict=True):
            amounts = refund_line(line.amounts, share, line.tax_rate, currency)
            _set_amounts(line, amounts)
            left.append(amounts)
        OrderLine.objects.bulk_update(lines, AMOUNTS)
        for name, amount in sum_amounts(left).items():
            setattr(order, name, amount)
        order.save(update_fields=[*AMOUNTS, "updated_at"])
        OrderEvent.objects.create(
            order=order,
            kind=OrderEvent.Kind.REFUNDED,
            status=order.status,
            amount=total_amount,
            reason=reason,
            by=by,
            at=now,
        )
    return order


def _set_amounts(line: OrderLine, amounts: LineAmounts) -> None:
    for name, amount in line_columns(amounts).items():
        setattr(line, name, amount)
