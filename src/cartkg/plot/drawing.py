"""Draw any picture: lay it out on a page of its own size, and save that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .bracket import Bracket, draw_bracket
from .canvas import matplotlib_ready, saved
from .picture import Picture
from .receptor import Receptor, draw_receptor
from .sheet import Sheet
from .tree import Tree, draw_tree

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Drawable = Picture | Tree | Receptor | Bracket


def render(picture: Drawable, style: str) -> bytes:
    """The picture as SVG or PNG; the same bytes for the same picture."""
    with matplotlib_ready():
        return saved(draw(picture), style, picture.title, picture.description)


def draw(picture: Drawable) -> Figure:
    """The picture as a figure; its only axes are the page, in points from the upper left corner."""
    match picture:
        case Tree():
            return draw_tree(picture)
        case Receptor():
            return draw_receptor(picture)
        case Bracket():
            return draw_bracket(picture)
        case _:
            return Sheet(picture).draw()
