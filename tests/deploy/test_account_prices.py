"""Tests that compare deploy/prices.json with AWS's price list, whose responses are made up."""

import json
from decimal import Decimal
from typing import Any

import pytest

from deploy.account.price_list import PREFIXES, PRODUCTS, Product, find_price
from deploy.account.prices import differs, look_at_prices
from deploy.costs import PRICES
from tests.deploy.cloud import Cloud
from tests.deploy.looking import open_cloud

OURS = json.loads(PRICES.read_text())["prices"]


def product(*steps: tuple[str, str]) -> str:
    """Return an item of the list: from how much on, and the price of one."""
    dimensions = {
        f"x.{number}": {"beginRange": begin, "pricePerUnit": {"USD": price}}
        for number, (begin, price) in enumerate(steps)
    }
    return json.dumps({"terms": {"OnDemand": {"x": {"priceDimensions": dimensions}}}})


class Pricing:
    """AWS's price list: items by usage type, with the other filters that were asked for."""

    def __init__(self, items: dict[str, list[str]]) -> None:
        self.items = items
        self.asked: list[tuple[str, dict[str, str]]] = []

    def get_paginator(self, name: str) -> "Pricing":
        assert name == "get_products"
        return self

    # The arguments' names are AWS's.
    def paginate(self, ServiceCode: str, Filters: list[dict[str, str]]) -> Any:  # noqa: N803
        assert {item["Type"] for item in Filters} == {"TERM_MATCH"}
        filters = {item["Field"]: item["Value"] for item in Filters}
        self.asked.append((ServiceCode, filters))
        # In pages; the first page is empty.
        return [{"PriceList": []}, {"PriceList": self.items.get(filters["usagetype"], [])}]


@pytest.mark.parametrize(
    ("items", "price"),
    [
        ([product(("0", "0.0000002"))], Decimal("0.20")),
        # The first thousand are free, and what comes after a million is cheaper.
        ([product(("1000000", "0.0000001"), ("0", "0"), ("1000", "0.0000002"))], Decimal("0.20")),
        # Twice the same price is one.
        ([product(("0", "0.0000002")), product(("0", "0.00000020"))], Decimal("0.20")),
        # Two prices, and nobody knows which is ours.
        ([product(("0", "0.0000002")), product(("0", "0.0000003"))], None),
        ([product(("0", "0"))], None),
        ([json.dumps({"terms": {}})], None),
        ([], None),
    ],
)
def test_the_first_price_that_is_not_free_is_found(items: list[str], price: Decimal | None) -> None:
    client = Pricing({"EUC1-Request": items})

    found = find_price(client, Product("AWSLambda", "Request", 1_000_000), "eu-central-1")

    assert found == price


def test_usage_types_begin_with_the_region() -> None:
    client = Pricing({})
    for region in ("eu-central-1", "us-east-1", "xx-nowhere-1"):
        find_price(client, Product("S", "Hours", 1, {"databaseEngine": "MariaDB"}), region)
    find_price(client, Product("AmazonRoute53", "HostedZone", is_regional=False), "eu-west-1")

    engine = {"databaseEngine": "MariaDB"}
    assert client.asked == [
        ("S", {"usagetype": "EUC1-Hours", **engine}),
        ("S", {"usagetype": "Hours", **engine}),
        ("S", {"usagetype": "USE1-Hours", **engine}),
        ("AmazonRoute53", {"usagetype": "HostedZone"}),
    ]


def test_each_price_that_is_looked_up_is_one_of_ours() -> None:
    assert set(PRODUCTS) <= set(OURS)
    # SES has changed how it names its usage: that one is not sure.
    assert set(OURS) - set(PRODUCTS) == {"ses_thousand_emails"}
    assert json.loads(PRICES.read_text())["region"] in PREFIXES


def answer_with(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, **changes: str) -> Pricing:
    """Have AWS ask for what we wrote down, but for some prices."""
    items: dict[str, list[str]] = {}
    for name, wanted in PRODUCTS.items():
        price = Decimal(changes.get(name, OURS[name])) / wanted.times
        items[wanted.usage_types("eu-central-1")[0]] = [product(("0", f"{price:f}"))]
    client, own = Pricing(items), cloud.session.client

    def make(name: str, **options: str) -> Any:
        if name != "pricing":
            return own(name, **options)
        # There is no price list in Frankfurt.
        assert options == {"region_name": "us-east-1"}
        return client

    monkeypatch.setattr(cloud.session, "client", make)
    return client


def test_prices_that_are_right_are_counted(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    client = answer_with(cloud, monkeypatch)

    [line] = look_at_prices(open_cloud(cloud))

    assert (line.level, line.found) == (
        "ok",
        f"{len(OURS) - 1} of {len(OURS)} are AWS's in eu-central-1; "
        "not compared: ses_thousand_emails",
    )
    # One question for each.
    assert len(client.asked) == len(PRODUCTS)


def test_a_price_that_has_changed_is_noted_with_both(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_with(cloud, monkeypatch, nat_hour="0.0600", lambda_million_requests="0.21")

    summary, line = look_at_prices(open_cloud(cloud))

    assert summary.found.startswith(f"{len(OURS) - 2} of {len(OURS)} are AWS's")
    assert (line.level, line.found) == ("note", "nat_hour: 0.052 in prices.json, 0.06 at AWS")
    assert "python -m deploy.costs" in line.remedy


def test_a_list_that_names_nothing_of_ours_is_noted(cloud: Cloud) -> None:
    [line] = look_at_prices(open_cloud(cloud))

    assert (line.level, line.found) == ("note", "AWS's list names none of them for eu-central-1")


@pytest.mark.parametrize(
    ("theirs", "is_other"),
    [("1.05", False), ("1.0501", True), ("0.95", False), ("0.9499", True)],
)
def test_five_percent_are_let_pass(theirs: str, is_other: bool) -> None:
    assert differs(Decimal(1), Decimal(theirs)) == is_other
