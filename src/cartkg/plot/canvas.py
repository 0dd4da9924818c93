"""Draw a picture with matplotlib, text first: the only module that knows it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from ..errors import ExternalError, needing
from .looks import INK, LINE, MARGIN, QUIET, SIZE, SMALL, TITLE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from .sheet import Picture

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


def render(picture: Picture, style: str) -> bytes:
    """The picture as SVG or PNG; the same bytes for the same picture."""
    with matplotlib_ready():
        figure = picture.draw()
        for artist in figure.axes[0].get_children():
            artist.set_clip_on(False)
        out = io.BytesIO()
        if style == "png":
            named = {"Title": picture.title, "Description": picture.description, "Software": None}
            figure.savefig(out, format="png", dpi=_DOTS, metadata=named)
            return out.getvalue()
        figure.savefig(out, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    return _described(_compact(out.getvalue().decode()), picture).encode()


def _described(svg: str, picture: Picture) -> str:
    """The SVG with title and description as its first children, where screen readers look."""
    start = svg.index(">", svg.index("<svg"))
    title, description = escape(picture.title), escape(picture.description)
    return (
        f'{svg[:start]} role="img" aria-labelledby="title description">\n<title id="title">{title}</title>\n'
        f'<desc id="description">{description}</desc>{svg[start + 1 :]}'
    )


def _compact(svg: str) -> str:
    """The same drawing in half the bytes: short names for letters, their places as attributes, no needless digits."""
    names: dict[str, str] = {}
    svg = re.sub(r'"(#?)(DejaVuSans[\w-]*)"', lambda at: f'"{at[1]}{names.setdefault(at[2], f"g{len(names)}")}"', svg)
    svg = re.sub(r' transform="translate\(([\d.]+) 0\)"/>', lambda at: f' x="{float(at[1]):.0f}"/>', svg)
    svg = re.sub(r"(?<=[ (])-?\d+\.\d{3,}(?= )", lambda at: f"{float(at[0]):.2f}", svg)
    svg = re.sub(r'<g id="(?:text|patch|line2d)_\d+">', "<g>", svg)
    svg = svg.replace('style="fill: none; opacity: 0"', 'fill-opacity="0"')  # filled, or nothing there can be touched
    svg = re.sub(r"\n<!--.*?-->", "", re.sub(r" *\n *", "\n", svg))
    return svg.replace("/>\n<use", "/><use")


@contextmanager
def matplotlib_ready() -> Iterator[None]:
    """Matplotlib with its own defaults, whatever the user's; ExternalError where it is missing."""
    try:
        with needing("plot"):
            import matplotlib as mpl
            import matplotlib.style as mpl_style
    except ValueError as error:
        raise ExternalError(f"matplotlib does not start: {error}") from error
    with mpl_style.context("default"), mpl.rc_context(_SETTINGS):  # type: ignore[arg-type]
        yield


def framed(picture: Picture, width: float, height: float) -> tuple[Figure, Axes, float]:
    """A figure with title and subtitle above a drawing of this size, notes beneath; and where the drawing begins."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    width = max(width, _NARROWEST)
    head = Block(width, Words(picture.title, TITLE, bold=True), Words(picture.subtitle, colour=QUIET))
    foot = [Block(width, Words(note, SMALL, colour=QUIET)) for note in picture.notes]
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


@cache
def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a line of text in points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    return _SLACK * float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0])


@dataclass(frozen=True, slots=True)
class Words:
    """A text and how it looks."""

    text: str
    size: float = SIZE
    bold: bool = False
    colour: str = INK

    def lines(self, room: float) -> list[str]:
        """The text in lines of at most this width; a word that is wider stands alone."""
        lines: list[str] = []
        for paragraph in self.text.split("\n"):
            line = ""
            for word in paragraph.split(" "):
                longer = f"{line} {word}".strip()
                if line and width_of(longer, self.size, bold=self.bold) > room:
                    lines.append(line)
                    longer = word
                line = longer
            lines.append(line)
        return lines


class Block:
    """Texts below each other, each in lines of at most some width."""

    def __init__(self, room: float, *texts: Words) -> None:
        self.lines = [(words, line) for words in texts if words.text for line in words.lines(room)]
        self.width = max((width_of(line, words.size, bold=words.bold) for words, line in self.lines), default=0.0)
        self.height = sum(words.size * LINE for words, _ in self.lines)

    def write(self, page: Axes, x: float, top: float, ha: str = "left") -> float:
        """Write the texts from their upper edge on; the place below them."""
        for words, line in self.lines:
            top += words.size * LINE
            label(page, x, top - words.size * (LINE - 1), line, words.size, color=words.colour, ha=ha, va="baseline",
                  weight="bold" if words.bold else "normal",
                  zorder=4)  # fmt: skip
        return top


def label(page: Axes, x: float, y: float, text: str, size: float = SIZE, **look: Any) -> None:
    """A line of text, by default with its middle at this height."""
    if text:
        page.text(x, y, text, size=size, parse_math=False, **{"color": INK, "va": "center_baseline", **look})


def rectangle(page: Axes, x: float, top: float, width: float, height: float, **look: Any) -> None:
    """A rectangle from its upper left corner, by default white with an edge."""
    xs, ys = [x, x + width, x + width, x], [top, top, top + height, top + height]
    page.fill(xs, ys, **{"edgecolor": INK, "facecolor": "white", **look})


def arrow(page: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    """A straight arrow."""
    page.annotate("", end, start, zorder=3,
                  arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0,
                              "mutation_scale": 9})  # fmt: skip
