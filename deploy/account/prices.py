"""The check of deploy/prices.json against AWS's current prices in this region."""

import json
from decimal import Decimal

from deploy.account.account import Account
from deploy.account.lines import Line, note, ok
from deploy.account.price_list import PRODUCTS, REGION, find_price, not_compared
from deploy.costs import PRICES, read_sheet

SUBJECT = "prices"
# Smaller differences are not reported.
TOLERANCE = Decimal("0.05")
LOOK_UP = "Compare deploy/prices.json with https://aws.amazon.com/pricing/."
REMEDY = (
    "Put AWS's prices into deploy/prices.json, with the region and the month, and what `python -m "
    "deploy.costs` prints into docs/deploy.md."
)


def look_at_prices(account: Account) -> list[Line]:
    content = json.loads(PRICES.read_text(encoding="utf-8"))
    ours = read_sheet(content).prices
    client = account.session.client("pricing", region_name=REGION)
    found = {
        name: price
        for name, product in PRODUCTS.items()
        if name in ours and (price := find_price(client, product, account.region)) is not None
    }
    differing = [name for name in found if differs(ours[name], found[name])]
    if not found:
        return [note(SUBJECT, f"AWS's list names none of them for {account.region}", LOOK_UP)]
    left_out = not_compared(ours, found)
    told = f"{len(found) - len(differing)} of {len(ours)} are AWS's in {account.region}"
    lines = [ok(SUBJECT, told)]
    if left_out:
        lines = [ok(SUBJECT, f"{told}; not compared: {', '.join(left_out)}")]
    return [*lines, *(_differing(name, ours[name], found[name]) for name in differing)]


def differs(ours: Decimal, theirs: Decimal) -> bool:
    return abs(theirs - ours) > ours * TOLERANCE


def _differing(name: str, ours: Decimal, theirs: Decimal) -> Line:
    return note(SUBJECT, f"{name}: {ours:f} in prices.json, {theirs.normalize():f} at AWS", REMEDY)
