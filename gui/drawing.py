"""The drawing of a diagram: what stands where, as lines, boxes and texts, without a screen."""

import itertools
from collections.abc import Callable, Iterator
from typing import NamedTuple

from gui.diagram import Bar, Diagram, Row
from gui.text import clock

# Widths in units, the width of a digit. What happens on the own lane stands left of it.
TIME_UNITS, NOTES_UNITS = 9, 36
NOTES_GAP_UNITS = 1.2
# Where there is little room, they get no more than this part of it.
NOTES_SHARE = 0.32
# The labels stand between the own lane and the first of the others, if there is room.
LEAST_LABEL_UNITS, LABEL_UNITS = 12, 40
LEAST_LANE_UNITS, LANE_UNITS = 11, 24
BAR_UNITS, BAR_STEP_UNITS = 1.2, 0.7
# Bars beside each other; more would cover what they belong to.
MAX_LEVEL = 4
HEAD_UNITS = 0.9
STUB_UNITS = 3
MARGIN_UNITS = 1.0
# How much wider a heading may be than the same text in the usual font.
BOLD = 1.2
# Below the last row there is room for what it changed, and for a call that still runs.
ROWS_BELOW = 0.4
# Two lines of text a row: the label above the arrow, and what it is about beside it.
ROW_LINES, HEADER_LINES = 2.1, 1.7


class Line(NamedTuple):
    """A straight line; its points, its role, and whether its end is an arrowhead."""

    points: tuple[float, float, float, float]
    role: str
    is_arrow: bool = False
    is_dashed: bool = False


class Box(NamedTuple):
    """A rectangle; its left, upper, right and lower edge, and its role."""

    edges: tuple[float, float, float, float]
    role: str


class Text(NamedTuple):
    """A text; where its middle line begins, or, for another anchor, has its middle or end.

    Parameters:
        anchor: as in SVG, "start", "middle", or "end".
    """

    x: float
    y: float
    text: str
    role: str
    anchor: str = "start"


Shape = Line | Box | Text


class Sizes(NamedTuple):
    """What a drawing has to know of the font, in pixels.

    Parameters:
        unit: the width of a digit.
        line: the height of a line.
        measure: gives the width of a text.
    """

    unit: float
    line: float
    measure: Callable[[str], float]

    @property
    def row(self) -> float:
        """The height of a row."""
        return self.line * ROW_LINES

    @property
    def header(self) -> float:
        """The height of the lanes' headings."""
        return self.line * HEADER_LINES


class Columns(NamedTuple):
    """Where the lanes of a diagram stand, in pixels.

    Parameters:
        own: the middle of the own lane.
        edge: where its bars end; right of it begins what is scrolled sideways.
        labels: from there to the first of the other lanes.
        step: from each of these to the next.
        width: from the edge to the end of the last.
    """

    own: float
    edge: float
    labels: float
    step: float
    width: float


def fitting(diagram: Diagram, sizes: Sizes, width: float) -> Columns:
    """Return where the lanes stand in so much room; where it is little, they are scrolled."""
    unit = sizes.unit
    notes = min(NOTES_UNITS * unit, NOTES_SHARE * width) if diagram.is_server else 0
    own = TIME_UNITS * unit + notes
    edge = own + bars_width(diagram, sizes)
    count = max(1, len(diagram.lanes)) - 0.5
    room = width - edge - MARGIN_UNITS * unit
    labels = between(
        LEAST_LABEL_UNITS * unit, room - count * LEAST_LANE_UNITS * unit, LABEL_UNITS * unit
    )
    step = between(LEAST_LANE_UNITS * unit, (room - labels) / count, LANE_UNITS * unit)
    return Columns(own, edge, labels, step, labels + count * step)


def whole(diagram: Diagram, sizes: Sizes) -> Columns:
    """Return where the lanes stand if nothing is to be cut or out of sight."""
    unit, measure = sizes.unit, sizes.measure
    notes = [measure(row.notes) + TIME_UNITS * unit for row in diagram.rows]
    notes += [measure(row.changed) for row in diagram.rows]
    is_server = diagram.is_server
    own = max(notes, default=0) + 2 * NOTES_GAP_UNITS * unit if is_server else TIME_UNITS * unit
    edge = own + bars_width(diagram, sizes)
    labels = max((measure(row.told.label) for row in diagram.rows), default=0) + 3 * unit
    headings = [BOLD * measure(diagram.heading(key)) for key in diagram.lanes]
    step = max([LEAST_LANE_UNITS * unit, *(width + 3 * unit for width in headings)])
    count = max(1, len(diagram.lanes)) - 0.5
    return Columns(own, edge, labels, step, labels + count * step)


