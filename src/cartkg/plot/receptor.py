"""A receptor across the membrane of its cell: parts in order from the end that binds the antigen inwards."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from .canvas import INK, LINE, MARGIN, QUIET, SIZE, SMALL, arrow, rectangle, wrap, write
from .plate import Frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH, _GAP, _BOX, _PAD = 134.0, 14.0, 62.0, 8.0
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


class ReceptorPlate:
    """A receptor on a page."""

    def __init__(self, receptor: Receptor) -> None:
        self._receptor = receptor
        parts = receptor.parts
        self._inner = _WIDTH * (len(parts) + 1) + _GAP * len(parts)
        self._small = [[line for note in part.notes for line in wrap(note, _WIDTH - 8, SMALL)] for part in parts]
        self._box = max([_BOX, *(len(_lines(part)) * SIZE * LINE + 2 * _PAD for part in parts)])
        self._fine = max((len(lines) for lines in self._small), default=0) * SMALL * LINE
        room = self._inner / max(1, len(receptor.lists)) - 24
        self._lists = [
            (heading, [wrap(entry, room - 10, SIZE) for entry in entries]) for heading, entries in receptor.lists
        ]
        tall = max((sum(map(len, entries)) for _, entries in self._lists), default=0) * SIZE * LINE
        self._cell = 44 + self._box + 12 + self._fine + 14
        height = self._cell + 18 + SIZE * LINE + 6 + tall
        self._frame = Frame(receptor.title, receptor.subtitle, receptor.notes, self._inner, height)
        self.width, self.height = self._frame.width, self._frame.height

    def draw(self, page: Axes) -> None:
        """Put everything on the page."""
        self._frame.draw(page)
        top = self._frame.top
        self._draw_sides(page, top)
        middle = top + 44 + self._box / 2
        self._draw_target(page, middle)
        for number, part in enumerate(self._receptor.parts):
            x = MARGIN + (number + 1) * (_WIDTH + _GAP)
            if number:
                page.plot([x - _GAP, x], [middle, middle], color=INK, linewidth=2.2, zorder=2, solid_capstyle="butt")
            self._draw_part(page, part, x, top + 26, self._small[number])
        y = top + self._cell + 18
        for number, (heading, entries) in enumerate(self._lists):
            x = MARGIN + number * self._inner / len(self._lists)
            at = write(page, x, y, [heading], SIZE, weight="bold") + 4
            for lines in entries:
                page.plot([x + 3], [at + SIZE * LINE / 2 + 1], marker="o", markersize=2.5, color=INK)
                at = write(page, x + 10, at, lines, SIZE)

    def _draw_sides(self, page: Axes, top: float) -> None:
        """The sides of the membrane, each over the parts that lie there."""
        numbered = list(enumerate(self._receptor.parts, 1))
        for side, group in groupby(numbered, key=lambda item: item[1].side):
            numbers = [number for number, _ in group]
            left = MARGIN + numbers[0] * (_WIDTH + _GAP) - _GAP / 2
            right = MARGIN + numbers[-1] * (_WIDTH + _GAP) + _WIDTH + _GAP / 2
            left = MARGIN if numbers[0] == 1 else left
            right = min(right, MARGIN + self._inner)
            if side == "membrane":
                rectangle(page, left, top, right - left, self._cell, zorder=0, facecolor=_LIPID, edgecolor="#8a8a8a",
                          linewidth=1.0)  # fmt: skip
            page.text((left + right) / 2, top + 11, _SIDES.get(side, side), size=SMALL, color=QUIET, style="italic",
                      ha="center", va="center_baseline")  # fmt: skip

    def _draw_target(self, page: Axes, middle: float) -> None:
        lines = wrap(self._receptor.target, _WIDTH - 40, SIZE, bold=True)
        tall = len(lines) * SIZE * LINE + 2 * _PAD
        write(
            page, MARGIN + (_WIDTH - 20) / 2, middle - self._box / 2 - 18, ["antigen"], SMALL, color=QUIET, ha="center"
        )
        rectangle(page, MARGIN, middle - tall / 2, _WIDTH - 20, tall, facecolor="white", edgecolor=INK, linewidth=1.2,
                  linestyle=(0, (3, 2)))  # fmt: skip
        write(page, MARGIN + (_WIDTH - 20) / 2, middle - tall / 2 + _PAD - 1, lines, SIZE, weight="bold", ha="center")
        arrow(page, (MARGIN + _WIDTH + _GAP - 1, middle), (MARGIN + _WIDTH - 19, middle))

    def _draw_part(self, page: Axes, part: Part, x: float, top: float, small: list[str]) -> None:
        centre = x + _WIDTH / 2
        write(page, centre, top, [part.position], SMALL, color=QUIET, ha="center")
        known = bool(part.domains)
        look = (
            {"facecolor": _FILLS.get(part.side, "white")} if known else {"facecolor": "white", "linestyle": (0, (3, 2))}
        )
        rectangle(page, x, top + 18, _WIDTH, self._box, zorder=2, edgecolor=INK, linewidth=1.2, **look)
        lines = _lines(part)
        start = top + 18 + (self._box - len(lines) * SIZE * LINE) / 2 - 1
        write(page, centre, start, lines, SIZE, ha="center", zorder=4,
              **({"weight": "bold"} if known else {"style": "italic", "color": QUIET}))  # fmt: skip
        write(page, centre, top + 18 + self._box + 8, small, SMALL, color=QUIET, ha="center")


def _lines(part: Part) -> list[str]:
    """The words in a part's box."""
    lines: list[str] = []
    for number, domain in enumerate(part.domains):
        lines += (["or"] if number else []) + wrap(domain, _WIDTH - 2 * _PAD, SIZE, bold=True)
    return lines or ["not stated"]
