"""A picture as a sheet: a table whose rows carry marks on a common axis, laid out from measured text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..files import write_atomically
from .canvas import Block, Words, arrow, framed, label, rectangle, render, width_of
from .looks import ABSENT, BAND, DASHED, GRID, INK, LINE, MARGIN, PLAIN, QUIET, SIZE, SMALL, TITLE, Style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PADDING, _GAP = 6.0, 14.0
_LARGEST, _SMALLEST = 11.0, 5.5


@dataclass(frozen=True, slots=True)
class Mark:
    """Something drawn in a row between two places on the axis; `size` is a share of the largest mark.

    `node` is the IRI of what it stands for, where the row stands for several things.
    """

    kind: Literal["point", "interval", "box", "bar", "least", "onward", "diamond", "word"]
    start: float
    end: float
    style: Style = PLAIN
    size: float = 1.0
    text: str = ""
    node: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of text beside the marks; `room` is its greatest width in points."""

    title: str
    room: float
    right: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Cells for all columns and the marks between them; a heading has a name instead, after its look or its mark.

    `node` is the IRI of what it shows.
    """

    cells: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    heading: str = ""
    style: Style | None = None
    strong: bool = False
    node: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """The common axis, its ticks, and its width in points."""

    label: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    width: float = 250


@dataclass(frozen=True)
class Picture:
    """A sheet as a value: what stands around it, and what it shows; `before` of its columns are left of the marks."""

    title: str
    subtitle: str
    notes: tuple[str, ...]
    columns: tuple[Column, ...]
    before: int
    axis: Axis
    rows: tuple[Row, ...]
    legend: tuple[tuple[Mark, str], ...]

    @property
    def description(self) -> str:
        """All that it says, in words, for those who do not see it: each row with the titles of its columns."""
        lines = [self.subtitle]
        for row in self.rows:
            if row.heading:
                lines.append(f"{row.heading}:")
                continue
            named = zip(self.columns, row.cells, strict=True)
            cells = [f"{column.title}: {cell}".replace("\n", " ") for column, cell in named if cell not in {"", ABSENT}]
            lines.append("; ".join([*cells, *(mark.text for mark in row.marks if mark.text)]) + ".")
        return "\n".join([*lines, *self.notes])

    def _repr_svg_(self) -> str:
        return render(self, "svg").decode()

    def save(self, path: str | Path) -> None:
        """Write it, as PNG where the name ends so, else as SVG."""
        write_atomically(Path(path), render(self, "png" if Path(path).suffix.lower() == ".png" else "svg"))

    def draw(self) -> Figure:
        """Everything on a page of its own size."""
        return _Sheet(self).draw()


class _Sheet:
    """The places of everything on the page, from measured text."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.heads = [Block(column.room, Words(column.title, bold=True)) for column in picture.columns]
        self.cells = [
            [
                Block(column.room, Words(text, bold=row.strong))
                for column, text in zip(picture.columns, row.cells, strict=False)
            ]
            for row in picture.rows
        ]
        columns = zip(self.heads, *filter(None, self.cells), strict=True)
        widths = [max(block.width for block in column) for column in columns]
        needed = sum(widths) + picture.axis.width + _GAP * (len(widths) + 1)
        self.inner = max(needed, width_of(picture.title, TITLE, bold=True), 480)
        self.axis_left: float = MARGIN + sum(widths[: picture.before]) + _GAP * picture.before + _GAP / 2
        self.edges: list[float] = []
        x = MARGIN
        for index, (column, width) in enumerate(zip(picture.columns, widths, strict=True)):
            x += picture.axis.width + 2 * _GAP if index == picture.before else 0
            self.edges.append(x + width if column.right else x)
            x += width + _GAP
        # The upper edge of each row and of what follows them, from the top of the drawing.
        self.tops = [max(head.height for head in self.heads) + _PADDING]
        for cells in self.cells:
            height = max((cell.height for cell in cells), default=SIZE * LINE + 4)
            self.tops.append(self.tops[-1] + height + _PADDING)
        self.legend = self._legend()

    def _legend(self) -> list[tuple[int, float]]:
        """Line and left edge of each entry."""
        places: list[tuple[int, float]] = []
        line, x = 0, MARGIN
        for _, text in self.picture.legend:
            width = 30 + width_of(text, SMALL) + 16
            if x > MARGIN and x + width > self.inner + MARGIN:
                line, x = line + 1, MARGIN
            places.append((line, x))
            x += width
        return places

    def at(self, value: float) -> float:
        """Where a value of the axis lies on the page."""
        axis = self.picture.axis
        return self.axis_left + (value - axis.low) / (axis.high - axis.low) * axis.width

    def draw(self) -> Figure:
        """Everything on a page of its own size."""
        shown, legend = self.picture, (max(line for line, _ in self.legend) + 1) * 16 if self.legend else 0
        figure, page, head = framed(shown, self.inner, self.tops[-1] + 28 + legend)
        self.tops = [head + y for y in self.tops]
        self._draw_axis(page, head)
        self._write(page, self.heads, head)
        shaded = False
        for row, cells, top, bottom in zip(shown.rows, self.cells, self.tops, self.tops[1:], strict=False):
            shaded = not shaded and not row.heading
            if shaded:
                rectangle(page, MARGIN / 2, top, self.inner + MARGIN, bottom - top, zorder=0, facecolor=BAND,
                          edgecolor="none")  # fmt: skip
            if row.heading:
                self._draw_heading(page, row, (top + bottom) / 2 + 2)
                continue
            self._write(page, cells, top + _PADDING / 2)
            for mark in row.marks:
                middle, ground = top + _PADDING / 2 + SIZE * LINE / 2, BAND if shaded else "white"
                _draw_mark(page, mark, self.at(mark.start), self.at(mark.end), middle, ground)
                _lead(page, mark.node, self.at(mark.start) - _LARGEST / 2, middle - _LARGEST / 2, _LARGEST, _LARGEST)
            _lead(page, row.node, MARGIN / 2, top, self.inner + MARGIN, bottom - top)
        for (line, x), (mark, text) in zip(self.legend, shown.legend, strict=True):
            y = self.tops[-1] + 38 + line * 16
            start, end = (x + 12, x + 12) if mark.kind == "point" else (x, x + 22)
            _draw_mark(page, mark, start, end, y)
            label(page, x + 30, y, text, SMALL)
        return figure

    def _write(self, page: Axes, cells: list[Block], top: float) -> None:
        for cell, edge, column in zip(cells, self.edges, self.picture.columns, strict=True):
            cell.write(page, edge, top, "right" if column.right else "left")

    def _draw_axis(self, page: Axes, head: float) -> None:
        top, bottom = self.tops[0], self.tops[-1] + 2
        page.plot([MARGIN, MARGIN + self.inner], [top - 2, top - 2], color=INK, linewidth=0.8)
        for value, text in self.picture.axis.ticks:
            x = self.at(value)
            page.plot([x, x], [top, bottom], color=GRID, linewidth=0.6, zorder=1)
            page.plot([x, x], [bottom, bottom + 4], color=INK, linewidth=0.8)
            label(page, x, bottom + 6, text, SMALL, ha="center", va="top")
        left, width = self.axis_left, self.picture.axis.width
        page.plot([left, left + width], [bottom, bottom], color=INK, linewidth=0.8)
        Block(width, Words(self.picture.axis.label, bold=True)).write(page, left + width / 2, head, "center")

    def _draw_heading(self, page: Axes, row: Row, middle: float) -> None:
        x = MARGIN
        for mark in row.marks:
            _draw_mark(page, mark, x, x + 18, middle)
            x += 24
        if row.style is not None:
            _draw_point(page, x + 5, middle, row.style, 8.5)
            x += 16
        label(page, x, middle, row.heading, SIZE + 1, weight="bold")


