"""What all pictures share: sizes, colours, shapes and hatches by which groups are told apart, and the same words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..errors import UsageError
from ..queries.answers import Value
from ..queries.asking import ask
from ..rdf.store import Graph

NOT_STATED = "not stated"
ABSENT = "\N{EN DASH}"
Line = Mapping[str, Value]
INK, QUIET, GRID, BAND = "#111111", "#4d4d4d", "#d0d0d0", "#f4f4f4"
SIZE, SMALL, TITLE = 9.0, 8.0, 13.0
LINE, MARGIN = 1.28, 16.0
DASHED = (0, (3, 2))
# Okabe and Ito's colours without yellow, which is too pale for small marks on white.
_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#000000")
_SHAPES = ("s", "o", "^", "D", "v", "P", "h", "X", "<", "p", ">", "*")
_HATCHES = ("", "////", "....", "xxxx", "\\\\\\\\", "++++", "oo", "----", "||||", "**", "OO", "//..")


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


def origin(graph: Graph, *queries: str) -> str:
    """The caption's last sentence: source, graph and queries, by which anybody gets the same picture."""
    sources = "; ".join(str(row["name"]) for row in ask(graph, "quoted-sources"))
    named = f"Graph {graph.manifest.sha256[:12]}. Queries: {', '.join(queries)}."
    return f"Source: {sources}; reference numbers are its own. {named}"


def asked(query: str, values: Mapping[str, object]) -> str:
    """A query with the values of its parameters."""
    given = [f"{name}={_joined(value)}" for name, value in values.items()]
    return f"{query} ({', '.join(given)})" if given else query


def only(values: Mapping[str, object]) -> str:
    """What the figures are restricted to, for a subtitle."""
    return "".join(f" Only {name} = {_joined(value)}." for name, value in values.items())


def _joined(value: object) -> str:
    return " or ".join(map(str, value)) if isinstance(value, list) else str(value)


def number(value: object) -> float | None:
    """A figure of an answer as a number; None where there is none."""
    return float(value) if isinstance(value, int | float) else None


def short(value: float) -> str:
    """A number without needless decimals."""
    return f"{value:.1f}".removesuffix(".0")


def status(row: Line) -> str:
    """Why a figure is missing."""
    return str(row["status"]).replace("not-", "not ")
