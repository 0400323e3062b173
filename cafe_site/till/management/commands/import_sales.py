"""Command `import_sales`: import a till's sales history from a CSV file."""

import csv
from argparse import ArgumentParser
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cafe_site.identity.normal_forms import normal_name
from cafe_site.shop.opening import shop_calendar
from cafe_site.till.importing import (
    FileRefused,
    ImportResult,
    check_columns,
    import_sales,
    read_records,
)
from cafe_site.till.products import ProductFinder
from cafe_site.till.rows import Columns, Reading, RowRefused, read_price


class Command(BaseCommand):
    help = (
        "Import a till's sales history from CSV. Receipts become orders of the channel till; "
        "running it again adds nothing. Rows that cannot be imported go to a rejects file with "
        "the reason."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        columns = parser.add_argument_group("columns, by their names in the first line")
        columns.add_argument("--receipt-column", default="Receipt", metavar="NAME")
        columns.add_argument("--date-column", default="Date", metavar="NAME")
        columns.add_argument(
            "--time-column", metavar="NAME", help="without it, the date column holds both"
        )
        columns.add_argument("--item-column", default="Item", metavar="NAME")
        columns.add_argument(
            "--quantity-column", metavar="NAME", help="without it, a row is one item"
        )
        columns.add_argument("--price-column", metavar="NAME", help="the price of one")
        columns.add_argument("--channel-column", metavar="NAME", help="where it was sold")
        columns.add_argument(
            "--skip-channel",
            action="append",
            metavar="VALUE",
            help="leave out rows of this channel; default: `web`",
        )
        reading = parser.add_argument_group("how the file is written")
        reading.add_argument("--zone", default=settings.SHOP_ZONE.key, help="of its local times")
        reading.add_argument("--date-format", help="strptime's, such as '%%d.%%m.%%Y %%H:%%M'")
        reading.add_argument("--encoding", default="utf-8-sig")
        reading.add_argument("--delimiter", default=",")
        prices = parser.add_argument_group("products and prices")
        prices.add_argument(
            "--prices", type=Path, help="a CSV file of item and price, for rows without one"
        )
        prices.add_argument(
            "--category", default="From the till", help="for items that the menu does not know"
        )
        prices.add_argument(
            "--tax-rate", type=Decimal, default=Decimal(0), help="of those, as a share: 0.07"
        )
        parser.add_argument(
            "--take-unlikely",
            action="store_true",
            help="take receipts with a quantity or price far above what is usual for their item",
        )
        parser.add_argument("--rejects", type=Path, help="default: FILE.rejects.csv")
        parser.add_argument(
            "--dry-run", action="store_true", help="change nothing; the rejects file is written"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        rejects = options["rejects"] or Path(f"{options['file'].name}.rejects.csv")
        try:
            with RejectsFile(rejects) as reject, self.opened(options["file"], options) as file:
                result = import_sales(
                    file,
                    self.reading(options),
                    self.finder(options),
                    shop_calendar(),
                    delimiter=options["delimiter"],
                    reject=reject,
                    is_dry_run=options["dry_run"],
                    takes_unlikely=options["take_unlikely"],
                    progress=self.show_progress,
                )
        except FileRefused as error:
            raise CommandError(f"{options['file']}: {error}") from error
        self.show_result(result, rejects, is_dry_run=options["dry_run"])

    def opened(self, path: Path, options: dict[str, Any]) -> IO[str]:
        try:
            return path.open(encoding=options["encoding"], newline="")
        except (OSError, LookupError) as error:
            raise CommandError(f"{path} cannot be opened: {error}") from error

    def reading(self, options: dict[str, Any]) -> Reading:
        try:
            zone = ZoneInfo(options["zone"])
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise CommandError(
                f"--zone {options['zone']!r} is not an IANA time zone; "
                "use a name such as Europe/Berlin."
            ) from error
        names = ("receipt", "date", "time", "item", "quantity", "price", "channel")
        skipped = options["skip_channel"] or ["web"]
        return Reading(
            columns=Columns(**{name: options[f"{name}_column"] for name in names}),
            zone=zone,
            date_format=options["date_format"],
            skipped_channels={channel.lower() for channel in skipped},
        )

    def finder(self, options: dict[str, Any]) -> ProductFinder:
        if not 0 <= options["tax_rate"] <= 1:
            raise CommandError(
                f"--tax-rate {options['tax_rate']} is not a share from 0 to 1; "
                "write 0.07 for 7 percent."
            )
        prices = self.read_prices(options) if options["prices"] else {}
        return ProductFinder(options["category"], options["tax_rate"], prices)

    def read_prices(self, options: dict[str, Any]) -> dict[str, Decimal]:
        """Return the price file's prices by normalised name, from its first two columns."""
        prices = {}
        path = options["prices"]
        with self.opened(path, options) as file:
            try:
                records = read_records(file, delimiter=options["delimiter"])
                _line, header = next(records, (0, []))
                check_columns([], header, delimiter=options["delimiter"])
                for line, record in records:
                    price = read_price(record[1]) if len(record) > 1 else None
                    if price is None:
                        raise RowRefused(f"Line {line} has no price beside its item.")
                    prices[normal_name(record[0])] = price
            except (FileRefused, RowRefused) as error:
                raise CommandError(f"{path}: {error}") from error
        return prices

    def show_progress(self, result: ImportResult) -> None:
        if self.stderr.isatty():
            done = result.added_receipts + result.known_receipts + result.differing_receipts
            self.stderr.write(f"\r{done:,} receipts", ending="")

    def show_result(self, result: ImportResult, rejects: Path, *, is_dry_run: bool) -> None:
        figures = {
            "rows read": result.rows,
            "rows refused": result.refused_rows,
            "receipts added": result.added_receipts,
            "receipts there before": result.known_receipts,
            "receipts that differ": result.differing_receipts,
            "receipts to confirm": result.unlikely_receipts,
            "order lines added": result.lines,
            "items added": result.items,
            "lines without a price": result.lines_without_price,
            "products added": result.products_added,
        }
        for name, figure in figures.items():
            self.stdout.write(f"{name:<22}{figure:>10,}")
        if result.first_day:
            self.stdout.write(f"{'days':<22}{result.first_day} to {result.last_day}")
        if result.refused_rows or result.differing_receipts or result.unlikely_receipts:
            self.stdout.write(f"Rejected rows and the reasons: {rejects}")
        if result.unlikely_receipts:
            self.stdout.write(
                "The numbers of the receipts to confirm are far above what is usual. Check them in "
                "that file; if they are right, import again with --take-unlikely."
            )
        if is_dry_run:
            self.stdout.write("A dry run: nothing was changed.")


class RejectsFile:
    """CSV file of rejected rows: line number, reason, row; created with the first one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stack = ExitStack()
        self._writer: Any = None

    def __enter__(self) -> "RejectsFile":
        return self

    def __exit__(self, *details: object) -> None:
        self._stack.close()

    def __call__(self, line: int, reason: str, record: list[str]) -> None:
        if self._writer is None:
            file = self._path.open("w", encoding="utf-8", newline="")
            self._writer = csv.writer(self._stack.enter_context(file))
            self._writer.writerow(["line", "reason", "row"])
        self._writer.writerow([line, reason, *record])
