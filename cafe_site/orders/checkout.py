"""Placement of an order: the write for which customers compete."""

import datetime
import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cafe_site.menu.models import Product
from cafe_site.orders.basket import (
    ChosenLine,
    PricedLine,
    fingerprint_of,
    price_lines,
    product_quantities,
)
from cafe_site.orders.customer_mail import queue_order_mail
from cafe_site.orders.errors import (
    BasketChanged,
    CheckoutKeyReused,
    OrdersPaused,
    ProductsUnavailable,
    SlotUnavailable,
)
from cafe_site.orders.mails import confirmation_mail
from cafe_site.orders.models import (
    MAX_OPTIONS_LENGTH,
    NOT_COUNTED,
    Order,
    OrderEvent,
    OrderLine,
    Payment,
    PickupSlot,
    Status,
    Voucher,
)
from cafe_site.orders.pricing import line_columns, sum_amounts
from cafe_site.orders.slots import DaySlots, SlotTerms, next_free_start, offer_slots, slot_starts
from cafe_site.orders.vouchers import find_voucher, take_off, use_voucher
from cafe_site.shop.business_day import DAY
from cafe_site.shop.contact import with_how_to_reach_us
from cafe_site.shop.dates import local_date
from cafe_site.shop.models import PickupRules
from cafe_site.shop.money import ZERO
from cafe_site.shop.opening import (
    pickup_rules,
    service_day_of,
    service_days,
    shop_calendar,
    shop_currency,
)
from cafe_site.stock.services import SoldOut, prepare_stock, reserve

# How long an order is held for a customer who pays online but has not opened the payment page.
TIME_TO_BEGIN = datetime.timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class CheckoutDetails:
    """The details that a customer enters at checkout. `pickup_at` is aware."""

    name: str
    email: str
    phone: str
    note: str
    pickup_at: datetime.datetime
    pays_online: bool = False

    @property
    def fingerprint(self) -> str:
        """Return the same fingerprint for the same details, in any time zone of the pickup time."""
        details = asdict(self) | {"pickup_at": self.pickup_at.astimezone(datetime.UTC).isoformat()}
        return hashlib.sha256(json.dumps(details, sort_keys=True).encode()).hexdigest()


def available_slots(now: datetime.datetime, product_ids: Collection[int]) -> list[DaySlots]:
    """Return the pickup slots of the coming days for a basket of these products.

    Closed days are included with their sentence, and so are full slots. Each slot is listed under
    the date whose hours it belongs to: 00:30 after Friday evening under Friday. Yesterday is
    included while its hours last.
    """
    products = Product.objects.filter(pk__in=product_ids)
    return _slots_for(products, now=now, rules=pickup_rules())


def _slots_for(
    products: Iterable[Product], *, now: datetime.datetime, rules: PickupRules
) -> list[DaySlots]:
    # From yesterday on, because its hours may last past midnight.
    days = service_days(shop_calendar().day_of(now) - DAY, rules.days_ahead + 2)
    lead = longest_lead(products, rules=rules)
    taken = {}
    if rules.slot_capacity is not None:
        starts = PickupSlot.objects.filter(start__gte=now, taken__gt=0)
        taken = dict(starts.values_list("start", "taken"))
    terms = SlotTerms(now, lead, capacity=rules.slot_capacity, taken=taken)
    yesterday, *offered = offer_slots(days, terms)
    return [yesterday, *offered] if yesterday.slots else offered


def longest_lead(products: Iterable[Product], *, rules: PickupRules) -> datetime.timedelta:
    """Return the longest lead time of these products, at least the shop's own."""
    minutes = [rules.lead_minutes, *(product.lead_minutes or 0 for product in products)]
    return datetime.timedelta(minutes=max(minutes))


def find_order_by_checkout(key: str, details: CheckoutDetails) -> Order | None:
    """Return the order that this form placed before; raise if the details differ."""
    order = Order.objects.filter(checkout_key=key).first()
    if order is not None and order.checkout_digest != details.fingerprint:
        raise CheckoutKeyReused(
            _(
                "This basket was already ordered, as order %(number)s with other details. "
                "Nothing was ordered twice. To order more, go to the checkout from your basket."
            )
            % {"number": order.pk}
        )
    return order


