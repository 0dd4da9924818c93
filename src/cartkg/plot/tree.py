"""A tree of names, drawn in columns; a branch that goes on in the next column has the way to it repeated there."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, nan
from typing import TYPE_CHECKING, Any

from .canvas import INK, MARGIN, QUIET, SIZE, SMALL, framed, width_of, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

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


@dataclass(frozen=True, slots=True)
class Tree:
    """Nodes in order, each below the nearest one before it that is less deep."""

    title: str
    subtitle: str
    nodes: tuple[Node, ...]
    legend: tuple[tuple[bool, str], ...]
    notes: tuple[str, ...]

    @property
    def description(self) -> str:
        """All that the picture says, in words."""
        lines = [self.subtitle, *(f"{'marked' if marked else 'plain'}: {text}" for marked, text in self.legend)]
        for node in self.nodes:
            rest = f" +{node.more} below" if node.more else ""
            lines.append(f"{'  ' * node.depth}{node.name}{' (marked)' if node.marked else ''}: {node.count}{rest}")
        return "\n".join([*lines, *self.notes])


@dataclass(frozen=True, slots=True)
class _Entry:
    node: Node
    lines: tuple[str, ...]
    repeated: bool = False


def draw_tree(tree: Tree) -> Figure:
    """A tree on a page of its own size."""
    columns = _broken(tree.nodes)
    widths = [max(map(_width, column)) for column in columns]
    rows = max(sum(len(entry.lines) for entry in column) for column in columns)
    width = sum(widths) + _GAP * (len(widths) - 1)
    figure, page, top = framed(tree.title, tree.subtitle, tree.notes, width, rows * _STEP + 26)
    x = MARGIN
    for marked, text in tree.legend:
        _dot(page, x + 4, top + 4, marked=marked)
        page.text(x + 13, top + 4, text, size=SMALL, color=INK, va="center_baseline")
        x += 13 + width_of(text, SMALL) + 22
    for number, column in enumerate(columns):
        _draw_column(page, column, MARGIN + sum(widths[:number]) + _GAP * number, top + 26)
    return figure


def _draw_column(page: Axes, column: list[_Entry], left: float, top: float) -> None:
    parents: dict[int, float] = {}
    xs: list[float] = []
    ys: list[float] = []
    y = top + _STEP / 2
    for entry in column:
        node = entry.node
        x = left + node.depth * _INDENT
        above = parents.get(node.depth - 1)
        if above is not None:
            corner = x - _INDENT + 4
            xs += [corner, corner, x - 1, nan]
            ys += [above + 5, y, y, nan]
        parents = {depth: place for depth, place in parents.items() if depth < node.depth} | {node.depth: y}
        _dot(page, x + 4, y, marked=node.marked, pale=entry.repeated)
        look: dict[str, Any] = {"color": QUIET, "style": "italic"} if entry.repeated else {"color": INK}
        for number, line in enumerate(entry.lines):
            page.text(x + 13, y + number * _STEP, line, size=SIZE, va="center_baseline", parse_math=False, **look)
        end = x + 13 + width_of(entry.lines[-1], SIZE) + 5
        page.text(end, y + (len(entry.lines) - 1) * _STEP, _beside(entry), size=SMALL, color=QUIET,
                  va="center_baseline")  # fmt: skip
        y += _STEP * len(entry.lines)
    page.plot(xs, ys, color=_LINE_COLOUR, linewidth=0.8, zorder=1)


def _dot(page: Axes, x: float, y: float, *, marked: bool, pale: bool = False) -> None:
    fill = "#0072B2" if marked and not pale else "white"
    page.plot([x], [y], marker="s", markersize=7.5, markerfacecolor=fill, markeredgecolor=QUIET if pale else INK,
              markeredgewidth=0.9, linestyle="none", zorder=3)  # fmt: skip


def _beside(entry: _Entry) -> str:
    if entry.repeated:
        return "continued"
    more = f"+{entry.node.more} below" if entry.node.more else ""
    return "  ".join(filter(None, (str(entry.node.count) if entry.node.count else "", more)))


def _width(entry: _Entry) -> float:
    name = max(width_of(line, SIZE) for line in entry.lines)
    return entry.node.depth * _INDENT + 13 + name + 5 + width_of(_beside(entry), SMALL)


def _entry(node: Node, *, repeated: bool = False) -> _Entry:
    return _Entry(node, tuple(wrap(node.name, _ROOM - node.depth * _INDENT, SIZE)), repeated)


def _broken(nodes: tuple[Node, ...]) -> list[list[_Entry]]:
    """The nodes in columns of about the same height."""
    whole = [_entry(node) for node in nodes]
    lines = sum(len(entry.lines) for entry in whole)
    count = min(_COLUMNS, max(1, ceil(lines / _PER_COLUMN)))
    room = ceil(lines / count) + (3 if count > 1 else 0)
    columns: list[list[_Entry]] = [[]]
    path: list[Node] = []
    used = 0
    for entry in whole:
        path = [node for node in path if node.depth < entry.node.depth]
        if used and used + len(entry.lines) > room and len(columns) < count:
            columns.append([_entry(node, repeated=True) for node in path])
            used = len(columns[-1])
        columns[-1].append(entry)
        used += len(entry.lines)
        path.append(entry.node)
    return columns
