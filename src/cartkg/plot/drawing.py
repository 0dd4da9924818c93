"""Draw any picture: lay it out on a page of its own size, and save that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .bracket import Bracket, BracketPlate
from .canvas import blank, matplotlib_ready, saved
from .picture import Picture
from .receptor import Receptor, ReceptorPlate
from .sheet import Sheet
from .tree import Tree, TreePlate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Drawable = Picture | Tree | Receptor | Bracket


def render(picture: Drawable, style: str) -> bytes:
    """The picture as SVG or PNG; the same bytes for the same picture."""
    with matplotlib_ready():
        return saved(draw(picture), style, picture.title, picture.description)


def draw(picture: Drawable) -> Figure:
    """The picture as a figure; its only axes are the page, in points from the upper left corner."""
    plate: Sheet | TreePlate | ReceptorPlate | BracketPlate
    match picture:
        case Tree():
            plate = TreePlate(picture)
        case Receptor():
            plate = ReceptorPlate(picture)
        case Bracket():
            plate = BracketPlate(picture)
        case _:
            plate = Sheet(picture)
    figure, page = blank(plate.width, plate.height)
    plate.draw(page)
    for artist in page.get_children():
        artist.set_clip_on(False)
    return figure