def place_order(
    details: CheckoutDetails,
    chosen: Sequence[ChosenLine],
    *,
    checkout_key: str,
    now: datetime.datetime,
    shown: str | None = None,
    voucher_code: str = "",
) -> Order:
    """Place an order once for each checkout key, and return it.

    Safe to repeat and to run concurrently: the key is unique in the database, and the second call
    returns the first one's order. Prices are the menu's current prices.

    `shown` is the fingerprint of the basket as the customer saw it; None if it was not shown.

    Raises OrdersPaused, SlotUnavailable, ProductsUnavailable, VoucherRefused, BasketChanged
    or CheckoutKeyReused; then nothing is written.
    """
    if order := find_order_by_checkout(checkout_key, details):
        return order
    quantities = product_quantities(chosen)
    _prepare_rows(details, quantities.keys(), now=now)
    try:
        with transaction.atomic():
            rules = pickup_rules()
            voucher = _voucher_of(voucher_code, now=now)
            priced = _price_as_shown(chosen, voucher, shown)
            order = _write_order(details, priced, checkout_key=checkout_key, now=now, rules=rules)
            # Slot, voucher, stock: always in this order, to avoid deadlocks.
            _take_slot(order, now=now, rules=rules)
            if voucher is not None:
                use_voucher(voucher)
                # Not with the order's INSERT: its foreign key would take a read lock on the
                # voucher's row, and two orders that both need to update it would deadlock.
                Order.objects.filter(pk=order.pk).update(voucher=voucher)
            _reserve_stock(order, quantities, now=now)
    except IntegrityError:
        earlier = find_order_by_checkout(checkout_key, details)
        if earlier is None:
            raise
        return earlier
    return order


def _prepare_rows(
    details: CheckoutDetails, product_ids: Collection[int], *, now: datetime.datetime
) -> None:
    """Create the shared rows before the transaction.

    Two transactions that insert the same row would deadlock; two that update it queue. Only for
    instants at which a slot starts, so that an invented time leaves no row.
    """
    ahead = datetime.timedelta(days=pickup_rules().days_ahead + 2)
    if not product_ids or not now < details.pickup_at < now + ahead:
        return
    day = shop_calendar().day_of(details.pickup_at)
    if details.pickup_at in slot_starts(service_day_of(details.pickup_at).spans):
        prepare_stock(product_ids, day)
        PickupSlot.objects.get_or_create(start=details.pickup_at)


def _check_terms(
    details: CheckoutDetails,
    products: Iterable[Product],
    *,
    now: datetime.datetime,
    rules: PickupRules,
) -> None:
    """Raise unless the shop takes orders now and the pickup slot is available."""
    if rules.paused_until is not None and now < rules.paused_until:
        raise OrdersPaused(
            _("We take no orders until %(time)s. Your basket is kept; please try again then.")
            % {"time": date_format(shop_calendar().local(rules.paused_until), "H:i")}
        )
    days = _slots_for(products, now=now, rules=rules)
    if not any(details.pickup_at in day.free_starts for day in days):
        raise _slot_unavailable(days, details.pickup_at)


def _slot_unavailable(days: Sequence[DaySlots], wanted: datetime.datetime) -> SlotUnavailable:
    start = next_free_start(days, wanted)
    if start is None:
        return SlotUnavailable(
            with_how_to_reach_us(
                _("This pickup time is no longer available, and there is no other.")
            )
        )
    local = shop_calendar().local(start)
    return SlotUnavailable(
        _("This pickup time is no longer available. We selected the next one: %(when)s.")
        % {"when": local_date(local, "l j F, H:i")},
        next_start=start,
    )


