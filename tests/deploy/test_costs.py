"""Tests of the monthly costs and of their table in the manual."""

import json
import re
from decimal import Decimal
from pathlib import Path

from deploy.costs import (
    PRICES,
    SETUPS,
    Setup,
    busiest_database,
    main,
    read_sheet,
    running_costs,
    standing_costs,
    surplus_sentence,
    table,
)
from deploy.template import read_template

ROOT = Path(__file__).resolve().parents[2]
CONTENT = json.loads(PRICES.read_text())
SHEET = read_sheet(CONTENT)


def test_the_manual_has_the_table_that_the_prices_make() -> None:
    manual = (ROOT / "docs" / "deploy.md").read_text()

    assert table(SHEET) in manual, "Put what `python -m deploy.costs` prints into docs/deploy.md."
    assert CONTENT["remark"] in _in_one_line(manual)
    assert surplus_sentence(SHEET) in _in_one_line(manual)


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def test_a_hosted_zone_is_paid_for_with_a_name_alone() -> None:
    setups = [Setup("x", 1), Setup("x", 1, has_domain=False)]

    costs = [standing_costs(SHEET, setup)["Hosted zone of the name"] for setup in setups]

    assert costs == [Decimal("0.50"), 0]


def test_data_is_paid_for_where_it_goes_through_an_endpoint() -> None:
    month = {**CONTENT["month"], "endpoint_gb": "300"}
    sheet = read_sheet(CONTENT | {"month": month})
    setups = [Setup("x", 2), Setup("x", 0, has_nat=True)]

    costs = [running_costs(sheet, setup)["Data through endpoints"] for setup in setups]

    assert costs == [3, 0]


def test_alarms_and_metrics_are_paid_for_from_the_eleventh() -> None:
    month = {**CONTENT["month"], "alarms": "12", "metrics": "11"}

    costs = standing_costs(read_sheet(CONTENT | {"month": month}), SETUPS[1])

    assert (costs["Alarms"], costs["Metrics of our own"]) == (Decimal("0.20"), Decimal("0.30"))


def test_all_alarms_and_metrics_are_counted() -> None:
    resources = read_template()["Resources"].values()
    alarms = [item for item in resources if item["Type"] == "AWS::CloudWatch::Alarm"]
    source = (ROOT / "reports" / "metrics.py").read_text()

    metrics = re.search(r"values = \{(.*?)\n    \}", source, re.DOTALL)

    assert metrics is not None
    assert len(alarms) <= SHEET.month["alarms"]
    assert len(re.findall(r'"\w+": ', metrics[1])) == SHEET.month["metrics"]


def test_a_busy_database_is_paid_for_above_a_tenth_of_its_processors() -> None:
    # Two processors, nine tenths of each, in 730 hours.
    assert busiest_database(SHEET) == Decimal("1314") * Decimal("0.075")


def test_the_budget_leaves_a_tenth_above_the_dearest_setup() -> None:
    dearest = max(
        sum(costs.values(), Decimal(0))
        for setup in SETUPS
        for costs in [standing_costs(SHEET, setup) | running_costs(SHEET, setup)]
    )

    budget = Decimal(read_template()["Parameters"]["BudgetDollars"]["Default"])

    # The forecast would warn in the first month, of what was meant.
    assert budget >= dearest * Decimal("1.10")


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

    assert capsys.readouterr().out.endswith(
        "not looked up: `script/deploy --check-account` compares them with AWS's own list.\n"
    )
