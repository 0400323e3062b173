"""Tests that sentences agree with their number: 0, 1 and 2."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.utils.translation import override

from cafe_site.dashboard.today import _hour_words, _whole_words
from cafe_site.menu.models import Product
from cafe_site.stock.models import DailyStock
from cafe_site.stock.services import SoldOut, _too_few, _too_many_left
from reports.figures.unusual import Usual
from tests.fixtures.shop import SUNDAY

ROOT = Path(__file__).resolve().parent.parent
TART = Product(name="Lemon tart")


def row_with(reserved: int) -> DailyStock:
    return DailyStock(product=TART, reserved=reserved)


def hour_of(orders: int) -> str:
    return _hour_words(orders, is_all=True) % {"hour": "15:00", "value": orders, "usual": 9}


def whole_of(orders: int) -> str:
    return _whole_words(Usual(value=orders, usual=9, distance=-3), SUNDAY)


CASES: dict[str, tuple[Callable[[int], str], tuple[str, str, str]]] = {
    "left": (
        lambda count: str(SoldOut(TART, count)),
        (
            "Lemon tart is sold out for this day.",
            "Lemon tart: only 1 is left for this day. Order one, or choose another day.",
            "Lemon tart: only 2 are left for this day. Order fewer, or choose another day.",
        ),
    ),
    "reserved": (
        lambda count: str(_too_few(row_with(count))),
        (
            "Lemon tart: 0 are reserved. Enter a higher number, or cancel orders first.",
            "Lemon tart: 1 is reserved. Enter a higher number, or cancel the order first.",
            "Lemon tart: 2 are reserved. Enter a higher number, or cancel orders first.",
        ),
    ),
    "there": (
        lambda count: str(_too_many_left(row_with(0), 5, count)),
        (
            "Lemon tart: there were only 0, so 5 cannot be left over. Check both numbers.",
            "Lemon tart: there was only 1, so 5 cannot be left over. Check both numbers.",
            "Lemon tart: there were only 2, so 5 cannot be left over. Check both numbers.",
        ),
    ),
    "orders": (
        whole_of,
        (
            "Much less than usual: 0 orders so far. A Sunday has about 9.",
            "Much less than usual: 1 order so far. A Sunday has about 9.",
            "Much less than usual: 2 orders so far. A Sunday has about 9.",
        ),
    ),
    "hour": (
        hour_of,
        tuple(  # type: ignore[arg-type]
            f"All of the difference in net sales comes from pickups at 15:00: {words}, usually 9."
            for words in ("0 orders", "1 order", "2 orders")
        ),
    ),
}


@pytest.mark.parametrize(("sentence_of", "sentences"), CASES.values(), ids=CASES)
def test_a_sentence_agrees_with_its_number(
    sentence_of: Callable[[int], str], sentences: tuple[str, str, str]
) -> None:
    with override("en"):
        assert tuple(sentence_of(count) for count in (0, 1, 2)) == sentences


# Their numbers are never 1, or have digits after the point.
ALWAYS_PLURAL = {
    "%(count)s orders",
    "%(start)s to %(end)s hours",
    "%(start)s to %(end)s days",
    "Busiest: %(weekday)s, %(hour)s, with %(orders)s orders on average.",
    "Nothing was changed: a pause has 1 to %(most)s minutes, and 0 ends it. Reload the page and "
    "try again.",
}
COUNTED = re.compile(
    r"%\(\w+\)s (?:different |business |daily )?"
    r"(?:days|hours|items|minutes|orders|products|reports|trays|weeks|are|were)\b"
)


def texts_without_a_plural() -> Iterator[str]:
    for path in [*ROOT.glob("cafe_site/**/*.py"), *ROOT.glob("reports/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            name = getattr(getattr(node, "func", None), "id", "")
            if name in ("_", "gettext", "gettext_lazy") and isinstance(node, ast.Call):
                text = node.args[0]
                if isinstance(text, ast.Constant):
                    yield str(text.value)


def test_a_number_before_a_plural_is_one_of_ngettexts() -> None:
    found = {text for text in texts_without_a_plural() if COUNTED.search(text)}

    assert found == ALWAYS_PLURAL
