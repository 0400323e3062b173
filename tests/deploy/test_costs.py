"""What it costs: the sum, and the manual's table."""

import json
from decimal import Decimal
from pathlib import Path

from deploy.costs import (
    PRICES,
    SETUPS,
    Setup,
    main,
    read_sheet,
    running_costs,
    standing_costs,
    table,
)

ROOT = Path(__file__).resolve().parents[2]
CONTENT = json.loads(PRICES.read_text())
SHEET = read_sheet(CONTENT)


def test_the_manual_has_the_table_that_the_prices_make() -> None:
    manual = (ROOT / "docs" / "deploy.md").read_text()

    assert table(SHEET) in manual, "Put what `python -m deploy.costs` prints into docs/deploy.md."
    assert CONTENT["remark"].split(": ")[-1] in manual


def test_an_endpoint_is_paid_for_in_each_zone() -> None:
    names = ("Interface endpoints", "NAT and its address")

    costs = standing_costs(SHEET, Setup("x", 3, zones=2))

    assert [costs[name] for name in names] == [730 * Decimal("0.012") * 6, 0]


def test_what_is_free_for_ever_is_taken_off_once() -> None:
    month = {**CONTENT["month"], "page_requests": "3000000", "runs": "0", "page_seconds": "0.5"}

    costs = running_costs(read_sheet(CONTENT | {"month": month}), SETUPS[1])

    assert costs["Lambda, requests"] == 2 * Decimal("0.20")
    assert costs["Lambda, time"] == (3000000 * Decimal("0.25") - 400000) * Decimal("0.0000166667")
    assert costs["API Gateway"] == 3 * Decimal("3.70")


def test_the_runs_are_those_of_the_schedule() -> None:
    settings = json.loads((ROOT / "zappa_settings.json").read_text())
    minutes = [
        int(event["expression"].removeprefix("rate(").split()[0])
        for event in settings["reports"]["events"]
        if "expression" in event
    ]

    assert SHEET.month["runs"] == sum(30 * 24 * 60 // every for every in minutes)
    assert SHEET.month["memory_gb"] * 1024 == settings["base"]["memory_size"]


def test_the_printed_table_says_that_its_prices_are_to_be_checked(capsys) -> None:
    main()

    assert capsys.readouterr().out.endswith("not looked up: check each of them.\n")
