"""A receptor across the membrane of its cell: parts in order from the end that binds the antigen inwards."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from .canvas import (
    DASHED,
    INK,
    LINE,
    MARGIN,
    PAD,
    QUIET,
    SIZE,
    SMALL,
    Block,
    Words,
    arrow,
    framed,
    rectangle,
    write,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH, _GAP, _BOX = 134.0, 14.0, 62.0
_FILLS = {"outside": "#d9ecf7", "membrane": "#fbe3b8", "inside": "#d5efe6"}
_SIDES = {"outside": "outside of the cell", "membrane": "membrane", "inside": "inside of the cell"}
_LIPID = "#efefef"


@dataclass(frozen=True, slots=True)
class Part:
    """What stands at one position: the domains printed for it, empty where none is, and small print below."""

    position: str
    side: str
    domains: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Receptor:
    """A receptor with what it binds, its parts in order, and lists of what else is known."""

    title: str
    subtitle: str
    target: str
    parts: tuple[Part, ...]
    lists: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...]

    @property
    def description(self) -> str:
        """All that the picture says, in words."""
        lines = [self.subtitle, f"binds: {self.target}"]
        for part in self.parts:
            what = " or ".join(part.domains) or "not stated"
            lines.append(f"{part.position} ({_SIDES.get(part.side, part.side)}): {what}; {' '.join(part.notes)}")
        lines += [f"{heading}: {'; '.join(entries)}" for heading, entries in self.lists]
        return "\n".join([*lines, *self.notes])


def draw_receptor(receptor: Receptor) -> Figure:
    """A receptor on a page of its own size."""
    parts = [_domains(part) for part in receptor.parts]
    small = [Block(_WIDTH - PAD, *(Words(note, SMALL, colour=QUIET) for note in part.notes)) for part in receptor.parts]
    inner = _WIDTH * (len(parts) + 1) + _GAP * len(parts)
    room = inner / max(1, len(receptor.lists))
    lists = [[Block(room - 34, Words(entry)) for entry in entries] for _, entries in receptor.lists]
    box = max(_BOX, *(block.tall for block in parts))
    cell = 70 + box + max((block.height for block in small), default=0)
    height = cell + 24 + SIZE * LINE + max((sum(block.height for block in entries) for entries in lists), default=0)
    figure, page, top = framed(receptor.title, receptor.subtitle, receptor.notes, inner, height)
    lefts = [MARGIN + number * (_WIDTH + _GAP) for number in range(1, len(parts) + 1)]
    _draw_sides(page, receptor.parts, lefts, top, cell)
    middle = top + 44 + box / 2
    target = Block(_WIDTH - 40, Words(receptor.target, bold=True))
    write(page, MARGIN + _WIDTH / 2 - 10, middle - box / 2 - 18, ["antigen"], SMALL, color=QUIET, ha="center")
    target.boxed(page, MARGIN, middle - target.tall / 2, _WIDTH - 20, centred=True, linewidth=1.2, linestyle=DASHED)
    arrow(page, (MARGIN + _WIDTH + _GAP - 1, middle), (MARGIN + _WIDTH - 19, middle))
    page.plot([lefts[0], lefts[-1]], [middle, middle], color=INK, linewidth=2.2, zorder=1)
    for part, x, block, fine in zip(receptor.parts, lefts, parts, small, strict=True):
        write(page, x + _WIDTH / 2, top + 26, [part.position], SMALL, color=QUIET, ha="center")
        look = {"facecolor": _FILLS.get(part.side, "white")} if part.domains else {"linestyle": DASHED}
        y = block.boxed(page, x, top + 44, _WIDTH, box, centred=True, linewidth=1.2, **look)
        fine.write(page, x + _WIDTH / 2, y + 8, "center")
    for number, ((heading, _), entries) in enumerate(zip(receptor.lists, lists, strict=True)):
        x = MARGIN + number * room
        at = write(page, x, top + cell + 18, [heading], SIZE, weight="bold") + 4
        for entry in entries:
            page.plot([x + 3], [at + SIZE * LINE / 2 + 1], marker="o", markersize=2.5, color=INK)
            at = entry.write(page, x + 10, at)
    return figure


def _draw_sides(page: Axes, parts: Sequence[Part], lefts: list[float], top: float, height: float) -> None:
    """The sides of the membrane, each over the parts that lie there; the antigen is on the first."""
    for side, group in groupby(zip(parts, lefts, strict=True), key=lambda item: item[0].side):
        places = [left for _, left in group]
        left = MARGIN if places[0] == lefts[0] else places[0] - _GAP / 2
        right = places[-1] + _WIDTH + (0 if places[-1] == lefts[-1] else _GAP / 2)
        if side == "membrane":
            rectangle(page, left, top, right - left, height, zorder=0, facecolor=_LIPID, edgecolor="#8a8a8a")
        page.text((left + right) / 2, top + 11, _SIDES.get(side, side), size=SMALL, color=QUIET, style="italic",
                  ha="center", va="center_baseline")  # fmt: skip


def _domains(part: Part) -> Block:
    """The words in a part's box."""
    words = [Words(text, bold=True) for domain in part.domains for text in ("or", domain)][1:]
    return Block(_WIDTH - 2 * PAD, *(words or [Words("not stated", colour=QUIET, italic=True)]))
