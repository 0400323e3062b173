"""Parsing of one row of a till's file. Pure."""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from cafe_site.identity.normal_forms import normal_receipt

MAX_QUANTITY = 10_000
MAX_PRICE = Decimal(1_000_000)
# Item names that tills write if nothing was sold.
NOT_SOLD = frozenset({"", "none", "null"})


class RowRefused(Exception):
    """A row is not a sale or cannot be read; the message names the value and the remedy."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns. Without a time column, the date column contains both."""

    receipt: str
    date: str
    item: str
    time: str | None = None
    quantity: str | None = None
    price: str | None = None
    channel: str | None = None

    @property
    def names(self) -> list[str]:
        named = (
            self.receipt,
            self.date,
            self.time,
            self.item,
            self.quantity,
            self.price,
            self.channel,
        )
        return [name for name in named if name is not None]


@dataclass(frozen=True, slots=True)
class Reading:
    """Options for reading a file. Times are local to `zone`; of repeated ones, the first."""

    columns: Columns
    zone: ZoneInfo
    # strptime format, for dates other than 2016-11-05 or 2016-11-05 09:58:11.
    date_format: str | None = None
    skipped_channels: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class TillRow:
    """A quantity of one item on one receipt; `at` is UTC, the price is optional."""

    receipt: str
    at: datetime.datetime
    item: str
    quantity: int
    unit_price: Decimal | None


def read_row(fields: Mapping[str, str], reading: Reading) -> TillRow:
    """Parse a row. Raises RowRefused."""
    columns = reading.columns
    if columns.channel is not None:
        channel = fields[columns.channel].strip()
        if channel.lower() in reading.skipped_channels:
            raise RowRefused(f"The channel {channel!r} is left out, as --skip-channel says.")
    return TillRow(
        receipt=_read_text(normal_receipt(fields[columns.receipt]), "receipt", limit=64),
        at=_read_instant(fields, reading),
        item=_read_item(fields[columns.item]),
        quantity=1 if columns.quantity is None else _read_quantity(fields[columns.quantity]),
        unit_price=None if columns.price is None else read_price(fields[columns.price]),
    )


def read_price(text: str) -> Decimal | None:
    """Parse a price with a point or a comma; None if empty. Raises RowRefused."""
    text = text.strip()
    if not text:
        return None
    try:
        price = Decimal(text.replace(",", ".") if text.count(",") == 1 else text)
    except InvalidOperation:
        price = Decimal("NaN")
    if price.is_finite() and not 0 <= price <= MAX_PRICE:
        raise RowRefused(f"The price {text!r} is not between 0 and {MAX_PRICE}.")
    if not price.is_finite() or price != round(price, 2):
        raise RowRefused(f"The price {text!r} cannot be read; write it as 4.20.")
    return price


def _read_text(text: str, what: str, *, limit: int) -> str:
    text = " ".join(text.split())
    if not text:
        raise RowRefused(f"The {what} is empty.")
    if len(text) > limit:
        raise RowRefused(f"The {what} {text[:20]!r}... has more than {limit} characters.")
    return text


def _read_item(text: str) -> str:
    if text.strip().casefold() in NOT_SOLD:
        raise RowRefused(f"The item {text.strip()!r} is not a sale.")
    # Marks from the file's encoding, not part of the name.
    return _read_text(text.replace("\ufeff", "").replace("\u200b", " "), "item", limit=120)


def _read_instant(fields: Mapping[str, str], reading: Reading) -> datetime.datetime:
    columns = reading.columns
    names = [columns.date] if columns.time is None else [columns.date, columns.time]
    text = " ".join(fields[name].strip() for name in names)
    try:
        if reading.date_format is None:
            local = datetime.datetime.fromisoformat(text)
        else:
            local = datetime.datetime.strptime(text, reading.date_format)  # noqa: DTZ007
        if local.tzinfo is None:
            local = local.replace(tzinfo=reading.zone)
        instant = local.astimezone(datetime.UTC)
    except (ValueError, OverflowError) as error:
        raise RowRefused(
            f"The time {text!r} cannot be read; "
            "it is expected as 2016-11-05 09:58, or as --date-format says."
        ) from error
    if not 1990 <= instant.year < 2100:
        raise RowRefused(f"The time {text!r} is not between 1990 and 2100.")
    return instant


def _read_quantity(text: str) -> int:
    try:
        quantity = Decimal(text.strip())
    except InvalidOperation:
        quantity = Decimal("NaN")
    if not quantity.is_finite() or quantity != quantity.to_integral_value():
        raise RowRefused(f"The quantity {text!r} is not a whole number.")
    if not 1 <= quantity <= MAX_QUANTITY:
        raise RowRefused(
            f"The quantity {text!r} is not between 1 and {MAX_QUANTITY}; refunds are not imported."
        )
    return int(quantity)
