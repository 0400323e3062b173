"""Tests of the pure parts of script/demo. `script/demo --check` tests the whole of it."""

import datetime
import json
import socket
from collections import Counter

import pytest

from cafe_site.menu.models import Category
from cafe_site.orders.models import Order, OrderEvent, Status
from cafe_site.orders.pricing import sum_amounts
from cafe_site.shop.business_day import BusinessCalendar
from cafe_site.shop.models import Weekday
from cafe_site.shop.opening_day import OpeningDay
from cafe_site.shop.service_day import spans_on
from script.demo_parts.arguments import Arguments, PortTaken, listen, read_arguments
from script.demo_parts.browser import FormReader, Page
from script.demo_parts.draw import FEWEST, LEAD, MOST, DrawnOrder, draw_day
from script.demo_parts.lighthouse import Measured, read_report
from script.demo_parts.menu import MENU
from script.demo_parts.schedule import scheduled_functions
from script.demo_parts.seed import seed_shop, weekly_closing_day
from script.demo_parts.show import WIDTH, format_json
from script.demo_parts.write import steps_of
from tests.settings import SHOP_ZONE

CALENDAR = BusinessCalendar(SHOP_ZONE)
SATURDAY = datetime.date(2026, 11, 21)
MONDAY_NOON = datetime.datetime(2026, 11, 23, 11, tzinfo=datetime.UTC)


def open_day(day: datetime.date) -> OpeningDay:
    return OpeningDay(
        day, spans_on(day, [(datetime.time(8), datetime.time(18))], CALENDAR), sentence=""
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], Arguments(port=8000, is_check=False)),
        (["--port", "8001"], Arguments(port=8001, is_check=False)),
        (["--check"], Arguments(port=0, is_check=True)),
        (["--check", "--port", "8002"], Arguments(port=8002, is_check=True)),
    ],
)
def test_arguments_are_read(given: list[str], expected: Arguments) -> None:
    assert read_arguments(given) == expected


@pytest.mark.parametrize("port", ["0", "80", "70000", "-1", "eight", "٨٠٠٠"])
def test_a_port_that_is_none_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read_arguments([f"--port={port}"])

    assert "give a number from 1024 to 65535" in capsys.readouterr().err


@pytest.mark.enable_socket
def test_a_port_in_use_is_told_with_the_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} is in use .* script/demo --port \\d+"):
            listen(port)


def test_a_day_is_drawn_the_same_each_time() -> None:
    first = draw_day(open_day(SATURDAY), CALENDAR, growth=1)

    assert first == draw_day(open_day(SATURDAY), CALENDAR, growth=1)


def test_a_days_orders_are_as_many_as_a_cafe_has_and_within_its_hours() -> None:
    for offset in range(28):
        opening = open_day(SATURDAY + datetime.timedelta(days=offset))
        drawn = draw_day(opening, CALENDAR, growth=1)

        (opens, closes) = opening.spans[0]
        assert FEWEST <= len(drawn) <= MOST
        assert all(opens <= order.pickup_at < closes for order in drawn)
        assert all(order.placed_at + LEAD <= order.pickup_at for order in drawn)


def test_a_closed_day_has_no_orders() -> None:
    assert draw_day(OpeningDay(SATURDAY, spans=()), CALENDAR, growth=1) == []


@pytest.mark.parametrize("outcome", [Status.COLLECTED, Status.NOT_COLLECTED, Status.CANCELLED])
def test_an_orders_steps_follow_each_other(outcome: Status) -> None:
    pickup_at = MONDAY_NOON
    order = DrawnOrder("Anna K.", pickup_at - LEAD, pickup_at, outcome, False, {})

    steps = steps_of(order)

    assert steps == sorted(steps)
    assert (steps[0], steps[-1][1]) == ((order.placed_at, Status.PLACED), outcome)


