"""Pictures as values: a table whose rows carry marks on a common axis, before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from ..errors import ExternalError, UsageError
from ..queries.asking import ask
from ..rdf.store import Graph

# Okabe and Ito's colours without yellow, which is too pale for small marks on white.
_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#000000")
_SHAPES = ("s", "o", "^", "D", "v", "P", "h", "X", "<", "p", ">", "*")
_HATCHES = ("", "////", "....", "xxxx", "\\\\\\\\", "++++", "oo", "----", "||||", "**", "OO", "//..")
STATUS = {"not-reported": "not reported", "not-estimable": "not estimable", "not-reached": "not reached"}
NOT_STATED = "not stated"
ABSENT = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class Style:
    """How a group looks: told apart by shape and hatch alone, with colour on top."""

    colour: str
    shape: str
    hatch: str
    filled: bool = True

    @property
    def pale(self) -> str:
        """The colour half-way to white, on which hatches and ranges stay visible."""
        return "#" + "".join(f"{(int(self.colour[at : at + 2], 16) + 255) // 2:02x}" for at in (1, 3, 5))


PLAIN = Style("#000000", "o", "")


def styles(names: Iterable[str]) -> dict[str, Style]:
    """A look for each group, no two of one shape and filling; UsageError when there are more than can be told apart."""
    groups = list(names)
    looks = [
        Style(_COLOURS[number % len(_COLOURS)], shape, _HATCHES[number], filled)
        for filled in (True, False)
        for number, shape in enumerate(_SHAPES)
    ]
    if len(groups) > len(looks):
        raise UsageError(
            f"{len(groups)} groups are more than marks can tell apart ({len(looks)}); narrow the figures with -p"
        )
    return dict(zip(groups, looks, strict=False))


@dataclass(frozen=True, slots=True)
class Mark:
    """Something drawn in a row between two places on the axis; `size` is a share of the largest mark."""

    kind: Literal["point", "interval", "box", "bar", "least", "onward", "diamond", "word"]
    start: float
    end: float
    style: Style = PLAIN
    size: float = 1.0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of text beside the marks; `room` is its greatest width in points."""

    title: str
    room: float
    right: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Cells for all columns and the marks between them; a heading has a name instead, after its look or its mark."""

    cells: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    heading: str = ""
    style: Style | None = None
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """The common axis, its ticks, and its width in points."""

    label: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    width: float = 250


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything a drawing shows; `before` is the number of columns left of the marks."""

    title: str
    subtitle: str
    columns: tuple[Column, ...]
    before: int
    axis: Axis
    rows: tuple[Row, ...]
    legend: tuple[tuple[Mark, str], ...]
    notes: tuple[str, ...]

    @property
    def description(self) -> str:
        """All that the picture says, in words, for those who do not see it."""
        lines = [self.subtitle]
        for row in self.rows:
            if row.heading:
                lines.append(f"{row.heading}:")
                continue
            named = zip(self.columns, row.cells, strict=True)
            cells = [f"{column.title}: {cell}".replace("\n", " ") for column, cell in named if cell not in {"", ABSENT}]
            lines.append("; ".join([*cells, *(mark.text for mark in row.marks if mark.text)]) + ".")
        return "\n".join([*lines, *self.notes])


def origin(graph: Graph, questions: str) -> str:
    """The caption's last sentence: source, graph and queries, by which anybody gets the same picture."""
    sources = "; ".join(str(row["name"]) for row in ask(graph, "quoted-sources"))
    return (
        f"Source: {sources}; reference numbers are its own. Graph {graph.manifest.sha256[:12]}. Queries: {questions}."
    )


def graph_and_queries(graph: Graph, *queries: str) -> str:
    """The last sentence of a caption: the graph and the queries by which anybody gets the same picture."""
    return f"Graph {graph.manifest.sha256[:12]}. Queries: {', '.join(queries)}."


def asked(query: str, values: Mapping[str, object]) -> str:
    """A query with the values of its parameters."""
    given = [f"{name}={_joined(value)}" for name, value in values.items()]
    return f"{query} ({', '.join(given)})" if given else query


def only(values: Mapping[str, object]) -> str:
    """What the figures are restricted to, for a subtitle."""
    return "".join(f" Only {name} = {_joined(value)}." for name, value in values.items())


def _joined(value: object) -> str:
    return " or ".join(map(str, value)) if isinstance(value, list) else str(value)


def missing(error: ImportError) -> ExternalError:
    """What to say where a library of the extra is not installed."""
    return ExternalError(f"pictures need {error.name}, which is missing: pip install 'cartkg[plot]'")


def number(value: object) -> float | None:
    """A figure of an answer as a number; None where there is none."""
    return float(value) if isinstance(value, int | float) else None


def short(value: float) -> str:
    """A number without needless decimals."""
    return f"{value:.1f}".removesuffix(".0")
