"""Import of a till's sales history: check the whole file, then write receipts in batches.

So a file that cannot be read completely changes nothing. A run that dies between two batches can be
repeated: receipts that exist are left as they are.
"""

import csv
import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import IO

from django.db import transaction

from cafe_site.menu.models import Product
from cafe_site.orders.basket import price_unit
from cafe_site.orders.models import Order, OrderEvent, OrderLine, Status
from cafe_site.orders.pricing import LineAmounts, line_columns, sum_amounts
from cafe_site.shop.business_day import BusinessCalendar
from cafe_site.till.products import ProductFinder
from cafe_site.till.rows import Reading, RowRefused, read_row
from cafe_site.till.staging import Receipt, Staging
from cafe_site.till.unlikely import UsualNumbers, usual_numbers

CHUNK = 500
TAKE_IT = "The receipt was left out. If it is right, import the file again with --take-unlikely."

Reject = Callable[[int, str, list[str]], None]


class FileRefused(Exception):
    """The whole file cannot be read; the message says why and what to do."""


@dataclass(slots=True)
class ImportResult:
    """Result of an import: rows of the file, receipts, order lines and items."""

    rows: int = 0
    refused_rows: int = 0
    added_receipts: int = 0
    known_receipts: int = 0
    differing_receipts: int = 0
    # Left out until the user confirms their numbers.
    unlikely_receipts: int = 0
    lines: int = 0
    items: int = 0
    lines_without_price: int = 0
    products_added: int = 0
    first_day: datetime.date | None = None
    last_day: datetime.date | None = None


def import_sales(
    file: IO[str],
    reading: Reading,
    finder: ProductFinder,
    calendar: BusinessCalendar,
    *,
    delimiter: str,
    reject: Reject,
    is_dry_run: bool = False,
    takes_unlikely: bool = False,
    progress: Callable[[ImportResult], None] | None = None,
) -> ImportResult:
    """Import a till's file and return the result; `reject` is called with each rejected row.

    A dry run does the same inside one transaction and rolls it back. Receipts with a number far
    above what is usual for its item are left out, unless `takes_unlikely`. Raises FileRefused.
    """
    result = ImportResult()
    with Staging() as staging:
        _stage(file, reading, calendar, staging, result, delimiter=delimiter, reject=reject)
        usual = None if takes_unlikely else usual_numbers(staging.numbers())
        writing = _Writing(finder, calendar, usual, result, reject)
        if is_dry_run:
            with transaction.atomic():
                _write_all(staging.receipts(), writing, progress)
                transaction.set_rollback(True)
        else:
            _write_all(staging.receipts(), writing, progress)
    result.products_added = finder.added
    return result


