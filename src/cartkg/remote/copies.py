"""Copies of named graphs, here and in a store: fetched page by page, kept beside memory, compared by value."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import pyoxigraph as ox

from ..errors import ExternalError
from ..rdf.blank_nodes import has_blank, named
from ..rdf.store import Graph
from ..rdf.vocabulary import expand, graph_name, lexical
from .endpoint import Endpoint, PartialError

GRAPHS = graph_name("").value
PAGE = 50_000
_TEXTS = {expand("xsd:string").value, expand("rdf:langString").value}
_EMPTY, _VALUE = ox.Store(), ox.Variable("value")
_GROUND = "FILTER(!isBlank(?s) && !isBlank(?o))"
_BLANK = "FILTER(isBlank(?s) || isBlank(?o))"
_TABLES = """
CREATE TABLE triple (side TEXT, graph TEXT, key TEXT, text TEXT, PRIMARY KEY (side, graph, key, text)) WITHOUT ROWID;
CREATE VIEW alone AS SELECT * FROM triple AS mine WHERE NOT EXISTS (
  SELECT 1 FROM triple AS other
  WHERE other.side = iif(mine.side = 'here', 'there', 'here') AND other.graph = mine.graph AND other.key = mine.key
);
"""
_LEXICAL = """
SELECT count(*) FROM triple AS mine WHERE side = 'here' AND graph = ?
  AND EXISTS (SELECT 1 FROM triple WHERE side = 'there' AND graph = mine.graph AND key = mine.key)
  AND NOT EXISTS
    (SELECT 1 FROM triple WHERE side = 'there' AND graph = mine.graph AND key = mine.key AND text = mine.text)
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """How a named graph here and there differ; `lexical` counts triples of equal value written differently."""

    graph: str
    here: int
    there: int
    missing: int
    extra: int
    lexical: int
    missing_examples: tuple[str, ...]
    extra_examples: tuple[str, ...]


class Shelf(AbstractContextManager["Shelf"]):
    """Triples of both sides in a temporary database on disk, which is gone when it is closed."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(_TABLES)

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def put(self, side: str, graph: str, triples: Iterable[ox.Triple], *, exact: bool = False) -> int:
        """Keep the triples of a named graph and say how many they are.

        Blank nodes are named after what hangs together through them. The key of a triple is its value, unless `exact`.
        """
        blank: list[ox.Triple] = []

        def lines() -> Iterator[tuple[str, str, str, str]]:
            for triple in triples:
                if has_blank(triple):
                    blank.append(triple if exact else by_value(triple))
                    continue
                text = str(triple)
                yield side, graph, text if exact else str(by_value(triple)), text
            for triple in named(blank):
                yield side, graph, str(triple), str(triple)

        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR IGNORE INTO triple VALUES (?, ?, ?, ?)", lines())
        self._database.execute("COMMIT")
        return self.count(side, graph)

    def count(self, side: str, graph: str) -> int:
        """Number of triples on a side of a named graph."""
        found = self._database.execute("SELECT count(*) FROM triple WHERE side = ? AND graph = ?", (side, graph))
        return int(found.fetchone()[0])

    def difference(self, graph: str, shown: int) -> Difference:
        """What is missing there and what is extra there, with the first few of each."""
        ask, sides = self._database.execute, ("here", "there")
        alone, first = "SELECT {} FROM alone WHERE side = ? AND graph = ?", "ORDER BY text LIMIT ?"
        missing, extra = (int(ask(alone.format("count(*)"), (side, graph)).fetchone()[0]) for side in sides)
        found = (ask(f"{alone.format('text')} {first}", (side, graph, shown)) for side in sides)
        gone, came = (tuple(text for (text,) in rows) for rows in found)
        lexical = int(ask(_LEXICAL, (graph,)).fetchone()[0])
        here, there = (self.count(side, graph) for side in sides)
        return Difference(graph, here, there, missing, extra, lexical, gone, came)

    def quads(self, side: str) -> Iterator[bytes]:
        """All quads of a side as sorted lines of N-Quads."""
        lines = "SELECT text || ' <' || graph || '> .' || char(10) AS line FROM triple WHERE side = ? ORDER BY line"
        for (line,) in self._database.execute(lines, (side,)):
            yield line.encode()


def by_value(triple: ox.Triple) -> ox.Triple:
    """The triple with its literal written as one of that value: stores write 1.50 as 1.5 and true as 1."""
    literal = triple.object
    if not isinstance(literal, ox.Literal) or literal.datatype.value in _TEXTS:
        return triple
    same = ox.Literal(_written(literal), datatype=literal.datatype)
    return ox.Triple(triple.subject, triple.predicate, same)


@lru_cache(maxsize=65536)
def _written(literal: ox.Literal) -> str:
    """The form of a value that our own store, which keeps values, gives back."""
    (row,) = cast("ox.QuerySolutions", _EMPTY.query("SELECT ?value {}", substitutions={_VALUE: literal}))
    return lexical(row["value"])


def here(graph: Graph, iri: str) -> Iterator[ox.Triple]:
    """The triples of a named graph of the built graph."""
    home = ox.NamedNode(iri)
    return (quad.triple for quad in graph.quads() if quad.graph_name == home)


def graphs_there(endpoint: Endpoint) -> list[str]:
    """The named graphs of this project that an endpoint has."""
    found = endpoint.select(
        f'SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), "{GRAPHS}")) }} ORDER BY ?g'
    )
    return [str(getattr(row["g"], "value", "")) for row in found]


def count_there(endpoint: Endpoint, iri: str, which: str = "") -> int:
    """Number of triples of a named graph at an endpoint."""
    text = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH {ox.NamedNode(iri)} {{ ?s ?p ?o {which} }} }}"
    for row in endpoint.select(text):
        return int(getattr(row["n"], "value", 0))
    raise ExternalError(f"{endpoint.url}: does not count")


def there(endpoint: Endpoint, iri: str, page: int = PAGE) -> Iterator[ox.Triple]:
    """The triples of a named graph at an endpoint, page by page, until there are as many as it counts.

    Pages are not sorted, because stores limit sorting (Virtuoso to 10,000 rows). Whether they cover the graph is
    seen at the end: as many different triples must have come as the store counts (see `fetched`).
    """
    for which in (_GROUND, _BLANK):
        expected, got = count_there(endpoint, iri, which), 0
        while got < expected:
            text = f"SELECT ?s ?p ?o WHERE {{ GRAPH {ox.NamedNode(iri)} {{ ?s ?p ?o {which} }} }}"
            try:
                rows = endpoint.select(f"{text} LIMIT {page} OFFSET {got}")
            except PartialError as error:
                if error.rows is None or not 1 < error.rows <= page:
                    raise
                page = error.rows - 1  # below the limit of the store, so that a full page is not mistaken for a cut one
                continue
            before = got
            for row in rows:
                got += 1
                yield ox.Triple(row["s"], row["p"], row["o"])
            if got == before:
                break


def fetched(shelf: Shelf, endpoint: Endpoint, iri: str, *, exact: bool, page: int = PAGE) -> int:
    """Put a remote named graph on the shelf; ExternalError unless every triple that the store counts has come."""
    count = shelf.put("there", iri, there(endpoint, iri, page), exact=exact)
    expected = count_there(endpoint, iri)
    if count != expected:
        raise ExternalError(
            f"{endpoint.url}: counts {expected} triples in <{iri}> but gives {count}; is somebody writing to it?"
        )
    return count