def bars_width(diagram: Diagram, sizes: Sizes) -> float:
    """Return how far the bars reach to the right of the middle of the own lane."""
    bars = diagram.bars if diagram.is_server else ()
    most = max((min(bar.level, MAX_LEVEL) for bar in bars), default=0)
    return (BAR_UNITS / 2 + most * BAR_STEP_UNITS) * sizes.unit


def between(least: float, wanted: float, most: float) -> float:
    """Return what is wanted, as far as it is not too little or too much."""
    return max(least, min(wanted, most))


class Drawing:
    """A part of a diagram, drawn.

    Parameters:
        width, height: how much room there is.
        top: the number of the first row in sight; a part of a row counts.
        left: how far the lanes are scrolled, in pixels.
        selected: the number of the row that is marked.

    Attributes:
        cut: for each row that says more than there is room for, by its number, what is cut.
    """

    def __init__(
        self,
        diagram: Diagram,
        sizes: Sizes,
        columns: Columns,
        width: float,
        height: float,
        top: float,
        left: float = 0,
        selected: int | None = None,
    ) -> None:
        self.diagram = diagram
        self.sizes = sizes
        self.own, self.edge = columns.own, columns.edge
        self.width = width
        self.height = height
        self.top = top
        self._step = columns.step
        self._selected = selected
        self.cut: dict[int, list[str]] = {}
        first = columns.edge + columns.labels - left
        self._xs = {key: first + number * self._step for number, key in enumerate(diagram.lanes)}
        begin = max(0, int(top) - diagram.first - 1)
        end = begin + int((height - sizes.header) / sizes.row) + 3
        self.rows = list(itertools.islice(diagram.rows, begin, end))

    def shapes(self) -> Iterator[Shape]:
        """Give the shapes, the lowest first."""
        yield from self._selection()
        yield from self._lanes()
        for row in self.rows:
            yield from self._row(row)
        # It covers the rows that are scrolled past the headings.
        yield Box((0, 0, self.width, self.sizes.header), "paper")
        yield from self._headings()

    def y(self, number: float) -> float:
        """Return where a row begins."""
        return self.sizes.header + (number - self.top) * self.sizes.row

    def row_at(self, y: float) -> Row | None:
        """Return the row that is drawn at a height."""
        if y < self.sizes.header:
            return None
        return self.diagram.row(int(self.top + (y - self.sizes.header) / self.sizes.row))

    def _arrow_y(self, number: float) -> float:
        """Return at which height the arrow of a row is."""
        return self.y(number) + self.sizes.row - self.sizes.line * 0.55

    def _label_y(self, number: float) -> float:
        return self._arrow_y(number) - self.sizes.line * 0.75

    def _is_in_sight(self, x: float) -> bool:
        return self.edge + STUB_UNITS * self.sizes.unit <= x <= self.width

    def _selection(self) -> Iterator[Shape]:
        if self._selected is not None and self.diagram.row(self._selected) is not None:
            y = self.y(self._selected)
            yield Box((0, y, self.width, y + self.sizes.row), "selected")

    def _lanes(self) -> Iterator[Shape]:
        header = self.sizes.header
        below = self.diagram.first + len(self.diagram.rows) + ROWS_BELOW
        bottom = min(self.height, self.y(below))
        bottom = max(bottom, header)
        for key, x in self._xs.items():
            end = self.diagram.lanes[key].end
            lower = bottom if end is None else min(bottom, self._arrow_y(end))
            if self._is_in_sight(x) and lower > header:
                yield Line((x, header, x, lower), "lane")
        yield Line((self.own, header, self.own, bottom), "lane")
        if self.diagram.is_server:
            for bar in self.diagram.bars:
                yield from self._bar(bar, bottom)

    def _bar(self, bar: Bar, bottom: float) -> Iterator[Shape]:
        upper = max(self._arrow_y(bar.first), self.sizes.header)
        lower = bottom if bar.last is None else self._arrow_y(bar.last)
        lower = max(lower, self._arrow_y(bar.first) + self.sizes.line * 0.4)
        if lower <= self.sizes.header or upper >= self.height:
            return
        unit = self.sizes.unit
        left = self.own + (min(bar.level, MAX_LEVEL) * BAR_STEP_UNITS - BAR_UNITS / 2) * unit
        yield Box((left, upper, left + BAR_UNITS * unit, min(lower, self.height)), "bar")

    def _row(self, row: Row) -> Iterator[Shape]:
        yield from self._notes(row)
        if row.line is not None:
            yield from self._arrow(row)
        elif row.bar is not None:
            yield from self._let_in(row)
        elif row.key:
            yield from self._end(row)
        elif row.text:
            yield from self._pause(row)

    def _let_in(self, row: Row) -> Iterator[Shape]:
        x, y = min(self._xs[row.key], self.width), self._arrow_y(row.number)
        yield Line((x, y, self.edge, y), "received", is_arrow=True)
        yield from self._label(row, row.text, "received", self._label_y(row.number))

    def _end(self, row: Row) -> Iterator[Shape]:
        """Give the end of a lane: its client has gone."""
        x, y = self._xs[row.key], self._arrow_y(row.number)
        if self._is_in_sight(x):
            yield from self._cross(x, y, "ink")
        yield from self._label(row, row.text, "faint", y)

    def _pause(self, row: Row) -> Iterator[Shape]:
        y = self._arrow_y(row.number)
        yield Line((self.own, y, self.width, y), "lane", is_dashed=True)
        yield from self._label(row, row.text, "faint", y)

    def _arrow(self, row: Row) -> Iterator[Shape]:
        """Give the arrow of a message, between its lane and the own one, and its label."""
        label, outcome = row.told
        role = "refused" if outcome else "sent" if row.is_sent else "received"
        unit, y, x = self.sizes.unit, self._arrow_y(row.number), self._xs[row.key]
        if not self._is_in_sight(x):
            heading = self.diagram.heading(row.key)
            label = label if label.endswith(f" {heading}") else f"{label} ({heading})"
            x = self.width if x > self.width else self.edge + STUB_UNITS * unit
        ends = (self.edge, x) if row.is_sent else (x, self.edge)
        if row.was_held:
            # It has not come as far as the lane.
            ends = (x, self.edge + (x - self.edge) * 0.4)
            label = f"{label}, held" if row.is_held else label
        yield Line((ends[0], y, ends[1], y), role, is_arrow=True, is_dashed=row.was_held)
        if outcome:
            # Near the middle of what can be seen: a refusal is no matter of colour alone.
            yield from self._cross((ends[0] + ends[1]) / 2, y, role)
        yield from self._label(row, label, role, self._label_y(row.number))

    def _cross(self, x: float, y: float, role: str) -> Iterator[Shape]:
        size = HEAD_UNITS * self.sizes.unit / 2
        yield Line((x - size, y - size, x + size, y + size), role)
        yield Line((x - size, y + size, x + size, y - size), role)

    def _label(self, row: Row, text: str, role: str, y: float) -> Iterator[Shape]:
        """Give a text that stands out from the lanes that it crosses."""
        x = self.edge + self.sizes.unit
        text = self._fitted(row, text, self.width - x - MARGIN_UNITS * self.sizes.unit)
        half = self.sizes.line * 0.42
        ground = "selected" if row.number == self._selected else "ground"
        yield Box((x, y - half, x + self.sizes.measure(text), y + half), ground)
        yield Text(x, y, text, role)

    def _notes(self, row: Row) -> Iterator[Shape]:
        """Give what stands left of the own lane: the time, and what happened there."""
        y = self._arrow_y(row.number)
        yield Text(self.sizes.unit / 2, y, clock(int(row.time)), "faint")
        if not self.diagram.is_server:
            return
        right = self.own - NOTES_GAP_UNITS * self.sizes.unit
        if row.notes:
            text = self._fitted(row, row.notes, right - TIME_UNITS * self.sizes.unit)
            role = "ink" if row.problem is None else "refused"
            yield Text(right, y, text, role, "end")
        if row.changed:
            text = self._fitted(row, row.changed, right - self.sizes.unit / 2)
            yield Text(right, y + self.sizes.row / 2, text, "ink", "end")

    def _headings(self) -> Iterator[Shape]:
        sizes, y = self.sizes, self.sizes.header / 2
        room = self._step - sizes.unit
        for key, x in self._xs.items():
            if self._is_in_sight(x):
                heading = self.diagram.heading(key)
                if heading == key and self.sizes.measure(key) > room:
                    # The port tells it from others.
                    heading = f"…:{key.rpartition(':')[2]}"
                heading = self._cut(heading, room)
                yield Text(x, y, heading, "heading", "middle")
        # It covers the headings that are scrolled past the own lane.
        yield Box((0, 0, self.edge + sizes.unit, sizes.header), "paper")
        room = 2 * (self.own - sizes.unit / 2)
        yield Text(self.own, y, self._cut(self.diagram.own, room), "heading", "middle")
        yield Line((0, sizes.header, self.width, sizes.header), "lane")

    def _fitted(self, row: Row, text: str, room: float) -> str:
        """Return as much of what a row says as there is room for, and remember what is cut."""
        fitted = self._cut(text, room)
        if fitted != text:
            self.cut.setdefault(row.number, []).append(text)
        return fitted

    def _cut(self, text: str, room: float) -> str:
        """Return as much of a text as there is room for, with … where some is missing."""
        if self.sizes.measure(text) <= room:
            return text
        kept = int(len(text) * room / self.sizes.measure(text))
        while kept > 0 and self.sizes.measure(f"{text[:kept]}…") > room:
            kept -= 1
        return f"{text[:kept]}…" if kept > 0 else ""
