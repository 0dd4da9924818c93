"""Hierarchy: the classes of the ontology as the tree that is asserted, drawn in columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil, nan
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..queries.asking import ask
from ..queries.names import suggestion
from ..rdf.store import Graph
from ..rdf.vocabulary import grouped, reachable
from .canvas import Block, Drawable, Words, framed, label, width_of
from .looks import INK, MARGIN, QUIET, SIZE, SMALL
from .words import Line, graph_and_queries

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_QUERY = "class-tree"
_STEP, _INDENT, _GAP = 14.0, 13.0, 26.0
_ROOM = 230.0
_PER_COLUMN, _COLUMNS = 24, 3
_LINE_COLOUR = "#8a8a8a"


@dataclass(frozen=True, slots=True)
class Node:
    """A name in its place; `marked` ones look different, `count` stands beside, `more` is what is not drawn below."""

    depth: int
    name: str
    marked: bool = False
    count: int = 0
    more: int = 0


@dataclass(frozen=True)
class Tree(Drawable):
    """Nodes in order, each below the nearest one before it that is less deep."""

    nodes: tuple[Node, ...]
    legend: tuple[tuple[bool, str], ...]

    def words(self) -> list[str]:
        """The legend, and each node with its number."""
        lines = [f"{'marked' if marked else 'plain'}: {text}" for marked, text in self.legend]
        for node in self.nodes:
            rest = f" +{node.more} below" if node.more else ""
            lines.append(f"{'  ' * node.depth}{node.name}{' (marked)' if node.marked else ''}: {node.count}{rest}")
        return lines

    def draw(self) -> Figure:
        """The tree on a page of its own size."""
        columns = self._columns()
        widths = [max(entry.width for entry in column) for column in columns]
        rows = max(sum(len(entry.lines) for entry in column) for column in columns)
        width = sum(widths) + _GAP * (len(widths) - 1)
        figure, page, top = framed(self, width, rows * _STEP + 26)
        x = MARGIN
        for marked, text in self.legend:
            _dot(page, x + 4, top + 4, marked=marked)
            label(page, x + 13, top + 4, text, SMALL)
            x += 13 + width_of(text, SMALL) + 22
        for number, column in enumerate(columns):
            _draw_column(page, column, MARGIN + sum(widths[:number]) + _GAP * number, top + 26)
        return figure

    def _columns(self) -> list[list[_Entry]]:
        """The nodes in columns of about the same height; in each, the way to its first node is repeated."""
        whole = [_Entry(node) for node in self.nodes]
        lines = sum(len(entry.lines) for entry in whole)
        count = min(_COLUMNS, max(1, ceil(lines / _PER_COLUMN)))
        room = ceil(lines / count) + (3 if count > 1 else 0)
        columns: list[list[_Entry]] = [[]]
        path: list[Node] = []
        used = 0
        for entry in whole:
            path = [node for node in path if node.depth < entry.node.depth]
            if used and used + len(entry.lines) > room and len(columns) < count:
                columns.append([_Entry(node, repeated=True) for node in path])
                used = len(columns[-1])
            columns[-1].append(entry)
            used += len(entry.lines)
            path.append(entry.node)
        return columns


class _Entry:
    """A node as it is drawn: its name in lines, and what stands beside it."""

    def __init__(self, node: Node, *, repeated: bool = False) -> None:
        self.node, self.repeated = node, repeated
        block = Block(_ROOM - node.depth * _INDENT, Words(node.name))
        self.lines = [line for _, line in block.lines]
        more = f"+{node.more} below" if node.more else ""
        count = str(node.count) if node.count else ""
        self.beside = "continued" if repeated else "  ".join(filter(None, (count, more)))
        self.width = node.depth * _INDENT + 13 + block.width + 5 + width_of(self.beside, SMALL)


def _draw_column(page: Axes, column: list[_Entry], left: float, top: float) -> None:
    parents: dict[int, float] = {}
    xs: list[float] = []
    ys: list[float] = []
    y = top + _STEP / 2
    for entry in column:
        depth = entry.node.depth
        x = left + depth * _INDENT
        if (above := parents.get(depth - 1)) is not None:
            corner = x - _INDENT + 4
            xs += [corner, corner, x - 1, nan]
            ys += [above + 5, y, y, nan]
        parents = {level: place for level, place in parents.items() if level < depth} | {depth: y}
        _dot(page, x + 4, y, marked=entry.node.marked, pale=entry.repeated)
        look: dict[str, Any] = {"color": QUIET, "style": "italic"} if entry.repeated else {}
        for line in entry.lines:
            label(page, x + 13, y, line, **look)
            y += _STEP
        label(page, x + 13 + width_of(entry.lines[-1], SIZE) + 5, y - _STEP, entry.beside, SMALL, color=QUIET)
    page.plot(xs, ys, color=_LINE_COLOUR, linewidth=0.8, zorder=1)


def _dot(page: Axes, x: float, y: float, *, marked: bool, pale: bool = False) -> None:
    fill = "#0072B2" if marked and not pale else "white"
    page.plot([x], [y], marker="s", markersize=7.5, markerfacecolor=fill, markeredgecolor=QUIET if pale else INK,
              markeredgewidth=0.9, linestyle="none", zorder=3)  # fmt: skip


def hierarchy(graph: Graph, under: str = "", depth: int = 99) -> Tree:
    """The tree of classes, or the branch below one of them, down to some depth."""
    rows: list[Line] = list(ask(graph, _QUERY))
    parents = grouped((str(row["parent_iri"] or ""), row) for row in rows)
    below = {iri: {str(row["class_iri"]): row for row in found} for iri, found in parents.items()}
    start = [_chosen(rows, under)] if under else [*below.get("", {}).values()]
    shown: set[str] = set()
    nodes = tuple(node for row in start for node in _walk(row, below, 0, depth, shown))
    classes = {row["class_iri"] for row in rows}
    defined = {row["class_iri"] for row in rows if row["definitions"]}
    return Tree(
        f"Classes below and with {start[0]['class']}" if under else "Classes of the ontology",
        f"{len({node.name for node in nodes})} of {len(classes)} classes as the tree that is asserted. {len(defined)} "
        f"of the {len(classes)} have a definition by which a reasoner finds their members.",
        (
            "The number after a name counts its individuals, with inferred ones and those of classes below.",
            "What lies below a class is drawn once, at its first place.",
            graph_and_queries(graph, _QUERY),
        ),
        nodes,
        ((True, "class with a logical definition"), (False, "class without one")),
    )


def _chosen(rows: list[Line], under: str) -> Line:
    """The class of this label or local name."""
    names = {
        name: row for row in reversed(rows) for name in (str(row["class"]), str(row["class_iri"]).rsplit("/", 1)[-1])
    }
    folded = {name.casefold(): row for name, row in names.items()}
    found = folded.get(under.removeprefix("ck:").casefold())
    if found is None:
        raise UsageError(f"no class is called {under!r}{suggestion(under, names)}")
    return found


def _walk(
    row: Line, below: Mapping[str, Mapping[str, Line]], level: int, depth: int, shown: set[str]
) -> Iterator[Node]:
    iri = str(row["class_iri"])
    cut = level >= depth or iri in shown
    more = len(reachable(iri, below)) - 1 if cut else 0
    yield Node(level, str(row["class"]), bool(row["definitions"]), int(str(row["individuals"])), more)
    if not cut:
        shown.add(iri)
        for child in below.get(iri, {}).values():
            yield from _walk(child, below, level + 1, depth, shown)
