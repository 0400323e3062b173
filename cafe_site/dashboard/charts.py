"""SVG charts: line with band, bars, heatmap, sparkline. Pure.

Charts are 340 units wide, so that their text is legible on a phone, and scale with their container.
A mark's description is its accessible name and is shown on hover and focus. Colours are in
charts.css; no information is conveyed by colour alone.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from cafe_site.dashboard.ticks import nice_ticks
from cafe_site.tables.columns import width_of

WIDTH = 340
LEFT, RIGHT, TOP, BOTTOM = 44, 10, 22, 24
PLOT_HEIGHT = 140
CHARACTER_WIDTH, BOLD_WIDTH = 6.1, 7.2
BAR_STEP = 38
CELL_HEIGHT = 26
TINTS = 6


@dataclass(frozen=True, slots=True)
class Point:
    """A mark on a line: `text` is its full description; without a value the line has a gap."""

    label: str
    text: str
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with its value as text; `base` is drawn below it as an outline."""

    label: str
    value: float
    value_text: str
    base: float | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of a heatmap: its number, and its full description."""

    value: float
    number: str
    text: str


def line_chart(points: Sequence[Point], *, title: str, tick: Callable[[float], str]) -> str:
    """Draw values as a line, with a band from low to high where given."""
    height = TOP + PLOT_HEIGHT + BOTTOM
    highest = max((max(p.value or 0, p.high or 0) for p in points), default=0)
    ticks = nice_ticks(highest)
    scale = _Scale(len(points), ticks[-1])
    parts = [
        *_grid(ticks, scale, tick),
        *_band(points, scale),
        *_line(points, scale),
        *_dates(points, scale),
        *_points(points, scale),
    ]
    return _svg("chart chart-line", height, title, parts)


def bar_chart(bars: Sequence[Bar], *, title: str) -> str:
    """Draw one bar per row, with name and value above. Negative bars extend left of zero."""
    highest = max((max(bar.value, bar.base or 0, 0) for bar in bars), default=0)
    lowest = min((min(bar.value, bar.base or 0, 0) for bar in bars), default=0)
    span = (highest - lowest) or 1
    zero = -lowest / span * WIDTH
    parts = []
    for index, bar in enumerate(bars):
        top = index * BAR_STEP
        label = _cut(bar.label, WIDTH - CHARACTER_WIDTH * width_of(bar.value_text))
        marks = [
            f'<text class="bar_label" x="0" y="{top + 13}">{escape(label)}</text>',
            f'<text class="bar_value" x="{WIDTH}" y="{top + 13}">{escape(bar.value_text)}</text>',
            _bar("bar", bar.value, top + 19, 9, zero, span),
        ]
        if bar.base is not None:
            marks.append(_bar("bar_base", bar.base, top + 29, 4, zero, span))
        if lowest < 0:
            marks.append(
                f'<line class="axis" x1="{zero:.1f}" x2="{zero:.1f}" y1="{top + 17}" '
                f'y2="{top + 30}"/>'
            )
        description = escape(bar.text or f"{bar.label}: {bar.value_text}")
        if label != bar.label:
            marks.insert(0, f"<title>{description}</title>")
        parts.append(f'<g role="img" aria-label="{description}">{"".join(marks)}</g>')
    return _svg("chart chart-bars", max(len(bars), 1) * BAR_STEP, title, parts)


def heatmap(
    columns: Sequence[str],
    rows: Sequence[str],
    cells: Sequence[Sequence[Cell | None]],
    *,
    title: str,
) -> str:
    """Draw a field per row and column with its number; None is an empty field."""
    left = 8 + CHARACTER_WIDTH * max((width_of(row) for row in rows), default=0)
    width = (WIDTH - left) / max(len(columns), 1)
    highest = max((cell.value for row in cells for cell in row if cell), default=0) or 1
    parts = [
        f'<text class="tick" text-anchor="middle" x="{left + (index + 0.5) * width:.1f}" y="13">'
        f"{escape(column)}</text>"
        for index, column in enumerate(columns)
    ]
    for index, (row, fields) in enumerate(zip(rows, cells, strict=True)):
        y = 20 + index * CELL_HEIGHT
        parts.append(f'<text class="tick" x="0" y="{y + 17}">{escape(row)}</text>')
        for column, cell in enumerate(fields):
            parts.append(_field(cell, left + column * width, y, width, highest))
    return _svg("chart chart-heat", 20 + len(rows) * CELL_HEIGHT, title, parts)


def sparkline(values: Sequence[float | None], *, title: str) -> str:
    """Draw values as a small line without axes; the last value (now) is a dot."""
    width, height, edge = 200, 36, 4
    known = [value for value in values if value is not None]
    low, high = min(known, default=0), max(known, default=0)
    span = (high - low) or 1
    step = (width - 2 * edge) / max(len(values) - 1, 1)
    coordinates = [
        None
        if value is None
        else (edge + index * step, height - edge - (value - low) / span * (height - 2 * edge))
        for index, value in enumerate(values)
    ]
    parts = [f'<path class="line" d="{path}"/>' for path in _paths(coordinates)]
    if coordinates and coordinates[-1] is not None:
        x, y = coordinates[-1]
        parts.append(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3"/>')
    return _svg("sparkline", height, title, parts, width=width, role="img")


def _cut(label: str, room: float) -> str:
    """Return a name, shortened to fit beside its value; hovering shows it in full."""
    characters = int(room / BOLD_WIDTH) - 1
    if width_of(label) <= characters:
        return label
    while label and width_of(label) >= characters:
        label = label[:-1]
    return f"{label.rstrip()}…"


@dataclass(frozen=True, slots=True)
class _Scale:
    """Converts a point's index (of `count`) and value (up to `highest`) to coordinates."""

    count: int
    highest: float

    @property
    def step(self) -> float:
        return (WIDTH - LEFT - RIGHT) / max(self.count - 1, 1)

    def x(self, index: int) -> float:
        return LEFT + index * self.step

    def y(self, value: float) -> float:
        return TOP + PLOT_HEIGHT * (1 - value / self.highest)


