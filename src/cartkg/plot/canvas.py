"""Draw a picture with matplotlib: the only module that knows it."""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import ExternalError
from .picture import missing
from .svg import described

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, QUIET, GRID, BAND = "#111111", "#4d4d4d", "#d0d0d0", "#f4f4f4"
SIZE, SMALL, TITLE = 9.0, 8.0, 13.0
LINE, MARGIN, PAD = 1.28, 16.0, 8.0
DASHED = (0, (3, 2))
_NARROWEST, _BELOW_TITLE, _ABOVE_NOTES = 480.0, 16.0, 12.0
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


def saved(figure: Figure, style: str, title: str, description: str) -> bytes:
    """A figure as SVG or PNG; the same bytes for the same figure."""
    for artist in figure.axes[0].get_children():
        artist.set_clip_on(False)
    out = io.BytesIO()
    if style == "png":
        named = {"Title": title, "Description": description, "Software": None}
        figure.savefig(out, format="png", dpi=_DOTS, metadata=named)
        return out.getvalue()
    unnamed = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(out, format="svg", metadata=unnamed)
    return described(out.getvalue().decode(), title, description).encode()


@contextmanager
def matplotlib_ready() -> Iterator[None]:
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


def framed(title: str, subtitle: str, notes: Sequence[str], width: float, height: float) -> tuple[Figure, Axes, float]:
    """A figure whose only axes are the page, in points from the upper left corner, and where its drawing begins.

    Title and subtitle stand above a drawing of this size, the notes beneath.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    width = max(width, _NARROWEST)
    head = Block(width, Words(title, TITLE, bold=True), Words(subtitle, colour=QUIET))
    foot = [Block(width, Words(note, SMALL, colour=QUIET)) for note in notes]
    top = MARGIN + head.height + _BELOW_TITLE
    below = top + height + _ABOVE_NOTES
    size = width + 2 * MARGIN, below + sum(note.height + 3 for note in foot) + MARGIN
    figure = Figure(figsize=(size[0] / 72, size[1] / 72))
    FigureCanvasAgg(figure)
    page = figure.add_axes((0, 0, 1, 1))
    page.set(xlim=(0, size[0]), ylim=(size[1], 0))
    page.set_axis_off()
    head.write(page, MARGIN, MARGIN)
    for note in foot:
        below = note.write(page, MARGIN, below) + 3
    return figure, page, top


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a line of text in points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    return _SLACK * float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0])


def wrap(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """The text in lines of at most this width; a word that is wider stands alone."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}".strip()
            if line and width_of(longer, size, bold=bold) > room:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines


def write(page: Axes, x: float, top: float, lines: Sequence[str], size: float, **look: Any) -> float:
    """Lines of text from their upper edge on; the place below them."""
    for line in lines:
        top += size * LINE
        if line:
            page.text(x, top - size * (LINE - 1), line, size=size, va="baseline", parse_math=False,
                      **{"color": INK, **look})  # fmt: skip
    return top


@dataclass(frozen=True, slots=True)
class Words:
    """A text and how it looks."""

    text: str
    size: float = SIZE
    bold: bool = False
    colour: str = INK
    italic: bool = False


class Block:
    """Texts below each other, each in lines of at most some width."""

    def __init__(self, room: float, *texts: Words) -> None:
        self._lines = [(words, wrap(words.text, room, words.size, bold=words.bold)) for words in texts if words.text]
        self.height = sum(words.size * LINE * len(lines) for words, lines in self._lines)
        self.tall = self.height + 2 * PAD if self._lines else 0.0

    def write(self, page: Axes, x: float, top: float, ha: str = "left") -> float:
        """Write the texts from their upper edge on; the place below them."""
        for words, lines in self._lines:
            look = {"weight": "bold" if words.bold else "normal", "style": "italic" if words.italic else "normal"}
            top = write(page, x, top, lines, words.size, color=words.colour, ha=ha, zorder=4, **look)
        return top

    def boxed(self, page: Axes, x: float, top: float, width: float, height: float = 0, *, centred: bool = False,
              **look: Any) -> float:  # fmt: skip
        """Write the texts in a box that is as tall as they are, or as said; the place below it."""
        height = height or self.tall
        if height:
            rectangle(page, x, top, width, height, zorder=2, **{"edgecolor": INK, "facecolor": "white", **look})
        at, ha = (x + width / 2, "center") if centred else (x + PAD, "left")
        self.write(page, at, top + (height - self.height) / 2 - 2, ha)
        return top + height


def rectangle(page: Axes, x: float, top: float, width: float, height: float, zorder: float = 1, **look: Any) -> None:
    """A rectangle from its upper left corner."""
    from matplotlib.patches import Rectangle

    page.add_patch(Rectangle((x, top), width, height, **look)).set_zorder(zorder)


def polygon(page: Axes, corners: Sequence[tuple[float, float]], zorder: float = 1, **look: Any) -> None:
    """A polygon by its corners."""
    from matplotlib.patches import Polygon

    page.add_patch(Polygon(corners, **look)).set_zorder(zorder)


def arrow(page: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    """A straight arrow."""
    page.annotate("", end, start, zorder=3,
                  arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0,
                              "mutation_scale": 9})  # fmt: skip