def read_records(file: IO[str], *, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with its line number. Raises FileRefused."""
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    line = 1
    try:
        for record in reader:
            if record:
                yield line, record
            line = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise FileRefused(
            f"After line {reader.line_num} the file is not {error.encoding}; "
            "give its encoding, such as --encoding cp1252."
        ) from error
    except csv.Error as error:
        raise FileRefused(f"Line {reader.line_num} is not valid CSV: {error}.") from error


def _stage(
    file: IO[str],
    reading: Reading,
    calendar: BusinessCalendar,
    staging: Staging,
    result: ImportResult,
    *,
    delimiter: str,
    reject: Reject,
) -> None:
    records = read_records(file, delimiter=delimiter)
    _line, header = next(records, (0, []))
    check_columns(reading.columns.names, header, delimiter=delimiter)
    for line, record in records:
        result.rows += 1
        try:
            if len(record) != len(header):
                raise RowRefused(
                    f"The row has {len(record)} fields where the header has {len(header)}."
                )
            row = read_row(dict(zip(header, record, strict=True)), reading)
        except RowRefused as error:
            result.refused_rows += 1
            reject(line, str(error), record)
        else:
            staging.add(calendar.day_of(row.at), line, row)


def check_columns(wanted: Iterable[str], header: list[str], *, delimiter: str) -> None:
    """Raise FileRefused for a column that is missing in the file."""
    if not header:
        raise FileRefused("The file is empty; its first line has to name the columns.")
    for name in wanted:
        if name not in header:
            raise FileRefused(
                f"There is no column {name!r}. With the delimiter {delimiter!r} the columns are: "
                f"{', '.join(header)}. Name them with --receipt-column and so on."
            )


@dataclass(frozen=True, slots=True)
class _Writing:
    """Context for writing receipts; `usual` is None if unlikely numbers are accepted."""

    finder: ProductFinder
    calendar: BusinessCalendar
    usual: UsualNumbers | None
    result: ImportResult
    reject: Reject


def _write_all(
    receipts: Iterator[Receipt],
    writing: _Writing,
    progress: Callable[[ImportResult], None] | None,
) -> None:
    while chunk := list(islice(receipts, CHUNK)):
        with transaction.atomic():
            _write_chunk(chunk, writing)
        if progress is not None:
            progress(writing.result)


def _write_chunk(chunk: list[Receipt], writing: _Writing) -> None:
    new = _new_receipts(chunk, writing)
    priced = [_price_receipt(receipt, writing.finder, writing.result) for receipt in new]
    Order.objects.bulk_create(
        _make_order(receipt, lines, writing.calendar)
        for receipt, lines in zip(new, priced, strict=True)
    )
    # MySQL does not return the ids of a bulk insert; the receipts identify the orders.
    orders = {(order.business_day, order.receipt): order for order in _orders_of(new)}
    for receipt, lines in zip(new, priced, strict=True):
        order = orders[receipt.day, receipt.number]
        for line in lines:
            line.order = order
    OrderLine.objects.bulk_create(line for lines in priced for line in lines)
    OrderEvent.objects.bulk_create(
        OrderEvent(
            order=order, kind=OrderEvent.Kind.PLACED, status=order.status, at=order.placed_at
        )
        for order in orders.values()
    )
    _count(new, priced, writing.result)


def _new_receipts(chunk: list[Receipt], writing: _Writing) -> list[Receipt]:
    """Return the receipts to write; count the others, and report those that differ."""
    finder, result, reject = writing.finder, writing.result, writing.reject
    known = _known_quantities(chunk)
    new = []
    for receipt in chunk:
        there = known.get((receipt.day, receipt.number))
        if there is None:
            question = writing.usual.question(receipt) if writing.usual else ""
            if question:
                result.unlikely_receipts += 1
                reject(receipt.line, f"{question} {TAKE_IT}", [])
            else:
                new.append(receipt)
        elif there == _quantities_of(receipt, finder):
            result.known_receipts += 1
        else:
            result.differing_receipts += 1
            reject(
                receipt.line,
                f"Receipt {receipt.number} of {receipt.day} was imported before with other "
                "items; it was left as it was.",
                [],
            )
    return new


def _orders_of(receipts: list[Receipt]) -> Iterable[Order]:
    return Order.objects.filter(
        channel=Order.Channel.TILL,
        business_day__in={receipt.day for receipt in receipts},
        receipt__in={receipt.number for receipt in receipts},
    )


def _known_quantities(
    chunk: list[Receipt],
) -> dict[tuple[datetime.date, str | None], Counter[int]]:
    """Return the quantities in existing receipts, by business day and number."""
    known: dict[tuple[datetime.date, str | None], Counter[int]] = {}
    wanted = {(receipt.day, receipt.number) for receipt in chunk}
    lines = OrderLine.objects.filter(order__in=_orders_of(chunk)).values_list(
        "order__business_day", "order__receipt", "product_id", "quantity"
    )
    for day, number, product_id, quantity in lines:
        if (day, number) in wanted:
            known.setdefault((day, number), Counter())[product_id] += quantity
    return known


def _quantities_of(receipt: Receipt, finder: ProductFinder) -> Counter[int]:
    quantities: Counter[int] = Counter()
    for row in receipt.rows:
        quantities[finder.find(row.item).pk] += row.quantity
    return quantities


def _price_receipt(
    receipt: Receipt, finder: ProductFinder, result: ImportResult
) -> list[OrderLine]:
    """Return a receipt's unsaved lines; rows of one product at one price become one line."""
    quantities: Counter[tuple[Product, Decimal]] = Counter()
    for row in receipt.rows:
        unit_price = finder.price_of(row.item, row.unit_price)
        quantities[finder.find(row.item), unit_price] += row.quantity
    lines = []
    for (product, unit_price), quantity in quantities.items():
        result.lines_without_price += not unit_price
        amounts = price_unit(unit_price, quantity, product.tax_rate)
        lines.append(
            OrderLine(
                product=product,
                product_name=product.name,
                quantity=quantity,
                unit_price_amount=unit_price,
                tax_rate=product.tax_rate,
                business_day=receipt.day,
                **line_columns(amounts),
            )
        )
    return lines


def _make_order(receipt: Receipt, lines: list[OrderLine], calendar: BusinessCalendar) -> Order:
    amounts: list[LineAmounts] = [line.amounts for line in lines]
    return Order(
        channel=Order.Channel.TILL,
        status=Status.COLLECTED,
        receipt=receipt.number,
        placed_at=receipt.at,
        pickup_at=receipt.at,
        business_day=receipt.day,
        pickup_hour=calendar.local(receipt.at).hour,
        **sum_amounts(amounts),
    )


def _count(new: list[Receipt], priced: list[list[OrderLine]], result: ImportResult) -> None:
    result.added_receipts += len(new)
    result.lines += sum(map(len, priced))
    result.items += sum(line.quantity for lines in priced for line in lines)
    days = [receipt.day for receipt in new]
    if days:
        result.first_day = min([*days, *filter(None, [result.first_day])])
        result.last_day = max([*days, *filter(None, [result.last_day])])
