import datetime
import json

import pytest

from cafe_site.menu.models import Product
from cafe_site.shop.opening import shop_currency
from reports import due
from reports.delivery import issuing
from reports.figures.summary import summarize_day
from reports.messages import size
from reports.messages.shortening import shortened
from reports.messages.size import is_small_enough
from reports.models import Delivery
from tests.factories import make_order, utc
from tests.fixtures.shop import SATURDAY, Shop
from tests.recording_publisher import RecordingPublisher

CLOSED = utc(2026, 11, 21, 23, 30)


@pytest.fixture
def many_products(shop: Shop) -> Shop:
    """Sell one each of 40 cakes, the later ones dearer; order two of them ahead."""
    cakes = [
        Product.objects.create(
            category=shop.cheesecake.category,
            name=f"Cake {number:02}",
            slug=f"cake-{number}",
            price_amount=number,
            tax_rate=0,
        )
        for number in range(1, 41)
    ]
    make_order(shop.at(SATURDAY, 9), dict.fromkeys(cakes, 1))
    sunday = SATURDAY + datetime.timedelta(days=1)
    ahead = dict.fromkeys(cakes[:20], 1) | {cakes[20]: 5}
    make_order(shop.at(sunday, 9), ahead, placed_at=shop.at(SATURDAY, 9))
    return shop


@pytest.fixture
def small_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing longer than what fifteen of the cakes take be sent."""
    monkeypatch.setattr(size, "SIZE_LIMIT", 36_000)


def test_a_report_that_is_not_too_long_names_everything(many_products: Shop) -> None:
    report = issuing.issue_report(SATURDAY)

    assert len(json.loads(report.payload)["products"]) == 40
    assert "Not listed here" not in report.text


def test_a_report_that_is_too_long_names_what_sold_best_and_counts_the_rest(
    many_products: Shop, small_messages: None
) -> None:
    publisher = RecordingPublisher()

    due.run_due_reports(now=CLOSED, publisher=publisher)

    [publication] = publisher.publications
    message, payload = publication.message, json.loads(publication.message.payload)
    assert is_small_enough(message)
    names = [product["name"] for product in payload["products"]]
    assert sorted(names) == [f"Cake {number}" for number in range(26, 41)]
    assert (payload["left_out_products"], payload["left_out_amount"]) == (25, "325.00")
    assert "Not listed here: 25 products" in message.text
    # The sums are those of all.
    assert payload["totals"]["net_amount"] == "820.00"
    assert payload["categories"][0]["net_amount"] == "820.00"
    ahead = payload["ordered_ahead"]
    assert (len(ahead["products"]), ahead["left_out_products"], ahead["items"]) == (15, 6, 25)
    assert ahead["products"][0]["name"] == "Cake 21"
    assert "and 6 products more on" in message.text
    assert max(len(line) for line in message.text.splitlines() if "http" not in line) <= 40
    assert Delivery.objects.get().state == Delivery.State.PUBLISHED


def test_a_shortened_report_does_not_count_as_changed(
    many_products: Shop, small_messages: None
) -> None:
    report = issuing.issue_report(SATURDAY)

    assert issuing.current_message(report).payload == report.payload
    assert len(json.loads(issuing.whole_message(report).payload)["products"]) == 40


def test_what_is_named_keeps_the_menus_order(many_products: Shop) -> None:
    summary = summarize_day(SATURDAY)

    fewer = shortened(summary, 3)

    assert [product.name for product in fewer.products] == ["Cake 38", "Cake 39", "Cake 40"]
    assert fewer.left_out_products == 37
    assert shop_currency().text(fewer.left_out_amount) == "€703.00"
