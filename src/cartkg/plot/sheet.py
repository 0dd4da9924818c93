"""A picture as a sheet: a table whose rows carry marks on a common axis, laid out from measured text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .canvas import (
    BAND,
    DASHED,
    GRID,
    INK,
    LINE,
    MARGIN,
    QUIET,
    SIZE,
    SMALL,
    TITLE,
    arrow,
    framed,
    polygon,
    rectangle,
    width_of,
    wrap,
    write,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from .picture import Column, Mark, Picture, Row

_PADDING, _GAP = 6.0, 14.0
_LARGEST, _SMALLEST = 11.0, 5.5


class Sheet:
    """The places of everything on the page, from measured text."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        bodies = [row for row in picture.rows if not row.heading]
        self.widths = [
            max(
                (
                    width_of(line, SIZE, bold=bold)
                    for text, bold in [(column.title, True), *((row.cells[index], row.strong) for row in bodies)]
                    for line in wrap(text, column.room, SIZE, bold=bold)
                ),
                default=0,
            )
            for index, column in enumerate(picture.columns)
        ]
        axis = picture.axis.width
        needed = sum(self.widths) + axis + _GAP * (len(self.widths) + 1)
        self.inner = max(needed, width_of(picture.title, TITLE, bold=True), 480)
        x = MARGIN
        self.lefts: list[float] = []
        for index, width in enumerate(self.widths):
            if index == picture.before:
                self.axis_left = x + _GAP / 2
                x += axis + 2 * _GAP
            self.lefts.append(x)
            x += width + _GAP
        if picture.before == len(self.widths):
            self.axis_left = x + _GAP / 2
        self.headers = [
            wrap(column.title, width + 1, SIZE, bold=True)
            for column, width in zip(picture.columns, self.widths, strict=True)
        ]
        self.tops = self._tops()
        self.legend = self._legend()

    def _tops(self) -> list[float]:
        """The upper edge of the header, of each row, and of what follows them, from the top of the drawing."""
        tops = [0.0]
        y = max(map(len, self.headers)) * SIZE * LINE + _PADDING
        for row in self.picture.rows:
            tops.append(y)
            lines = max((len(self._lines(row, index)) for index in range(len(row.cells))), default=1)
            y += lines * SIZE * LINE + _PADDING + (4 if row.heading else 0)
        return [*tops, y]

    def _lines(self, row: Row, index: int) -> list[str]:
        return wrap(row.cells[index], self.widths[index] + 1, SIZE, bold=row.strong)

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
        figure, page, top = framed(shown.title, shown.subtitle, shown.notes, self.inner, self.tops[-1] + 28 + legend)
        self.tops = [top + y for y in self.tops]
        self._draw_axis(page)
        for column, left, width, lines in zip(self.picture.columns, self.lefts, self.widths, self.headers, strict=True):
            self._cell(page, column, left, width, self.tops[0], lines, weight="bold")
        shaded = False
        for row, top, bottom in zip(self.picture.rows, self.tops[1:-1], self.tops[2:], strict=True):
            shaded = not shaded and not row.heading
            if shaded:
                rectangle(page, MARGIN / 2, top, self.inner + MARGIN, bottom - top, zorder=0, facecolor=BAND)
            self._draw_row(page, row, top, bottom, BAND if shaded else "white")
        self._draw_legend(page)
        return figure

    def _draw_axis(self, page: Axes) -> None:
        top, bottom = self.tops[1], self.tops[-1] + 2
        page.plot([MARGIN, MARGIN + self.inner], [top - 2, top - 2], color=INK, linewidth=0.8)
        for value, text in self.picture.axis.ticks:
            x = self.at(value)
            page.plot([x, x], [top, bottom], color=GRID, linewidth=0.6, zorder=1)
            page.plot([x, x], [bottom, bottom + 4], color=INK, linewidth=0.8)
            page.text(x, bottom + 6, text, size=SMALL, color=INK, ha="center", va="top")
        ends = [self.axis_left, self.axis_left + self.picture.axis.width]
        page.plot(ends, [bottom, bottom], color=INK, linewidth=0.8)
        write(page, sum(ends) / 2, self.tops[0], [self.picture.axis.label], SIZE, ha="center", weight="bold")

    def _cell(self, page: Axes, column: Column, left: float, width: float, top: float, lines: Sequence[str],
              **look: Any) -> None:  # fmt: skip
        x = left + width if column.right else left
        write(page, x, top, lines, SIZE, ha="right" if column.right else "left", **look)

    def _draw_row(self, page: Axes, row: Row, top: float, bottom: float, ground: str) -> None:
        middle = top + _PADDING / 2 + SIZE * LINE / 2 if row.cells else (top + bottom) / 2 + 2
        if row.heading:
            x = MARGIN
            if row.marks:
                self._draw_mark(page, row.marks[0], x, x + 18, middle)
                x += 24
            elif row.style is not None:
                self._mark(page, x + 5, middle, row.style, 8.5)
                x += 16
            page.text(x, middle, row.heading, size=SIZE + 1, color=INK, weight="bold", va="center_baseline",
                      parse_math=False)  # fmt: skip
            return
        look = {"weight": "bold"} if row.strong else {}
        for index, column in enumerate(self.picture.columns):
            lines = self._lines(row, index)
            self._cell(page, column, self.lefts[index], self.widths[index], top + _PADDING / 2, lines, **look)
        for mark in row.marks:
            self._draw_mark(page, mark, self.at(mark.start), self.at(mark.end), middle, ground)

    def _draw_legend(self, page: Axes) -> None:
        for (line, x), (mark, text) in zip(self.legend, self.picture.legend, strict=True):
            y = self.tops[-1] + 34 + line * 16 + 4
            point = mark.kind == "point"
            self._draw_mark(page, mark, x + 12 if point else x, x + 12 if point else x + 22, y)
            page.text(x + 30, y, text, size=SMALL, color=INK, va="center_baseline", parse_math=False)

    def _draw_mark(self, page: Axes, mark: Mark, start: float, end: float, y: float, ground: str = "white") -> None:
        look = mark.style
        match mark.kind:
            case "point":
                self._mark(page, start, y, look, max(_SMALLEST, _LARGEST * mark.size**0.5))
            case "interval":
                page.plot([start, end], [y, y], color=INK, linewidth=1.2, zorder=3, solid_capstyle="butt")
                for x in (start, end):
                    page.plot([x, x], [y - 2.5, y + 2.5], color=INK, linewidth=1.2, zorder=3)
            case "box":
                rectangle(page, start, y - 2.2, end - start, 4.4, zorder=3, facecolor="white", edgecolor=INK,
                          linewidth=1.2)  # fmt: skip
            case "bar":
                rectangle(page, start, y - 4.5, end - start, 9, zorder=2, facecolor=look.pale, edgecolor=INK,
                          linewidth=0.7, hatch=look.hatch)  # fmt: skip
            case "least":
                rectangle(page, start, y - 4.5, end - start, 9, zorder=2, facecolor="white", edgecolor=INK,
                          linewidth=0.9, linestyle=DASHED)  # fmt: skip
            case "onward":
                arrow(page, (start, y), (end, y))
            case "diamond":
                middle = (start + end) / 2 if not mark.size else start + (end - start) * mark.size
                corners = [(start, y), (middle, y - 5), (end, y), (middle, y + 5)]
                polygon(page, corners, zorder=3, facecolor="white", edgecolor=INK, linewidth=1.2)
            case "word":
                behind = {"facecolor": ground, "edgecolor": "none", "pad": 1}
                page.text(start, y, mark.text, size=SMALL, color=QUIET, style="italic", va="center_baseline",
                          zorder=4, parse_math=False, bbox=behind)  # fmt: skip

    def _mark(self, page: Axes, x: float, y: float, look: Any, size: float) -> None:
        page.plot([x], [y], marker=look.shape, markersize=size, color=look.colour, markeredgecolor=INK,
                  markerfacecolor=look.colour if look.filled else "white", markeredgewidth=0.8 if look.filled else 1.4,
                  linestyle="none", zorder=5)  # fmt: skip
