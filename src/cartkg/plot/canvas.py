"""Draw a picture with matplotlib: the only module that knows it."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..errors import ExternalError
from .picture import missing
from .svg import described

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from .picture import Column, Mark, Picture, Row

_INK, _QUIET, _GRID, _BAND = "#111111", "#4d4d4d", "#d0d0d0", "#f4f4f4"
_SIZE, _SMALL, _TITLE = 9.0, 8.0, 13.0
_LINE, _PADDING, _GAP, _MARGIN = 1.28, 6.0, 14.0, 16.0
_LARGEST, _SMALLEST = 11.0, 5.5
_DOTS = 160
_SLACK = 1.02  # hinted letters come out a little wider than measured ones
_SETTINGS = {
    # Letters as outlines: a viewer without this font would set other widths, and cut or overlap what fits here.
    # The words stay readable to machines in <title> and <desc>.
    "svg.fonttype": "path",
    "svg.hashsalt": "cartkg",
    "font.family": "DejaVu Sans",
    "hatch.linewidth": 0.6,
    "path.simplify": False,
    "savefig.bbox": None,
    "savefig.facecolor": "white",
}


def render(picture: Picture, style: str) -> bytes:
    """The picture as SVG or PNG; the same bytes for the same picture."""
    with _matplotlib():
        figure = draw(picture)
        out = io.BytesIO()
        if style == "png":
            named = {"Title": picture.title, "Description": picture.description, "Software": None}
            figure.savefig(out, format="png", dpi=_DOTS, metadata=named)
            return out.getvalue()
        unnamed = {"Date": None, "Creator": None, "Format": None, "Type": None}
        figure.savefig(out, format="svg", metadata=unnamed)
    return described(out.getvalue().decode(), picture).encode()


@contextmanager
def _matplotlib() -> Iterator[None]:
    """Matplotlib with its own defaults, whatever the user's; ExternalError where it is missing."""
    try:
        import matplotlib as mpl
        import matplotlib.style as mpl_style
    except ImportError as error:
        raise missing(error) from error
    except ValueError as error:
        raise ExternalError(f"matplotlib does not start: {error}") from error
    with mpl_style.context("default"), mpl.rc_context(_SETTINGS):  # type: ignore[arg-type]
        yield


def draw(picture: Picture) -> Figure:
    """The picture as a figure; its only axes are the page, in points from the upper left corner."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    sheet = _Sheet(picture)
    figure = Figure(figsize=(sheet.width / 72, sheet.height / 72))
    FigureCanvasAgg(figure)
    page = figure.add_axes((0, 0, 1, 1))
    page.set_xlim(0, sheet.width)
    page.set_ylim(sheet.height, 0)
    page.set_axis_off()
    sheet.draw(page)
    for artist in page.get_children():
        artist.set_clip_on(False)
    return figure


def _width(text: str, size: float, *, bold: bool = False) -> float:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    return _SLACK * float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0])


def _wrap(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """The text in lines of at most this width; a word that is wider stands alone."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}".strip()
            if line and _width(longer, size, bold=bold) > room:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines


