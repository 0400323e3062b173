import csv
import io
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from cafe_site.menu.models import Product
from cafe_site.orders.models import Order, OrderLine
from cafe_site.shop.business_day import parse_day
from cafe_site.till import importing
from reports.figures.summary import summarize_day, totals_of_days
from tests.factories import CategoryFactory, ProductFactory, make_order, utc

pytestmark = pytest.mark.django_db

REAL_FILE = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "edinburgh_bakery.csv"

SMALL = """\
Date,Time,Receipt,Item,Quantity,Price
2016-11-05,09:58:11,1,Bread,1,2.50
2016-11-05,10:05:34,2,Scone,1,1.80
2016-11-05,10:07:57,3,NONE,1,
2016-11-05,10:05:34,2,scone,2,1.80
2016-11-05,23:59:59,4,"Tea, green
and mint",1,
2016-11-06,00:00:00,4,Bread,1,2.50
2016-11-05,09:58:12,1,Coffee,1,
"""


def run(path: Path, **options: Any) -> dict[str, str]:
    """Import a file and return the figures that the command prints."""
    out = io.StringIO()
    defaults = {
        "time_column": "Time",
        "quantity_column": "Quantity",
        "price_column": "Price",
        "zone": "Europe/Berlin",
        "rejects": path.with_suffix(".rejects.csv"),
    }
    call_command("import_sales", path, stdout=out, **defaults | options)
    lines = [line.rsplit(maxsplit=1) for line in out.getvalue().splitlines()]
    return {line[0].strip(): line[1] for line in lines if len(line) == 2}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "till.csv"
    path.write_text(SMALL)
    return path


def receipts() -> list[tuple[Any, ...]]:
    return list(
        Order.objects.order_by("pickup_at").values_list(
            "business_day", "receipt", "pickup_at", "pickup_hour", "channel", "status"
        )
    )


def test_a_small_file_is_imported_whole(small: Path) -> None:
    ProductFactory(name="COFFEE", price_amount=Decimal("2.90"), tax_rate=Decimal("0.19"))

    figures = run(small)

    assert figures == {
        "rows read": "7",
        "rows refused": "1",
        "receipts added": "4",
        "receipts there before": "0",
        "receipts that differ": "0",
        "receipts to confirm": "0",
        "order lines added": "5",
        "items added": "7",
        "lines without a price": "1",
        "products added": "3",
        "days                  2016-11-05 to": "2016-11-06",
        "Rejected rows and the reasons:": str(small.with_suffix(".rejects.csv")),
    }
    saturday, sunday = parse_day("2016-11-05"), parse_day("2016-11-06")
    assert receipts() == [
        (saturday, "1", utc(2016, 11, 5, 8, 58, 11), 9, "till", "collected"),
        (saturday, "2", utc(2016, 11, 5, 9, 5, 34), 10, "till", "collected"),
        (saturday, "4", utc(2016, 11, 5, 22, 59, 59), 23, "till", "collected"),
        (sunday, "4", utc(2016, 11, 5, 23), 0, "till", "collected"),
    ]
    lines = OrderLine.objects.order_by("order__pickup_at", "pk").values_list(
        "product_name", "quantity", "unit_price_amount", "net_amount", "counted"
    )
    assert list(lines) == [
        ("Bread", 1, Decimal("2.50"), Decimal("2.50"), True),
        ("COFFEE", 1, Decimal("2.90"), Decimal("2.44"), True),
        ("Scone", 3, Decimal("1.80"), Decimal("5.40"), True),
        ("Tea, green and mint", 1, Decimal(0), Decimal(0), True),
        ("Bread", 1, Decimal("2.50"), Decimal("2.50"), True),
    ]
    assert list(
        Product.objects.filter(is_on_sale=False).order_by("name").values_list("slug", flat=True)
    ) == ["bread", "scone", "tea-green-and-mint"]
    assert small.with_suffix(".rejects.csv").read_text().splitlines() == [
        "line,reason,row",
        "4,The item 'NONE' is not a sale.,2016-11-05,10:07:57,3,NONE,1,",
    ]