@pytest.mark.parametrize(
    ("today", "expected"),
    [(23, Weekday.TUESDAY), (24, Weekday.WEDNESDAY), (25, Weekday.MONDAY), (29, Weekday.MONDAY)],
)
def test_the_cafe_rests_on_neither_day_that_is_shown(today: int, expected: Weekday) -> None:
    days = datetime.date(2026, 11, today), datetime.date(2026, 11, today - 1)

    assert weekly_closing_day(*days) == expected


@pytest.mark.django_db
def test_a_seeded_shop_adds_up_and_is_not_seeded_again() -> None:
    assert seed_shop(MONDAY_NOON, weeks=4)

    assert not seed_shop(MONDAY_NOON, weeks=4)
    assert Category.objects.count() == len(MENU)
    for order in Order.objects.prefetch_related("lines"):
        lines = list(order.lines.all())
        expected = sum_amounts([line.amounts for line in lines])
        assert {name: getattr(order, name) for name in expected} == expected
        assert {line.counted for line in lines} == {order.status != Status.CANCELLED}
    statuses = Counter(Order.objects.values_list("status", flat=True))
    assert statuses[Status.COLLECTED] > 0.9 * statuses.total()
    assert statuses[Status.PLACED] > 0
    assert not Order.objects.filter(placed_at__gt=MONDAY_NOON).exists()
    assert not OrderEvent.objects.filter(at__gt=MONDAY_NOON).exists()


def test_the_reports_entry_is_scheduled_first() -> None:
    assert scheduled_functions()[0] == "reports.events.run_due_reports"


def test_json_is_broken_only_where_it_is_too_wide() -> None:
    value = {"short": [1, {"a": "b"}], "empty": [], "long": [{"name": "x" * 40}] * 2}

    text = format_json(value)

    assert json.loads(text) == value
    assert all(len(line) <= WIDTH for line in text.splitlines())
    assert '  "short": [1, {"a": "b"}],' in text.splitlines()


def test_a_form_is_read_with_what_it_is_filled_with() -> None:
    reader = FormReader()
    reader.feed(
        '<form action="/search/"><input name="q"></form>'
        '<form method="post" action="/checkout/"><input type="hidden" name="key" value="k&amp;1">'
        '<input type="checkbox" name="no" value="1"><textarea name="note"></textarea>'
        '<select name="pickup_at"><option value="">Choose</option><optgroup label="Today">'
        '<option value="first">8:00</option><option value="second">8:15</option></optgroup>'
        "</select></form>"
    )
    page = Page("http://127.0.0.1/basket/", "", reader.forms)

    values = page.form_for("/checkout/").values

    assert values == {"key": "k&1", "note": "", "pickup_at": "first"}


def test_a_page_without_the_form_says_so() -> None:
    with pytest.raises(LookupError, match="has no form for /checkout/"):
        Page("http://127.0.0.1/", "", []).form_for("/checkout/")


def test_a_page_that_scores_or_weighs_worse_than_promised_is_told() -> None:
    requests = [
        {"resourceType": "Document", "transferSize": 10240},
        {"resourceType": "Script", "transferSize": 26624},
        {"resourceType": "Image"},
    ]
    names = ("performance", "accessibility", "best-practices", "seo")
    categories: dict[str, dict[str, object]] = {
        name: {"score": 1, "auditRefs": []} for name in names
    }
    categories["performance"] = {
        "score": 0.94,
        "auditRefs": [{"id": "slow", "weight": 3}, {"id": "hint", "weight": 0}],
    }
    audits = {
        "network-requests": {"details": {"items": requests}},
        "slow": {"title": "Is fast", "score": 0.5, "displayValue": "4 s"},
        "hint": {"title": "Unused", "score": 0},
    }

    measured = read_report({"categories": categories, "audits": audits})

    assert measured == Measured(
        scores=dict.fromkeys(names, 1) | {"performance": 0.94},
        kib={"page": 36.0, "script": 26.0},
        faults=["Is fast 4 s"],
    )
    assert measured.too_low == ["performance", "script weight"]
