from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from cafe_site.till.rows import Columns, Reading, RowRefused, TillRow, read_row
from tests.factories import utc

COLUMNS = Columns(
    receipt="Receipt",
    date="Date",
    time="Time",
    item="Item",
    quantity="Quantity",
    price="Price",
    channel="Channel",
)
READING = Reading(COLUMNS, ZoneInfo("Europe/London"), skipped_channels={"web"})
GOOD = {
    "Receipt": "12",
    "Date": "2016-11-05",
    "Time": "09:58:11",
    "Item": "Hot  chocolate ",
    "Quantity": "2",
    "Price": "3.20",
    "Channel": "Till",
}


def test_a_row_is_read_whole() -> None:
    assert read_row(GOOD, READING) == TillRow(
        "12", utc(2016, 11, 5, 9, 58, 11), "Hot chocolate", 2, Decimal("3.20")
    )


@pytest.mark.parametrize(
    ("changes", "reading", "expected"),
    [
        # Summer time in London.
        ({"Date": "2016-07-05"}, READING, utc(2016, 7, 5, 8, 58, 11)),
        # Of the hour that comes twice, the first.
        ({"Date": "2016-10-30", "Time": "01:30"}, READING, utc(2016, 10, 30, 0, 30)),
        # An hour that is skipped.
        ({"Date": "2017-03-26", "Time": "01:30"}, READING, utc(2017, 3, 26, 1, 30)),
        (
            {"Date": "05.11.2016 09:58"},
            Reading(
                Columns(receipt="Receipt", date="Date", item="Item"),
                ZoneInfo("Asia/Seoul"),
                date_format="%d.%m.%Y %H:%M",
            ),
            utc(2016, 11, 5, 0, 58),
        ),
        ({"Time": "09:58:11+01:00"}, READING, utc(2016, 11, 5, 8, 58, 11)),
    ],
)
def test_local_times_become_instants(
    changes: dict[str, str], reading: Reading, expected: object
) -> None:
    assert read_row(GOOD | changes, reading).at == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("3,20", Decimal("3.20")), ("", None), (" ", None), ("0", Decimal(0)), ("4800", 4800)],
)
def test_prices_are_read_with_point_or_comma(text: str, expected: object) -> None:
    assert read_row(GOOD | {"Price": text}, READING).unit_price == expected


def test_an_amount_per_row_is_one_without_a_quantity_column() -> None:
    reading = Reading(Columns(receipt="Receipt", date="Date", item="Item"), ZoneInfo("UTC"))

    assert read_row(GOOD, reading).quantity == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Item": "NONE"}, "The item 'NONE' is not a sale."),
        ({"Item": " "}, "The item '' is not a sale."),
        ({"Item": "x" * 121}, "The item 'xxxxxxxxxxxxxxxxxxxx'... has more than 120 characters."),
        ({"Receipt": ""}, "The receipt is empty."),
        (
            {"Date": "yesterday"},
            "The time 'yesterday 09:58:11' cannot be read; it is expected as 2016-11-05 09:58, "
            "or as --date-format says.",
        ),
        ({"Date": "1066-10-14"}, "The time '1066-10-14 09:58:11' is not between 1990 and 2100."),
        ({"Date": "0001-01-01"}, "The time '0001-01-01 09:58:11' is not between 1990 and 2100."),
        ({"Quantity": "1.5"}, "The quantity '1.5' is not a whole number."),
        ({"Quantity": "NaN"}, "The quantity 'NaN' is not a whole number."),
        (
            {"Quantity": "-1"},
            "The quantity '-1' is not between 1 and 10000; refunds are not imported.",
        ),
        (
            {"Quantity": "1e30"},
            "The quantity '1e30' is not between 1 and 10000; refunds are not imported.",
        ),
        ({"Price": "free"}, "The price 'free' cannot be read; write it as 4.20."),
        ({"Price": "1.234"}, "The price '1.234' cannot be read; write it as 4.20."),
        ({"Price": "Infinity"}, "The price 'Infinity' cannot be read; write it as 4.20."),
        ({"Price": "1e30"}, "The price '1e30' is not between 0 and 1000000."),
        ({"Price": "-1"}, "The price '-1' is not between 0 and 1000000."),
        ({"Channel": "WEB"}, "The channel 'WEB' is left out, as --skip-channel says."),
    ],
)
def test_a_row_that_cannot_be_taken_says_why(changes: dict[str, str], reason: str) -> None:
    with pytest.raises(RowRefused) as refused:
        read_row(GOOD | changes, READING)

    assert str(refused.value) == reason