def _draw_mark(page: Axes, mark: Mark, start: float, end: float, y: float, ground: str = "white") -> None:
    match mark.kind:
        case "point":
            _draw_point(page, start, y, mark.style, max(_SMALLEST, _LARGEST * mark.size**0.5))
        case "interval":
            page.plot([start, end], [y, y], color=INK, linewidth=1.2, zorder=3, solid_capstyle="butt", marker="|",
                      markersize=5, markeredgewidth=1.2)  # fmt: skip
        case "box":
            rectangle(page, start, y - 2.2, end - start, 4.4, zorder=3, linewidth=1.2)
        case "bar":
            rectangle(page, start, y - 4.5, end - start, 9, zorder=2, linewidth=0.7, facecolor=mark.style.pale,
                      hatch=mark.style.hatch)  # fmt: skip
        case "least":
            rectangle(page, start, y - 4.5, end - start, 9, zorder=2, linewidth=0.9, linestyle=DASHED)
        case "onward":
            arrow(page, (start, y), (end, y))
        case "diamond":
            tip = start + (end - start) * mark.size
            page.fill([start, tip, end, tip], [y, y - 5, y, y + 5], zorder=3, facecolor="white", edgecolor=INK,
                      linewidth=1.2)  # fmt: skip
        case "word":
            behind = {"facecolor": ground, "edgecolor": "none", "pad": 1}
            label(page, start, y, mark.text, SMALL, color=QUIET, style="italic", zorder=4, bbox=behind)


def _lead(page: Axes, node: str, x: float, top: float, width: float, height: float) -> None:
    """Let an area that is not seen lead to what is drawn there."""
    if node:
        rectangle(page, x, top, width, height, zorder=9, linewidth=0, alpha=0, url=node)


def _draw_point(page: Axes, x: float, y: float, look: Style, size: float) -> None:
    page.plot([x], [y], marker=look.shape, markersize=size, color=look.colour, markeredgecolor=INK,
              markerfacecolor=look.colour if look.filled else "white", markeredgewidth=0.8 if look.filled else 1.4,
              linestyle="none", zorder=5)  # fmt: skip
