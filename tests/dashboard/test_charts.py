"""Tests of the charts: their SVG, their description in words, and the escaping of text."""

import re
from xml.etree import ElementTree

import pytest

from cafe_site.dashboard.charts import (
    BOLD_WIDTH,
    CHARACTER_WIDTH,
    LEFT,
    PLOT_HEIGHT,
    RIGHT,
    TOP,
    WIDTH,
    Bar,
    Cell,
    Point,
    bar_chart,
    heatmap,
    line_chart,
    sparkline,
)
from cafe_site.dashboard.ticks import nice_ticks, plain_number
from cafe_site.tables.columns import width_of


def drawn(svg: str, name: str, kind: str) -> list[ElementTree.Element]:
    """Return the elements of a class; a chart that is no XML fails here."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own.
    return [element for element in root.iter(name) if element.get("class") == kind]


def whole(value: float) -> str:
    return f"{value:.0f}"


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (0, [0, 1]),
        (1, [0, 0.25, 0.5, 0.75, 1]),
        (7, [0, 2, 4, 6, 8]),
        (512, [0, 200, 400, 600]),
        (100, [0, 25, 50, 75, 100]),
        (1000.5, [0, 500, 1000, 1500]),
    ],
)
def test_ticks_are_round_and_reach_the_highest(highest: float, ticks: list[float]) -> None:
    assert nice_ticks(highest) == ticks


@pytest.mark.parametrize(
    ("value", "text"), [(0.25, "0.25"), (2.5, "2.5"), (100.0, "100"), (0.0, "0"), (1200.0, "1,200")]
)
def test_a_tick_has_the_digits_that_it_needs(value: float, text: str) -> None:
    assert plain_number(value) == text


@pytest.mark.parametrize("letter", ["a", "面"])
def test_a_long_name_ends_before_its_value(letter: str) -> None:
    svg = bar_chart([Bar(letter * 90, 2.5, "×2.5 · 1,234")], title="Pairs")  # noqa: RUF001

    (label,) = drawn(svg, "text", "bar_label")
    assert label.text is not None
    assert label.text.endswith("…")
    assert width_of(label.text) * BOLD_WIDTH <= WIDTH - width_of("×2.5 · 1,234") * CHARACTER_WIDTH  # noqa: RUF001
    assert f"<title>{letter * 90}: " in svg


def test_a_line_goes_from_the_lowest_tick_to_the_highest() -> None:
    points = [Point("a", "a: 0", 0), Point("b", "b: 100", 100)]

    svg = line_chart(points, title="Sales", tick=whole)

    (line,) = drawn(svg, "path", "line")
    bottom = TOP + PLOT_HEIGHT
    assert line.get("d") == f"M{LEFT}.0 {bottom}.0 L{WIDTH - RIGHT}.0 {TOP}.0"
    assert [mark.get("aria-label") for mark in drawn(svg, "g", "point")] == ["a: 0", "b: 100"]
    assert all(mark.get("tabindex") == "0" for mark in drawn(svg, "g", "point"))


def test_a_line_has_a_gap_where_there_is_no_value() -> None:
    values = (1, 2, None, 4, 5)
    points = [
        Point(str(place), f"{place}", value, value and value - 1, value and value + 1)
        for place, value in enumerate(values)
    ]

    svg = line_chart(points, title="Sales", tick=whole)

    assert len(drawn(svg, "path", "line")) == 2
    assert len(drawn(svg, "polygon", "band")) == 2
    assert len(drawn(svg, "g", "point")) == 4


def test_the_newest_date_is_always_written_and_none_is_upon_another() -> None:
    points = [Point(f"{place} November", "", place) for place in range(30)]

    svg = line_chart(points, title="Sales", tick=whole)

    labels = [text.text for text in drawn(svg, "text", "tick") if "Nov" in (text.text or "")]
    assert labels[-1] == "29 November"
    assert 2 <= len(labels) <= 5


def test_what_is_said_of_a_point_stays_within_the_picture() -> None:
    points = [Point("a", "A very long sentence about this point", 1)] * 3

    svg = line_chart(points, title="Sales", tick=whole)

    for tip in drawn(svg, "g", "tip"):
        left, width = (float(tip[0].get(name, "nan")) for name in ("x", "width"))
        assert left >= 0
        assert left + width <= WIDTH


def test_bars_are_as_long_as_their_values() -> None:
    svg = bar_chart([Bar("Tart", 10, "10"), Bar("Pie", 5, "5", base=2.5)], title="Sold")

    assert [bar.get("width") for bar in drawn(svg, "rect", "bar")] == [f"{WIDTH}.0", f"{WIDTH / 2}"]
    assert [bar.get("width") for bar in drawn(svg, "rect", "bar_base")] == [f"{WIDTH / 4}"]


def test_negative_bars_reach_to_the_left_of_zero() -> None:
    svg = bar_chart([Bar("Tart", 30, "+30"), Bar("Pie", -10, "-10")], title="Difference")

    up, down = drawn(svg, "rect", "bar")
    zero = WIDTH / 4
    assert (up.get("x"), up.get("width")) == (f"{zero}", f"{WIDTH * 3 / 4}")
    assert (down.get("x"), down.get("width")) == ("0.0", f"{zero}")
    assert {axis.get("x1") for axis in drawn(svg, "line", "axis")} == {f"{zero}"}


def test_a_heatmap_has_its_numbers_in_it() -> None:
    cells = [[Cell(4, "4.0", "Tue 8: 4.0"), None], [Cell(0, "0.0", "x"), Cell(1, "1.0", "y")]]

    svg = heatmap(["Tue", "Wed"], ["08:00", "09:00"], cells, title="Hours")

    fields = list(ElementTree.fromstring(svg).iter("g"))  # noqa: S314
    assert [field.get("class") for field in fields] == ["cell tint-5", "cell tint-0", "cell tint-2"]
    assert fields[0].get("aria-label") == "Tue 8: 4.0"
    assert [field.findtext("text") for field in fields] == ["4.0", "0.0", "1.0"]


def test_a_sparkline_ends_with_a_dot() -> None:
    svg = sparkline([1, None, 3, 2], title="Orders: 1, -, 3, 2")

    assert len(drawn(svg, "circle", "dot")) == 1
    assert ElementTree.fromstring(svg).get("aria-label") == "Orders: 1, -, 3, 2"  # noqa: S314


def test_equal_values_are_a_flat_line() -> None:
    svg = sparkline([7, 7, 7], title="Orders")

    (line,) = drawn(svg, "path", "line")
    heights = re.findall(r"[ML][\d.]+ ([\d.]+)", line.get("d", ""))
    assert len(set(heights)) == 1


@pytest.mark.parametrize(
    "svg",
    [
        line_chart([], title="Nothing", tick=whole),
        bar_chart([], title="Nothing"),
        heatmap([], [], [], title="Nothing"),
        sparkline([], title="Nothing"),
        line_chart([Point("a", "one", 0)], title="One", tick=whole),
        bar_chart([Bar("a", 0, "0")], title="Zero"),
    ],
)
def test_little_or_nothing_is_drawn_without_a_fault(svg: str) -> None:
    assert ElementTree.fromstring(svg).tag == "svg"  # noqa: S314
    assert "nan" not in svg


def test_no_text_becomes_markup() -> None:
    evil = '"><script>alert(1)</script>'

    pictures = (
        line_chart([Point(evil, evil, 1)], title=evil, tick=lambda _value: evil),
        bar_chart([Bar(evil, 1, evil, text=evil)], title=evil),
        heatmap([evil], [evil], [[Cell(1, evil, evil)]], title=evil),
        sparkline([1], title=evil),
    )

    assert not any("<script" in picture for picture in pictures)


def test_no_style_is_inline() -> None:
    picture = line_chart([Point("a", "a", 1, 0, 2)] * 3, title="x", tick=whole)

    assert "style" not in picture
