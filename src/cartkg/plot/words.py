"""What all pictures say in the same words, and the rows that they are made of."""

from __future__ import annotations

from collections.abc import Mapping

from ..queries.answers import Value
from ..queries.asking import ask
from ..rdf.store import Graph

NOT_STATED = "not stated"
ABSENT = "\N{EN DASH}"
Line = Mapping[str, Value]


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