class _Sheet:
    """The places of everything on the page, from measured text."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        bodies = [row for row in picture.rows if not row.heading]
        self.widths = [
            max(
                (
                    _width(line, _SIZE, bold=bold)
                    for text, bold in [(column.title, True), *((row.cells[index], row.strong) for row in bodies)]
                    for line in _wrap(text, column.room, _SIZE, bold=bold)
                ),
                default=0,
            )
            for index, column in enumerate(picture.columns)
        ]
        axis = picture.axis.width
        needed = sum(self.widths) + axis + _GAP * (len(self.widths) + 1)
        least = max(_width(picture.title, _TITLE, bold=True), 480)
        self.inner = max(needed, least)
        self.width = self.inner + 2 * _MARGIN
        x = _MARGIN
        self.lefts: list[float] = []
        for index, width in enumerate(self.widths):
            if index == picture.before:
                self.axis_left = x + _GAP / 2
                x += axis + 2 * _GAP
            self.lefts.append(x)
            x += width + _GAP
        if picture.before == len(self.widths):
            self.axis_left = x + _GAP / 2
        self.title = _wrap(picture.title, self.inner, _TITLE, bold=True)
        self.subtitle = _wrap(picture.subtitle, self.inner, _SIZE)
        self.headers = [
            _wrap(column.title, width + 1, _SIZE, bold=True)
            for column, width in zip(picture.columns, self.widths, strict=True)
        ]
        self.notes = [_wrap(note, self.inner, _SMALL) for note in picture.notes]
        self.tops = self._tops()
        self.legend = self._legend()
        legend = (max(line for line, _ in self.legend) + 1) * 16 + 6 if self.legend else 0
        notes = sum(len(lines) * _SMALL * _LINE + 3 for lines in self.notes)
        self.below = self.tops[-1] + 34
        self.height = self.below + legend + notes + _MARGIN

    def _tops(self) -> list[float]:
        """The upper edge of the header, of each row, and of what follows them."""
        y = _MARGIN + len(self.title) * _TITLE * _LINE + len(self.subtitle) * _SIZE * _LINE + 10
        tops = [y]
        y += max(map(len, self.headers)) * _SIZE * _LINE + _PADDING
        for row in self.picture.rows:
            tops.append(y)
            lines = max((len(self._lines(row, index)) for index in range(len(row.cells))), default=1)
            y += lines * _SIZE * _LINE + _PADDING + (4 if row.heading else 0)
        return [*tops, y]

    def _lines(self, row: Row, index: int) -> list[str]:
        return _wrap(row.cells[index], self.widths[index] + 1, _SIZE, bold=row.strong)

    def _legend(self) -> list[tuple[int, float]]:
        """Line and left edge of each entry."""
        places: list[tuple[int, float]] = []
        line, x = 0, _MARGIN
        for _, text in self.picture.legend:
            width = 30 + _width(text, _SMALL) + 16
            if x > _MARGIN and x + width > self.width - _MARGIN:
                line, x = line + 1, _MARGIN
            places.append((line, x))
            x += width
        return places

    def at(self, value: float) -> float:
        """Where a value of the axis lies on the page."""
        axis = self.picture.axis
        return self.axis_left + (value - axis.low) / (axis.high - axis.low) * axis.width

    def draw(self, page: Axes) -> None:
        """Put everything on the page."""
        y = _write(page, _MARGIN, _MARGIN, self.title, _TITLE, weight="bold")
        _write(page, _MARGIN, y + 2, self.subtitle, _SIZE, color=_QUIET)
        self._draw_axis(page)
        for column, left, width, lines in zip(self.picture.columns, self.lefts, self.widths, self.headers, strict=True):
            self._cell(page, column, left, width, self.tops[0], lines, weight="bold")
        shaded = False
        for row, top, bottom in zip(self.picture.rows, self.tops[1:-1], self.tops[2:], strict=True):
            shaded = not shaded and not row.heading
            if shaded:
                self._draw_band(page, top, bottom)
            self._draw_row(page, row, top, bottom, _BAND if shaded else "white")
        self._draw_legend(page)
        y = self.height - _MARGIN - sum(len(lines) * _SMALL * _LINE + 3 for lines in self.notes)
        for lines in self.notes:
            y = _write(page, _MARGIN, y, lines, _SMALL, color=_QUIET) + 3

    def _draw_band(self, page: Axes, top: float, bottom: float) -> None:
        page.axhspan(top, bottom, xmin=_MARGIN / 2 / self.width, xmax=1 - _MARGIN / 2 / self.width,
                     facecolor=_BAND, edgecolor="none", zorder=0)  # fmt: skip

    def _draw_axis(self, page: Axes) -> None:
        top, bottom = self.tops[1], self.tops[-1] + 2
        page.plot([_MARGIN, self.width - _MARGIN], [top - 2, top - 2], color=_INK, linewidth=0.8)
        for value, text in self.picture.axis.ticks:
            x = self.at(value)
            page.plot([x, x], [top, bottom], color=_GRID, linewidth=0.6, zorder=1)
            page.plot([x, x], [bottom, bottom + 4], color=_INK, linewidth=0.8)
            page.text(x, bottom + 6, text, size=_SMALL, color=_INK, ha="center", va="top")
        ends = [self.axis_left, self.axis_left + self.picture.axis.width]
        page.plot(ends, [bottom, bottom], color=_INK, linewidth=0.8)
        _write(page, sum(ends) / 2, self.tops[0], [self.picture.axis.label], _SIZE, ha="center", weight="bold")

    def _cell(self, page: Axes, column: Column, left: float, width: float, top: float, lines: Sequence[str],
              **look: Any) -> None:  # fmt: skip
        x = left + width if column.right else left
        _write(page, x, top, lines, _SIZE, ha="right" if column.right else "left", **look)

    def _draw_row(self, page: Axes, row: Row, top: float, bottom: float, ground: str) -> None:
        middle = top + _PADDING / 2 + _SIZE * _LINE / 2 if row.cells else (top + bottom) / 2 + 2
        if row.heading:
            x = _MARGIN
            if row.marks:
                self._draw_mark(page, row.marks[0], x, x + 18, middle)
                x += 24
            elif row.style is not None:
                self._mark(page, x + 5, middle, row.style, 8.5)
                x += 16
            page.text(x, middle, row.heading, size=_SIZE + 1, color=_INK, weight="bold", va="center_baseline",
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
            y = self.below + line * 16 + 4
            point = mark.kind == "point"
            self._draw_mark(page, mark, x + 12 if point else x, x + 12 if point else x + 22, y)
            page.text(x + 30, y, text, size=_SMALL, color=_INK, va="center_baseline", parse_math=False)

    def _draw_mark(self, page: Axes, mark: Mark, start: float, end: float, y: float, ground: str = "white") -> None:
        from matplotlib.patches import Polygon, Rectangle

        look = mark.style
        match mark.kind:
            case "point":
                self._mark(page, start, y, look, max(_SMALLEST, _LARGEST * mark.size**0.5))
            case "interval":
                page.plot([start, end], [y, y], color=_INK, linewidth=1.2, zorder=3, solid_capstyle="butt")
                for x in (start, end):
                    page.plot([x, x], [y - 2.5, y + 2.5], color=_INK, linewidth=1.2, zorder=3)
            case "box":
                box = Rectangle((start, y - 2.2), end - start, 4.4, facecolor="white", edgecolor=_INK, linewidth=1.2)
                page.add_patch(box).set_zorder(3)
            case "bar":
                bar = Rectangle((start, y - 4.5), end - start, 9, facecolor=look.pale, edgecolor=_INK,
                                linewidth=0.7, hatch=look.hatch)  # fmt: skip
                page.add_patch(bar).set_zorder(2)
            case "least":
                bar = Rectangle((start, y - 4.5), end - start, 9, facecolor="white", edgecolor=_INK, linewidth=0.9,
                                linestyle=(0, (3, 2)))  # fmt: skip
                page.add_patch(bar).set_zorder(2)
            case "onward":
                page.annotate("", (end, y), (start, y), zorder=3,
                              arrowprops={"arrowstyle": "-|>", "color": _INK, "linewidth": 1.2, "shrinkA": 0,
                                          "shrinkB": 0, "mutation_scale": 9})  # fmt: skip
            case "diamond":
                middle = (start + end) / 2 if not mark.size else start + (end - start) * mark.size
                corners = [(start, y), (middle, y - 5), (end, y), (middle, y + 5)]
                page.add_patch(Polygon(corners, facecolor="white", edgecolor=_INK, linewidth=1.2)).set_zorder(3)
            case "word":
                behind = {"facecolor": ground, "edgecolor": "none", "pad": 1}
                page.text(start, y, mark.text, size=_SMALL, color=_QUIET, style="italic", va="center_baseline",
                          zorder=4, parse_math=False, bbox=behind)  # fmt: skip

    def _mark(self, page: Axes, x: float, y: float, look: Any, size: float) -> None:
        page.plot([x], [y], marker=look.shape, markersize=size, color=look.colour, markeredgecolor=_INK,
                  markerfacecolor=look.colour if look.filled else "white", markeredgewidth=0.8 if look.filled else 1.4,
                  linestyle="none", zorder=5)  # fmt: skip


def _write(page: Axes, x: float, top: float, lines: Sequence[str], size: float, **look: Any) -> float:
    """Lines of text from their upper edge on; the place below them."""
    for line in lines:
        top += size * _LINE
        if line:
            page.text(x, top - size * (_LINE - 1), line, size=size, va="baseline", parse_math=False,
                      **{"color": _INK, **look})  # fmt: skip
    return top