def test_a_second_run_adds_nothing(small: Path) -> None:
    run(small)
    before = receipts()

    figures = run(small)

    assert (figures["receipts added"], figures["receipts there before"]) == ("0", "4")
    assert (receipts(), OrderLine.objects.count()) == (before, 5)


def test_a_run_that_died_between_chunks_is_completed(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK", 2)
    write_chunk, calls = importing._write_chunk, []

    def die_at_the_second(*given: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        write_chunk(*given)

    monkeypatch.setattr(importing, "_write_chunk", die_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        run(small)
    after_first = Order.objects.count()
    monkeypatch.setattr(importing, "_write_chunk", write_chunk)

    figures = run(small)

    assert after_first == 2
    assert (figures["receipts added"], figures["receipts there before"]) == ("2", "2")


def test_a_receipt_that_differs_is_left_as_it_was_and_told(small: Path) -> None:
    run(small)
    small.write_text(SMALL.replace("2,scone,2", "2,scone,3"))

    figures = run(small)

    assert figures["receipts that differ"] == "1"
    assert OrderLine.objects.get(product_name="Scone").quantity == 3
    assert "3,Receipt 2 of 2016-11-05 was imported before with other items;" in (
        small.with_suffix(".rejects.csv").read_text()
    )


def test_a_dry_run_tells_the_same_and_changes_nothing(small: Path) -> None:
    dry = run(small, dry_run=True)

    assert (Order.objects.count(), Product.objects.count()) == (0, 0)
    assert dry.pop("A dry run: nothing was") == "changed."
    assert dry == run(small)


def test_prices_come_from_the_row_then_the_second_file_then_the_menu(
    small: Path, tmp_path: Path
) -> None:
    ProductFactory(name="Coffee", price_amount=Decimal("9.99"))
    prices = tmp_path / "prices.csv"
    prices.write_text('Name,price\ncoffee,"3,10"\nTEA, 2\nbread,99\n')

    run(small, prices=prices)

    charged = dict(OrderLine.objects.values_list("product_name", "unit_price_amount"))
    assert charged == {
        "Bread": Decimal("2.50"),
        "Coffee": Decimal("3.10"),
        "Scone": Decimal("1.80"),
        "Tea, green and mint": Decimal(0),
    }


def on_the_fourth_of_may(*rows: str) -> str:
    dated = [f"2026-05-04 08:{minute:02},{row}" for minute, row in enumerate(rows)]
    return "\n".join(["Date,Receipt,Item,Quantity,Price", *dated, ""])


def test_receipts_that_differ_in_case_or_accent_alone_are_receipts_of_their_own(
    tmp_path: Path,
) -> None:
    path = tmp_path / "till.csv"
    rows = "aB3xY,Coffee,1,3.20", "Ab3xY,Bun,2,2.40", "zz-\u00e91,Roll,1,1.80", "zz-e1,Roll,2,1.80"
    path.write_text(on_the_fourth_of_may(*rows))

    added = run(path, time_column=None)["receipts added"]
    again = run(path, time_column=None)

    assert (added, again["receipts added"], again["receipts there before"]) == ("4", "0", "4")
    totals = summarize_day(parse_day("2026-05-04")).totals
    assert (totals.orders, totals.gross_amount) == (4, Decimal("13.40"))


@pytest.mark.parametrize(
    "names",
    [("Eclair", "\u00c9clair"), ("Cake \U0001f370", "Cake \U0001f9c1")],
    ids=["accent", "emoji"],
)
def test_items_that_differ_for_people_are_products_of_their_own(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    path = tmp_path / "till.csv"
    rows = [f"{place},{name},1,3.20" for place, name in enumerate(names)]
    path.write_text(on_the_fourth_of_may(*rows))

    run(path, time_column=None)

    assert list(Product.objects.order_by("pk").values_list("name", flat=True)) == list(names)
    assert summarize_day(parse_day("2026-05-04")).totals.gross_amount == Decimal("6.40")


def test_spellings_of_one_name_are_one_product(tmp_path: Path) -> None:
    coffee = ProductFactory(name="Flat White")
    spellings = (
        *("Caf\u00e9 cr\u00e8me", "Cafe\u0301 cre\u0300me"),
        *("Flat White", "Flat\u200bWhite", "\ufeffFlat White", "FLAT WHITE", "\uff26lat White"),
        "Flat White \u2615",
        *("Chef\u2019s cake", "Chef's cake", "Soft\u00adcake", "Softcake"),
    )
    path = tmp_path / "till.csv"
    rows = [f"{place},{name},1,3.20" for place, name in enumerate(spellings)]
    path.write_text(on_the_fourth_of_may(*rows))

    run(path, time_column=None)

    sold = Counter(OrderLine.objects.values_list("product__name_key", flat=True))
    assert sold == {
        "caf\u00e9 cr\u00e8me": 2,
        "flat white": 5,
        "flat white \u2615": 1,
        "chef's cake": 2,
        "softcake": 2,
    }
    assert coffee.order_lines.count() == 5


def test_a_category_is_found_however_its_name_is_spelt(tmp_path: Path) -> None:
    drinks = CategoryFactory(name="Getr\u00e4nke")
    path = tmp_path / "till.csv"
    path.write_text(on_the_fourth_of_may("1,Coffee,1,3.20"))

    run(path, time_column=None, category="GETRA\u0308NKE")

    assert Product.objects.get().category == drinks


def test_a_number_far_above_the_usual_is_asked_about_before_it_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "till.csv"
    usual = [f"{number},Croissant,{1 + number % 3},2.40" for number in range(20)]
    zero_too_many, in_cents = "20,Croissant,10000,2.40", "21,Croissant,1,240"
    path.write_text(on_the_fourth_of_may(*usual, zero_too_many, in_cents))

    asked = run(path, time_column=None)
    rejects = path.with_suffix(".rejects.csv").read_text().splitlines()[1:]
    sold = summarize_day(parse_day("2026-05-04")).totals.items
    taken = run(path, time_column=None, take_unlikely=True)

    assert (asked["receipts added"], asked["receipts to confirm"], sold) == ("20", "2", 39)
    question, other = rejects
    assert question == (
        '22,"10,000 of Croissant on receipt 20 (usually 3 at the most)? The receipt was left out. '
        'If it is right, import the file again with --take-unlikely."'
    )
    assert other.startswith('23,"Croissant for 240 on receipt 21 (usually 2.40 at the most)?')
    assert (taken["receipts added"], taken["receipts there before"]) == ("2", "20")


def test_what_earlier_orders_had_is_usual_for_a_file(tmp_path: Path) -> None:
    path = tmp_path / "till.csv"
    path.write_text(on_the_fourth_of_may("1,Croissant,150,2.40", "2,Croissant,100,2.40"))
    make_order(utc(2026, 5, 3, 9), {ProductFactory(name="Croissant"): 40})

    figures = run(path, time_column=None)

    assert (figures["receipts added"], figures["receipts to confirm"]) == ("2", "0")


@pytest.mark.parametrize(
    "rows",
    [
        ["1,Lemon tart,10000,3.20"],
        ["1,Lemon tart,10000,3.20", "2,Lemon tart,10000,3.20"],
        [f"{number},Lemon tart,1,320.00" for number in range(6)],
    ],
    ids=["one row", "two rows", "a price in all rows"],
)
def test_a_file_of_unlikely_rows_alone_does_not_make_them_usual(
    tmp_path: Path, rows: list[str]
) -> None:
    tart = ProductFactory(name="Lemon tart", price_amount=Decimal("3.20"))
    for hour in range(8, 13):
        make_order(utc(2026, 5, 3, hour), {tart: 2})
    path = tmp_path / "till.csv"
    path.write_text(on_the_fourth_of_may(*rows))

    figures = run(path, time_column=None)

    assert (figures["receipts added"], figures["receipts to confirm"]) == ("0", str(len(rows)))


def test_the_first_file_of_a_shop_has_nothing_to_compare_a_few_rows_with(tmp_path: Path) -> None:
    path = tmp_path / "till.csv"
    path.write_text(on_the_fourth_of_may("1,Croissant,40,2.40", "2,Cake,1,40"))

    assert run(path, time_column=None)["receipts to confirm"] == "0"


def test_names_without_latin_letters_have_addresses_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "till.csv"
    path.write_text("Date,Receipt,Item\n2016-11-05 10:00,1,크루아상\n2016-11-05 10:00,1,식빵\n")

    run(path, time_column=None, quantity_column=None, price_column=None)

    assert list(Product.objects.order_by("pk").values_list("slug", flat=True)) == [
        "product",
        "product-2",
    ]


@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        (b"", {}, "The file is empty; its first line has to name the columns."),
        (
            b"Date;Time;Receipt;Item;Quantity;Price\n",
            {},
            "There is no column 'Receipt'. With the delimiter ',' the columns are: Date;Time",
        ),
        (SMALL.encode(), {"item_column": "Product"}, "There is no column 'Product'."),
        (
            SMALL.replace("Scone", "Scönè").encode("cp1252"),
            {},
            "is not utf-8; give its encoding, such as --encoding cp1252.",
        ),
        (
            SMALL.encode() + b'2016-11-05,10:00,9,"Bre',
            {},
            "is not valid CSV: unexpected end of data.",
        ),
        (
            SMALL.encode(),
            {"zone": "London"},
            "is not an IANA time zone; use a name such as Europe/Berlin.",
        ),
        (SMALL.encode(), {"tax_rate": Decimal(7)}, "write 0.07 for 7 percent."),
        (SMALL.encode(), {"encoding": "klingon"}, "cannot be opened: unknown encoding: klingon"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing_and_says_why(
    tmp_path: Path, content: bytes, options: dict[str, Any], sentence: str
) -> None:
    path = tmp_path / "till.csv"
    path.write_bytes(content)

    with pytest.raises(CommandError) as refused:
        run(path, **options)

    assert sentence in str(refused.value)
    assert not Order.objects.exists()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nowhere\.csv cannot be opened"):
        run(tmp_path / "nowhere.csv")


def test_a_row_of_another_width_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "till.csv"
    path.write_text("Date,Receipt,Item\n2016-11-05,1\n")

    run(path, time_column=None, quantity_column=None, price_column=None)

    assert "2,The row has 2 fields where the header has 3.," in (
        path.with_suffix(".rejects.csv").read_text()
    )


def test_the_queries_of_a_chunk_do_not_grow_with_its_receipts(
    tmp_path: Path, django_assert_num_queries
) -> None:
    path = tmp_path / "till.csv"
    ProductFactory(name="Bread")
    rows = [f"2016-11-05 10:00,{number},Bread\n" for number in range(40)]
    path.write_text("Date,Receipt,Item\n" + "".join(rows))

    # The menu; what is usual (2); savepoint (2), what is there, orders, their ids, lines, events.
    with django_assert_num_queries(10):
        run(path, time_column=None, quantity_column=None, price_column=None)


@pytest.mark.skipif(not REAL_FILE.exists(), reason="the bakery's file is not part of the project")
def test_the_bakerys_file_agrees_with_a_count_made_straight_from_it(
    tmp_path: Path, settings
) -> None:
    settings.SHOP_ZONE = ZoneInfo("Europe/London")
    with REAL_FILE.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Item"] != "NONE"]
    items = Counter(parse_day(row["Date"]) for row in rows)
    orders = Counter(
        parse_day(day) for day, _receipt in {(row["Date"], row["Transaction"]) for row in rows}
    )
    products = Counter((parse_day(row["Date"]), row["Item"].strip()) for row in rows)

    figures = run(
        REAL_FILE,
        receipt_column="Transaction",
        quantity_column=None,
        price_column=None,
        zone="Europe/London",
        rejects=tmp_path / "rejects.csv",
    )

    totals = totals_of_days(items)
    assert {day: total.items for day, total in totals.items()} == items
    assert {day: total.orders for day, total in totals.items()} == orders
    assert totals[parse_day("2016-11-05")].items == 275
    for day in items:
        summary = summarize_day(day)
        sold = {(day, product.name): product.quantity for product in summary.products}
        assert sold == {key: count for key, count in products.items() if key[0] == day}
        assert summary.totals == totals[day]
    refused = list(csv.DictReader(io.StringIO((tmp_path / "rejects.csv").read_text())))
    assert {row["reason"] for row in refused} == {"The item 'NONE' is not a sale."}
    assert int(figures["rows refused"].replace(",", "")) == len(refused) == 786