def _write_order(
    details: CheckoutDetails,
    priced: Sequence[PricedLine],
    *,
    checkout_key: str,
    now: datetime.datetime,
    rules: PickupRules,
) -> Order:
    """Write an order with its lines, without the shared resources (slot, voucher, stock)."""
    # The page checked these terms before; the result in this transaction is decisive.
    _check_terms(details, [line.product for line in priced], now=now, rules=rules)
    calendar = shop_calendar()
    amounts = sum_amounts([line.amounts for line in priced])
    total = amounts["net_amount"] + amounts["tax_amount"]
    waits_for_payment = details.pays_online and total > 0
    order = Order.objects.create(
        status=Status.UNPAID if waits_for_payment else Status.PLACED,
        checkout_key=checkout_key,
        checkout_digest=details.fingerprint,
        customer_name=details.name,
        customer_email=details.email,
        customer_phone=details.phone,
        note=details.note,
        language=get_language() or settings.LANGUAGE_CODE,
        placed_at=now,
        pickup_at=details.pickup_at,
        business_day=calendar.day_of(details.pickup_at),
        pickup_hour=calendar.local(details.pickup_at).hour,
        **amounts,
    )
    lines = OrderLine.objects.bulk_create(make_line(order, line) for line in priced)
    OrderEvent.objects.create(order=order, kind=OrderEvent.Kind.PLACED, status=order.status, at=now)
    if waits_for_payment:
        Payment.objects.create(order=order, amount=total, expires_at=now + TIME_TO_BEGIN)
    else:
        # Customers who pay online get the e-mail after the payment.
        queue_order_mail(order, "placed", confirmation_mail(order, lines))
    return order


def _take_slot(order: Order, *, now: datetime.datetime, rules: PickupRules) -> None:
    """Add an order to its slot; raise SlotUnavailable if the slot has just filled up."""
    slot = PickupSlot.objects.filter(start=order.pickup_at)
    if rules.slot_capacity is not None:
        slot = slot.filter(taken__lt=rules.slot_capacity)
    if not slot.update(taken=F("taken") + 1):
        products = Product.objects.filter(order_lines__order=order)
        raise _slot_unavailable(_slots_for(products, now=now, rules=rules), order.pickup_at)


def _reserve_stock(order: Order, quantities: dict[int, int], *, now: datetime.datetime) -> None:
    try:
        reserve(quantities, order.business_day, now=now)
    except SoldOut as error:
        raise ProductsUnavailable(str(error)) from error


def _voucher_of(code: str, *, now: datetime.datetime) -> Voucher | None:
    return find_voucher(code, today=shop_calendar().day_of(now)) if code else None


def _price_as_shown(
    chosen: Sequence[ChosenLine], voucher: Voucher | None, shown: str | None
) -> list[PricedLine]:
    """Return the lines at today's prices; raise BasketChanged if the customer saw others."""
    priced = _price_all(chosen)
    if voucher is not None:
        priced = take_off(priced, voucher, shop_currency())
    if shown is not None and fingerprint_of(priced) != shown:
        total = shop_currency().text(sum((line.amounts.total_amount for line in priced), ZERO))
        raise BasketChanged(
            _(
                "Your basket or a price in it has changed. The total is now %(total)s. "
                "If that is fine, place the order again."
            )
            % {"total": total}
        )
    return priced


def _price_all(chosen: Sequence[ChosenLine]) -> list[PricedLine]:
    priced = price_lines(chosen)
    if not priced or len(priced) < len(chosen):
        raise ProductsUnavailable(
            _("Something in your basket is no longer on sale. Please check your basket.")
        )
    return priced


def make_line(order: Order, line: PricedLine) -> OrderLine:
    """Return an unsaved line with the current names, price and tax rate."""
    return OrderLine(
        order=order,
        product=line.product,
        product_name=line.product.name,
        options=line.options_text[:MAX_OPTIONS_LENGTH],
        choice_key=line.key,
        quantity=line.quantity,
        unit_price_amount=line.unit_price_amount,
        tax_rate=line.product.tax_rate,
        business_day=order.business_day,
        counted=order.status not in NOT_COUNTED,
        **line_columns(line.amounts),
    )