def _svg(
    kind: str,
    height: float,
    title: str,
    parts: Sequence[str],
    *,
    width: float = WIDTH,
    role: str = "group",
) -> str:
    return (
        f'<svg class="{kind}" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="{role}" aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )


def _grid(ticks: Sequence[float], scale: _Scale, tick: Callable[[float], str]) -> Iterator[str]:
    for value in ticks:
        y = scale.y(value)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield (
            f'<text class="tick" text-anchor="end" x="{LEFT - 6}" y="{y + 4:.1f}">'
            f"{escape(tick(value))}</text>"
        )


def _band(points: Sequence[Point], scale: _Scale) -> Iterator[str]:
    run: list[tuple[float, float, float]] = []
    for index, point in enumerate([*points, None]):
        if point is not None and point.low is not None and point.high is not None:
            run.append((scale.x(index), scale.y(point.low), scale.y(point.high)))
            continue
        if len(run) > 1:
            upper = " ".join(f"{x:.1f},{high:.1f}" for x, _low, high in run)
            lower = " ".join(f"{x:.1f},{low:.1f}" for x, low, _high in reversed(run))
            yield f'<polygon class="band" points="{upper} {lower}"/>'
        run = []


def _line(points: Sequence[Point], scale: _Scale) -> Iterator[str]:
    coordinates = [
        None if point.value is None else (scale.x(index), scale.y(point.value))
        for index, point in enumerate(points)
    ]
    for path in _paths(coordinates):
        yield f'<path class="line" d="{path}"/>'


def _paths(coordinates: Sequence[tuple[float, float] | None]) -> Iterator[str]:
    """Yield a path for each section without a gap."""
    pieces: list[str] = []
    for before, point in pairwise([None, *coordinates, None]):
        if point is None:
            if pieces:
                yield " ".join(pieces)
            pieces = []
        else:
            pieces.append(f"{'L' if before else 'M'}{point[0]:.1f} {point[1]:.1f}")


def _dates(points: Sequence[Point], scale: _Scale) -> Iterator[str]:
    """Yield as many labels as fit below the line, always including the last."""
    if not points:
        return
    widest = max(width_of(point.label) for point in points) * CHARACTER_WIDTH + 26
    every = max(1, math.ceil(widest / scale.step))
    last = len(points) - 1
    for index in range(last % every, len(points), every):
        anchor = "end" if index == last and last else "middle"
        yield (
            f'<text class="tick" text-anchor="{anchor}" '
            f'x="{scale.x(index) + (RIGHT if anchor == "end" else 0):.1f}" '
            f'y="{TOP + PLOT_HEIGHT + 18}">{escape(points[index].label)}</text>'
        )


def _points(points: Sequence[Point], scale: _Scale) -> Iterator[str]:
    half = scale.step / 2
    for index, point in enumerate(points):
        if point.value is None:
            continue
        x, y = scale.x(index), scale.y(point.value)
        yield (
            f'<g class="point" tabindex="0" role="img" aria-label="{escape(point.text)}">'
            f'<rect class="hit" x="{x - half:.1f}" y="{TOP}" width="{2 * half:.1f}" '
            f'height="{PLOT_HEIGHT}"/>'
            f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>{_tip(point.text, x)}</g>'
        )


def _tip(text: str, x: float) -> str:
    """Return a mark's description, in one line above the plot, kept within the picture."""
    width = width_of(text) * CHARACTER_WIDTH + 12
    left = min(max(x - width / 2, 0), max(WIDTH - width, 0))
    return (
        f'<g class="tip"><rect x="{left:.1f}" y="0" width="{width:.1f}" height="19" rx="4"/>'
        f'<text x="{left + 6:.1f}" y="13.5">{escape(text)}</text></g>'
    )


def _bar(kind: str, value: float, y: float, height: float, zero: float, span: float) -> str:
    length = abs(value) / span * WIDTH
    x = zero - (length if value < 0 else 0)
    return (
        f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{max(length, 1):.1f}" '
        f'height="{height}" rx="2"/>'
    )


def _field(cell: Cell | None, x: float, y: float, width: float, highest: float) -> str:
    if cell is None:
        return ""
    tint = math.ceil(cell.value / highest * (TINTS - 1)) if cell.value > 0 else 0
    return (
        f'<g class="cell tint-{tint}" role="img" aria-label="{escape(cell.text)}">'
        f"<title>{escape(cell.text)}</title>"
        f'<rect x="{x + 1:.1f}" y="{y + 1}" width="{width - 2:.1f}" height="{CELL_HEIGHT - 2}" '
        f'rx="3"/><text text-anchor="middle" x="{x + width / 2:.1f}" y="{y + 17}">'
        f"{escape(cell.number)}</text></g>"
    )
