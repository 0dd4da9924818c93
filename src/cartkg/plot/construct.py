"""Construct: one CAR across the membrane of its cell, with its antigen, its vector, and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from ..queries.asking import ask
from ..rdf.store import Graph
from ..rdf.vocabulary import grouped
from .canvas import Block, Drawable, Words, arrow, framed, label, rectangle
from .looks import DASHED, INK, LINE, MARGIN, PAD, QUIET, SIZE, SMALL
from .words import NOT_STATED, Line, graph_and_queries

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_QUERIES = ("parts-in-order", "construct-parts", "construct-classes")
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

    @classmethod
    def of(cls, position: str, side: str, rows: Sequence[Line]) -> Part:
        """The part that rows of the query give for a position."""
        named = [(f"{row['domain']}" + (f", {row['copies']} copies" if row["copies"] else ""), row) for row in rows]
        domains = grouped((domain, row) for domain, row in named if row["domain"])
        notes = []
        for domain, found in domains.items():
            places = "; ".join(str(row["place"]) for row in found)
            notes.append(f"{f'{domain}: ' if len(domains) > 1 else ''}{found[0]['basis']}: {places}")
        return cls(position.removesuffix(" position"), side, tuple(domains), tuple(notes))

    def block(self) -> Block:
        """The words in its box."""
        words = [Words(text, bold=True) for domain in self.domains for text in ("or", domain)][1:]
        return Block(_WIDTH - 2 * PAD, *(words or [Words(NOT_STATED, colour=QUIET, italic=True)]))


@dataclass(frozen=True)
class Receptor(Drawable):
    """A receptor with what it binds, its parts from the end that binds inwards, and lists of what else is known."""

    target: str
    parts: tuple[Part, ...]
    lists: tuple[tuple[str, tuple[str, ...]], ...]

    def words(self) -> list[str]:
        """Its target, its parts and the lists."""
        lines = [f"binds: {self.target}"]
        for part in self.parts:
            what = " or ".join(part.domains) or NOT_STATED
            lines.append(f"{part.position} ({_SIDES.get(part.side, part.side)}): {what}; {' '.join(part.notes)}")
        return lines + [f"{heading}: {'; '.join(entries)}" for heading, entries in self.lists]

    def draw(self) -> Figure:
        """The receptor on a page of its own size."""
        parts = [part.block() for part in self.parts]
        small = [Block(_WIDTH - PAD, *(Words(note, SMALL, colour=QUIET) for note in part.notes)) for part in self.parts]
        inner = _WIDTH * (len(parts) + 1) + _GAP * len(parts)
        room = inner / max(1, len(self.lists))
        lists = [[Block(room - 34, Words(entry)) for entry in entries] for _, entries in self.lists]
        box = max(_BOX, *(block.tall for block in parts))
        cell = 70 + box + max((block.height for block in small), default=0)
        height = cell + 24 + SIZE * LINE + max((sum(block.height for block in entries) for entries in lists), default=0)
        figure, page, top = framed(self, inner, height)
        lefts = [MARGIN + number * (_WIDTH + _GAP) for number in range(1, len(parts) + 1)]
        self._draw_sides(page, lefts, top, cell)
        middle = top + 44 + box / 2
        target = Block(_WIDTH - 40, Words(self.target, bold=True))
        antigen = Block(_WIDTH, Words("antigen", SMALL, colour=QUIET))
        antigen.write(page, MARGIN + _WIDTH / 2 - 10, middle - box / 2 - 18, "center")
        target.boxed(page, MARGIN, middle - target.tall / 2, _WIDTH - 20, centred=True, linewidth=1.2, linestyle=DASHED)
        arrow(page, (MARGIN + _WIDTH + _GAP - 1, middle), (MARGIN + _WIDTH - 19, middle))
        page.plot([lefts[0], lefts[-1]], [middle, middle], color=INK, linewidth=2.2, zorder=1)
        for part, x, block, fine in zip(self.parts, lefts, parts, small, strict=True):
            Block(_WIDTH, Words(part.position, SMALL, colour=QUIET)).write(page, x + _WIDTH / 2, top + 26, "center")
            look = {"facecolor": _FILLS.get(part.side, "white")} if part.domains else {"linestyle": DASHED}
            y = block.boxed(page, x, top + 44, _WIDTH, box, centred=True, linewidth=1.2, **look)
            fine.write(page, x + _WIDTH / 2, y + 8, "center")
        for number, ((heading, _), entries) in enumerate(zip(self.lists, lists, strict=True)):
            x = MARGIN + number * room
            at = Block(room, Words(heading, bold=True)).write(page, x, top + cell + 18) + 4
            for entry in entries:
                page.plot([x + 3], [at + SIZE * LINE / 2 + 1], marker="o", markersize=2.5, color=INK)
                at = entry.write(page, x + 10, at)
        return figure

    def _draw_sides(self, page: Axes, lefts: list[float], top: float, height: float) -> None:
        """The sides of the membrane, each over the parts that lie there; the antigen is on the first."""
        for side, group in groupby(zip(self.parts, lefts, strict=True), key=lambda item: item[0].side):
            places = [left for _, left in group]
            left = MARGIN if places[0] == lefts[0] else places[0] - _GAP / 2
            right = places[-1] + _WIDTH + (0 if places[-1] == lefts[-1] else _GAP / 2)
            if side == "membrane":
                rectangle(page, left, top, right - left, height, zorder=0, facecolor=_LIPID, edgecolor="#8a8a8a")
            label(page, (left + right) / 2, top + 11, _SIDES.get(side, side), SMALL, color=QUIET, style="italic",
                  ha="center")  # fmt: skip


def construct(graph: Graph, name: str) -> Receptor:
    """The parts of one construct, by label, synonym, id or IRI; UsageError names the nearest ones."""
    values = {"construct": name}
    positions = grouped(
        ((str(row["position_name"]), str(row["side"])), row) for row in ask(graph, "parts-in-order", values)
    )
    (known, *_) = ask(graph, "construct-parts", values)
    classes = [f"{row['class']}" for row in ask(graph, "construct-classes", values)]
    given = sum(any(row["domain"] for row in rows) for rows in positions.values())
    return Receptor(
        str(known["construct"]),
        f"Parts in order from the end that binds the antigen inwards; {given} of {len(positions)} positions are given.",
        (
            "Below each part: how it is known and where it is printed.",
            "The parts are drawn in order, not to scale; a dashed box is one that the source does not give.",
            graph_and_queries(graph, *(f"{query} (construct={name})" for query in _QUERIES)),
        ),
        str(known["target"] or NOT_STATED),
        tuple(Part.of(*place, rows) for place, rows in positions.items()),
        (
            ("Vector that delivers its gene", (str(known["vector"] or NOT_STATED),)),
            ("Classes that follow from its parts, antigen, vector and products", tuple(classes) or ("none",)),
        ),
    )
